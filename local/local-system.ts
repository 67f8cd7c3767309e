import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildFunctions } from '../bin/build.ts';
import { stop as stopEsbuild } from 'esbuild';
import { readAssembly } from './assembly/read-assembly.ts';
import type { Stack } from './assembly/template.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { ownerAccessKeyId } from './engines/call-aws.ts';
import { checkPortFree } from './engines/free-port.ts';
import { type Engines, type ExistingEngines, startEngines } from './engines/start-engines.ts';
import { conditionContext } from './front-door/condition-context.ts';
import type { Outcome } from './functions/function-host.ts';
import type { Isolation } from './functions/function-runner.ts';
import { type LoadBalancer, startLoadBalancer } from './load-balancer/load-balancer.ts';
import { localLimits } from './local-limits.ts';
import { type CacheAdministrator, makeResources } from './make-resources.ts';
import { readSystem, type SystemDefinition } from './read-system.ts';
import { meansFunction, unsupportedConditionLines } from './resources/check-grants.ts';
import type { EngineAddresses } from './resources/describe-resource.ts';
import { notEmulated } from './resources/emulation.ts';
import { SecretValues } from './resources/secret-values.ts';
import { principals, startFunctions, startMappings } from './start-functions.ts';
import { synthesizeApp } from './synthesize-app.ts';
import { Timings } from './timings.ts';

interface LocalOptions {
  /** @default 0: any free port */
  readonly port?: number;
  /** @default 'dev' */
  readonly stage?: string;
  /** Keeps state over runs. @default a temporary directory, removed on stop */
  readonly dataDir?: string | undefined;
  /** Engines to use instead of starting some. Systems that share them share their secrets too, by the file in `dataDir`. @default none */
  readonly existing?: ExistingEngines;
  /** @default 'thread' */
  readonly isolation?: Isolation;
  /** @default 'psk_local' */
  readonly operatorKey?: string;
  /** Signing secret of Stripe's webhook events. @default whsec_local */
  readonly stripeSecret?: string;
  /** A cloud assembly to run as it is: nothing is built or synthesized. */
  readonly assemblyDir?: string;
  /** Whether every log line goes to stdout. @default false: errors to stderr only */
  readonly echoLogs?: boolean;
  /** Takes the echoed lines. @default the stream of this process */
  readonly echo?: (stream: 'stdout' | 'stderr', text: string) => void;
  /** Where lines for the operator go. @default stderr */
  readonly report?: (line: string) => void;
  /** Gives the start up: what was started is stopped, a temporary data directory removed, and startLocal rejects. @default never */
  readonly signal?: AbortSignal;
}

/** A running system. */
export interface LocalSystem {
  readonly url: string;
  readonly operatorKey: string;
  /** AWS endpoints; with this access key every call is allowed. */
  readonly endpoints: { readonly aws: string; readonly dynamodb: string; readonly accessKeyId: string; readonly region: string };
  readonly redis: {
    readonly host: string;
    readonly port: number;
    readonly administrator: CacheAdministrator | undefined;
    /** The embedded engine keeps nothing over runs. */
    readonly embedded: boolean;
  };
  /** Kind, version and port of each engine, what the functions run in, and what runs by itself when. */
  readonly engines: readonly string[];
  readonly logFile: string;
  readonly dataDir: string;
  /** What is not as on AWS, a line each. */
  readonly notes: readonly string[];
  readonly timings: Timings;
  readonly functions: { readonly labels: readonly string[]; readonly invoke: (label: string, event: unknown) => Promise<Outcome> };
  /** Settles, with the reason, when an engine has died under it. */
  readonly failed: Promise<string>;
  /** Stops everything within 4.5 s; twice is once. */
  stop(): Promise<void>;
}

const region = 'us-east-1';
/** The account of fauxqs's queue ARNs. */
const accountId = '000000000000';

/** Runs `work`, but no longer than `ms`. */
const atMost = (ms: number, work: Promise<unknown>): Promise<unknown> => Promise.race([work, delay(ms, undefined, { ref: false })]);

/**
 * Builds the bundles and synthesizes the stage. The bundles are copied into the assembly: a later build does not touch them.
 * @param signal Ends both at once; then this rejects.
 */
export async function makeAssembly(stage: string, outdir: string, timings: Timings, signal?: AbortSignal): Promise<Stack[]> {
  const stopBuild = () => void stopEsbuild();
  signal?.addEventListener('abort', stopBuild, { once: true });
  const built = timings.time('build', buildFunctions).finally(stopBuild);
  await timings.time('synth', () => synthesizeApp(stage, outdir, built, signal));
  return readAssembly(outdir);
}

const isolationLines: Readonly<Record<Isolation, string>> = {
  thread: 'a thread for each, with all its environments',
  process: 'a process for each environment (PENSTOCK_ISOLATION=process)',
};

function engineLines({ tables, cache, frontDoor }: Engines, sqsUrl: string | undefined, isolation: Isolation): string[] {
  return [
    `DynamoDB: ${tables.kind}, port ${tables.port}`,
    `SQS, Secrets Manager, EventBridge: ${sqsUrl ? `SQS_URL ${new URL(sqsUrl).host}` : 'fauxqs'} and stand-ins, in process, port ${frontDoor.port}`,
    `Redis: ${cache.kind}, port ${cache.port}`,
    `functions: ${isolationLines[isolation]}`,
  ];
}

/** `schedule: sweep every 60 s, the first time in 60 s`. */
function scheduleLines({ schedules, functions }: SystemDefinition): string[] {
  return schedules.map(({ functionRef, everyMs }) => {
    const label = functions.find((definition) => meansFunction(functionRef, definition))?.label ?? functionRef;
    return `schedule: ${label} every ${everyMs / 1000} s, the first time in ${everyMs / 1000} s`;
  });
}

const describeFailure = ({ tables, cache, frontDoor }: Engines): Promise<string> =>
  Promise.race([
    tables.ended.then((how) => `dynoxide ${how}`),
    cache.ended.then((how) => `redis ${how}`),
    frontDoor.failed.catch((error: unknown) => String(error)),
  ]);

interface Parts {
  readonly options: LocalOptions;
  readonly directory: DataDirectory;
  readonly engines: Engines;
  readonly stacks: readonly Stack[];
  readonly timings: Timings;
}

/** Everything above the engines. */
async function startAbove({ options, directory, engines, stacks, timings }: Parts): Promise<LocalSystem> {
  const report = options.report ?? ((line: string) => process.stderr.write(`${line}\n`));
  const operatorKey = options.operatorKey ?? 'psk_local';
  const stripeSecret = options.stripeSecret ?? 'whsec_local';
  const at: EngineAddresses = {
    region,
    accountId,
    frontDoorUrl: engines.frontDoor.endpoint,
    redisHost: engines.cache.host,
    redisPort: engines.cache.port,
  };
  const values = new SecretValues(directory.kept ? path.join(directory.path, 'secrets.json') : undefined);
  const definition: SystemDefinition = readSystem(stacks, at, values, { operatorKey, stripeSecret });
  const account = { region, accountId };
  const eventsFile = path.join(directory.path, 'events.jsonl');
  const logFile = path.join(directory.path, 'functions.log');
  await engines.frontDoor.configure({
    account,
    tablesEndpoint: engines.tables.endpoint,
    principals: principals(definition.functions, account),
    secrets: definition.secrets,
    eventsFile,
  });
  const { notes, administrator } = await timings.time('resources', () => makeResources(engines, definition));
  await timings.time('redis cluster', () => engines.cache.ready);
  const echo = options.echo ?? ((stream, text) => void process[stream].write(text));
  const isolation = options.isolation ?? 'thread';
  const functions = startFunctions(definition.functions, isolation, { logFile, echoLogs: options.echoLogs ?? false, echo }, report);
  const sources = { queuesEndpoint: engines.frontDoor.endpoint, tablesEndpoint: engines.tables.endpoint };
  const mappings = await startMappings(definition, functions, sources, report);
  const stopWork = async () => {
    await atMost(localLimits.drainMs, Promise.all(mappings.map((mapping) => mapping.stop())));
    await functions.stop();
  };
  let entrance: LoadBalancer;
  try {
    entrance = await startLoadBalancer(definition.listener, (arn, payload) => functions.invoke(arn, payload), options.port ?? 0, report);
  } catch (error) {
    await stopWork();
    throw error;
  }
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await entrance.stop(localLimits.drainMs);
    await stopWork();
    await engines.stop();
    directory.close();
  };
  return {
    url: entrance.url,
    operatorKey,
    endpoints: { aws: engines.frontDoor.endpoint, dynamodb: engines.tables.endpoint, accessKeyId: ownerAccessKeyId, region },
    redis: { host: engines.cache.host, port: engines.cache.port, administrator, embedded: engines.cache.embedded },
    engines: [...engineLines(engines, options.existing?.sqs, isolation), ...scheduleLines(definition)],
    logFile,
    dataDir: directory.path,
    notes: [...notes, ...unsupportedConditionLines(definition.functions, conditionContext(account)), ...notEmulated(stacks)],
    timings,
    functions: { labels: functions.labels, invoke: (label, event) => functions.invoke(label, JSON.stringify(event)) },
    failed: new Promise((resolve) => {
      // On a stop the engines end too, and that is no failure.
      void describeFailure(engines).then((reason) => (stopping === undefined ? resolve(reason) : undefined));
    }),
    stop: () => (stopping ??= stop()),
  };
}

/**
 * Brings up what the templates of a stage declare, on 127.0.0.1. When a part fails, what was started is stopped before the
 * error is thrown; a temporary data directory then stays, for its logs.
 */
export async function startLocal(options: LocalOptions = {}): Promise<LocalSystem> {
  const directory = openDataDirectory(options.dataDir);
  let begun = false;
  try {
    // Said now, not after everything has been built and started.
    await checkPortFree(options.port ?? 0);
    begun = true;
    return await startIn(directory, options);
  } catch (error) {
    if (directory.kept || !begun || options.signal?.aborted) directory.close();
    throw error;
  }
}

async function startIn(directory: DataDirectory, options: LocalOptions): Promise<LocalSystem> {
  options.signal?.throwIfAborted();
  const timings = new Timings();
  const outdir = path.join(directory.path, 'cdk.out');
  mkdirSync(outdir, { recursive: true });
  const assembling =
    options.assemblyDir === undefined
      ? makeAssembly(options.stage ?? 'dev', outdir, timings, options.signal)
      : Promise.resolve(options.assemblyDir).then(readAssembly);
  const starting = startEngines({ dir: directory.path, keep: directory.kept, existing: options.existing ?? {}, region }, timings);
  const [assembled, started] = await Promise.allSettled([assembling, starting]);
  if (started.status === 'rejected') throw started.reason;
  try {
    if (assembled.status === 'rejected') throw assembled.reason;
    options.signal?.throwIfAborted();
    return await startAbove({ options, directory, engines: started.value, stacks: assembled.value, timings });
  } catch (error) {
    await started.value.stop();
    throw error;
  }
}
