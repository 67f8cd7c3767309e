import type { Account } from './front-door/identify-call.ts';
import type { Principal } from './front-door/authorize.ts';
import { FunctionHost, type Outcome } from './functions/function-host.ts';
import { type LogOptions, startThread } from './functions/thread-connection.ts';
import { localLimits } from './local-limits.ts';
import { EventSourceMapping } from './queues/event-source-mapping.ts';
import { mappedQueue } from './queues/mapped-queue.ts';
import { meansFunction } from './resources/check-grants.ts';
import type { FunctionDefinition } from './resources/read-functions.ts';
import type { MappingDefinition } from './resources/read-mappings.ts';

/** The functions of the templates, ready to be invoked; threads start with the first event. */
export interface Functions {
  readonly labels: readonly string[];
  /** Runs an event, as JSON, in the function with this label, name or ARN (also of an alias or version). */
  invoke(reference: string, payload: string): Promise<Outcome>;
  stop(): Promise<void>;
}

/** What the front door knows of each function. */
export const principals = (functions: readonly FunctionDefinition[], { accountId }: Account): Principal[] =>
  functions.map(({ accessKeyId, name, roleName, statements }) => ({
    accessKeyId,
    functionName: name,
    sessionArn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${name}`,
    statements,
  }));

/** Makes a host for each function. */
export function startFunctions(definitions: readonly FunctionDefinition[], logs: LogOptions, report: (line: string) => void): Functions {
  const hosts = definitions.map((definition) => ({
    definition,
    host: new FunctionHost({
      label: definition.label,
      timeoutSeconds: definition.timeoutSeconds,
      environments: Math.min(definition.reservedConcurrency ?? localLimits.environments, localLimits.environments),
      start: () => startThread(definition, logs),
      report,
    }),
  }));
  const known = new Map<string, FunctionHost>();
  const find = (reference: string): FunctionHost => {
    const host =
      known.get(reference) ?? hosts.find(({ definition }) => definition.label === reference || meansFunction(reference, definition))?.host;
    if (host === undefined) throw new Error(`no function ${reference}; there are: ${definitions.map(({ label }) => label).join(', ')}`);
    known.set(reference, host);
    return host;
  };
  return {
    labels: definitions.map(({ label }) => label),
    invoke: (reference, payload) => find(reference).invoke(payload),
    async stop() {
      await Promise.all(hosts.map(({ host }) => host.stop()));
    },
  };
}

/** Starts the event source mappings, each polling with the access key of its function. */
export function startMappings(
  mappings: readonly MappingDefinition[],
  definitions: readonly FunctionDefinition[],
  functions: Functions,
  endpoint: string,
  report: (line: string) => void,
): EventSourceMapping[] {
  return mappings.map((mapping) => {
    const consumer = definitions.find((definition) => meansFunction(mapping.functionRef, definition));
    if (consumer === undefined) throw new Error(`event source mapping of ${mapping.queueArn}: no function ${mapping.functionRef}`);
    const started = new EventSourceMapping({
      mapping,
      queue: mappedQueue(endpoint, mapping.queueUrl, consumer.accessKeyId),
      invoke: (payload) => functions.invoke(mapping.functionRef, payload),
      report,
      nowMs: () => performance.now(),
    });
    started.start();
    return started;
  });
}
