import { rmSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { awaitReady } from './await-ready.ts';
import { type CommandLine, parseCommandLine, usage } from './command-line.ts';
import { WrongDataDirectoryError } from './data-directory.ts';
import { type Environment, parseEnvironment } from './environment.ts';
import { localLimits } from './local-limits.ts';
import { describeRedis } from './engines/start-redis.ts';
import { type LocalSystem, makeAssembly, startLocal } from './local-system.ts';
import { explain } from './resources/emulation.ts';
import { demoSaleId, seedDemoSale } from './seed-demo-sale.ts';
import { Timings } from './timings.ts';

function messageOf(error: unknown, port: number): string {
  if (!(error instanceof Error)) return String(error);
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
    return `port ${port} is taken. End the program that listens there, or choose another: PORT=${port + 1} npm start`;
  const cause = error.cause instanceof Error ? `\n  because: ${error.cause.message}` : '';
  return `${error.message}${cause}`;
}

/** Says what is wrong in how it was started. Returns the status for that. */
function refuse(error: unknown): 2 {
  console.error(`${messageOf(error, 0)}\nTry: npm start -- --help`);
  return 2;
}

async function explainAll({ stage, existing }: Environment): Promise<void> {
  const outdir = mkdtempSync(path.join(os.tmpdir(), 'penstock-'));
  try {
    console.log(`Redis: ${describeRedis(existing.redis)}\n`);
    for (const line of explain(await makeAssembly(stage, outdir, new Timings()))) console.log(line);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function announce(system: LocalSystem, stage: string, seeded: boolean, kept: boolean): void {
  const { url, operatorKey, engines, notes, logFile, timings } = system;
  const demo = seeded ? `${url}/v1/sales/${demoSaleId}` : 'none (--no-seed)';
  console.log(
    [
      ...notes,
      '',
      ...engines,
      kept ? keptLine(system) : 'state lives for this run (PENSTOCK_DATA_DIR keeps it)',
      `logs of the functions: ${logFile}`,
      timings.line,
      '',
      `Penstock (${stage}) ready in ${(timings.elapsedMs / 1000).toFixed(1)} s`,
      `  ${url}`,
      `  sale          ${demo}`,
      `  operator key  ${operatorKey}`,
      'Ctrl-C stops it.',
    ].join('\n'),
  );
}

function keptLine({ dataDir, redis }: LocalSystem): string {
  return redis.embedded
    ? `state kept in ${dataDir}: tables, secrets; not queues, and not the embedded Redis: the sweeper makes the gates again`
    : `state kept in ${dataDir}: tables, Redis, secrets; not queues`;
}

/**
 * Ends the process whatever is left after the bound; a second signal ends it at once.
 * @returns Aborted by the first signal, before `stop` is called: what is still being made shall be given up.
 */
function stopOnSignals(stop: () => Promise<void>): AbortSignal {
  const stopping = new AbortController();
  /** The launcher told us of a signal that may reach us too: it is not a second one. */
  let announced = false;
  const end = (code: number) => {
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
    setTimeout(() => process.exit(code), localLimits.stopMs).unref();
    void stop().then(
      () => process.exit(code),
      (error: unknown) => {
        console.error(messageOf(error, 0));
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (announced) announced = false;
      else end(0);
    });
  process.on('message', (message) => {
    if (message !== 'stop' || stopping.signal.aborted) return;
    announced = true;
    end(0);
  });
  // The launcher is gone, however it ended: nobody is left to stop us.
  process.once('disconnect', () => end(0));
  return stopping.signal;
}

/** What options and variables ask for; none for what has been answered already: --help, or wrong use. */
function readAsked(): { readonly options: CommandLine; readonly environment: Environment } | undefined {
  try {
    const options = parseCommandLine(process.argv.slice(2));
    if (!options.help) return { options, environment: parseEnvironment(process.env) };
    console.log(usage);
  } catch (error) {
    process.exitCode = refuse(error);
  }
  return undefined;
}

async function run(): Promise<void> {
  const asked = readAsked();
  if (asked === undefined) return undefined;
  const { logs, seed, explain: explaining } = asked.options;
  const { port, stage, isolation, existing, operatorKey, stripeSecret } = asked.environment;
  if (explaining) return explainAll(asked.environment);
  const dataDir = process.env['PENSTOCK_DATA_DIR'];
  let system: LocalSystem | undefined;
  const stopping = stopOnSignals(async () => (await starting)?.stop());
  const starting = startLocal({
    port,
    stage,
    isolation,
    dataDir,
    existing,
    echoLogs: logs,
    ...(operatorKey === undefined ? {} : { operatorKey }),
    ...(stripeSecret === undefined ? {} : { stripeSecret }),
    signal: stopping,
  }).catch((error: unknown) => {
    if (!stopping.aborted) throw error;
    // Given up because we were asked to stop: that is no failure, and there is nothing left to stop.
    return undefined;
  });
  try {
    system = await starting;
    if (system === undefined) return;
    const { url, timings, operatorKey: key } = system;
    void system.failed.then((reason) => fail(new Error(`an engine is gone: ${reason}`), port, system));
    await timings.time('ready', () => awaitReady(url));
    if (seed && !stopping.aborted) await timings.time('seed', () => seedDemoSale(url, key, Date.now()));
    if (!stopping.aborted) announce(system, stage, seed, dataDir !== undefined && dataDir !== '');
  } catch (error) {
    // A request of ours that a stop cut off is no failure either; whoever stops us ends the process.
    if (!stopping.aborted) await fail(error, port, system);
  }
}

async function fail(error: unknown, port: number, system: LocalSystem | undefined): Promise<void> {
  // Wrong use, though only trying it shows that.
  if (error instanceof WrongDataDirectoryError) process.exit(refuse(error));
  console.error(messageOf(error, port));
  await system?.stop();
  process.exit(1);
}

/** `npm start`: the local system as a program. */
try {
  await run();
} catch (error) {
  // What --explain could not build.
  console.error(messageOf(error, 0));
  process.exitCode = 1;
}
