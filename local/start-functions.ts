import type { Account } from './front-door/identify-call.ts';
import type { Principal } from './front-door/authorize.ts';
import { FunctionHost, type Outcome } from './functions/function-host.ts';
import type { FunctionRunner, Isolation, LogOptions } from './functions/function-runner.ts';
import { startProcess } from './functions/start-process.ts';
import { startThread } from './functions/start-thread.ts';
import { localLimits } from './local-limits.ts';
import { EventSourceMapping } from './queues/event-source-mapping.ts';
import { mappedQueue } from './queues/mapped-queue.ts';
import { meansFunction } from './resources/check-grants.ts';
import type { SystemDefinition } from './read-system.ts';
import type { FunctionDefinition } from './resources/read-functions.ts';
import { RunningSchedule } from './schedules/schedule.ts';
import { StreamMapping } from './streams/stream-mapping.ts';
import { openTableStream } from './streams/table-stream.ts';

/** The functions of the templates, ready to be invoked; threads and processes start with the first event. */
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

interface RunnerKind {
  readonly start: (definition: FunctionDefinition, logs: LogOptions) => FunctionRunner;
  /** Most environments of one function. */
  readonly environments: number;
}

const runnerKinds: Readonly<Record<Isolation, RunnerKind>> = {
  thread: { start: startThread, environments: localLimits.environments },
  process: { start: startProcess, environments: localLimits.environmentProcesses },
};

/** Makes a host for each function. */
export function startFunctions(
  definitions: readonly FunctionDefinition[],
  isolation: Isolation,
  logs: LogOptions,
  report: (line: string) => void,
): Functions {
  const { start, environments } = runnerKinds[isolation];
  const hosts = definitions.map((definition) => ({
    definition,
    host: new FunctionHost({
      label: definition.label,
      timeoutSeconds: definition.timeoutSeconds,
      environments: Math.min(definition.reservedConcurrency ?? environments, environments),
      isolation,
      start: () => start(definition, logs),
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

/** What the event source mappings reach. */
export interface MappingSources {
  /** Of the front door. */
  readonly queuesEndpoint: string;
  /** Of the DynamoDB engine. */
  readonly tablesEndpoint: string;
}

/** What gives functions work by itself: an event source mapping, or a schedule. */
export interface RunningMapping {
  stop(): Promise<void>;
}

/** Starts the event source mappings, those of queues with the access key of their function, those of streams at the engine itself; and the schedules. */
export async function startMappings(
  {
    mappings,
    streamMappings,
    schedules,
    functions: definitions,
  }: Pick<SystemDefinition, 'mappings' | 'streamMappings' | 'schedules' | 'functions'>,
  functions: Functions,
  { queuesEndpoint, tablesEndpoint }: MappingSources,
  report: (line: string) => void,
): Promise<RunningMapping[]> {
  const streams = await Promise.all(streamMappings.map(({ tableName }) => openTableStream(tablesEndpoint, tableName)));
  const ofQueues = mappings.map((mapping) => {
    const consumer = definitions.find((definition) => meansFunction(mapping.functionRef, definition));
    if (consumer === undefined) throw new Error(`event source mapping of ${mapping.queueArn}: no function ${mapping.functionRef}`);
    return new EventSourceMapping({
      mapping,
      queue: mappedQueue(queuesEndpoint, mapping.queueUrl, consumer.accessKeyId),
      invoke: (payload) => functions.invoke(mapping.functionRef, payload),
      report,
      nowMs: () => performance.now(),
    });
  });
  const ofStreams = streamMappings.flatMap((mapping, index) => {
    const stream = streams[index];
    const invoke = (payload: string) => functions.invoke(mapping.functionRef, payload);
    return stream ? [new StreamMapping({ mapping, stream, invoke, report, nowMs: () => Date.now() })] : [];
  });
  const bySchedule = schedules.map(
    (schedule) =>
      new RunningSchedule({
        schedule,
        invoke: (payload) => functions.invoke(schedule.functionRef, payload),
        report,
        nowMs: () => Date.now(),
      }),
  );
  const all = [...ofQueues, ...ofStreams, ...bySchedule];
  for (const mapping of all) mapping.start();
  return all;
}
