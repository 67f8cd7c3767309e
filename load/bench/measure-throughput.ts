import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, UnreachableError } from '../client.ts';
import { systemClock } from '../clock.ts';
import type { CrowdResult } from '../crowd-result.ts';
import { runCrowd } from '../run-crowd.ts';
import { findFreePort } from '../../local/engines/free-port.ts';
import { readyShape } from '../shapes.ts';
import type { Figure, Measurement } from './figure.ts';

const root = path.resolve(import.meta.dirname, '../..');
const key = 'psk_bench';
const seconds = 10;
/** The system makes its environments under this load before anything is measured. */
const warmUp = { ratePerSecond: 300, seconds: 5 };
const rates = [
  { ratePerSecond: 600, settledPerSecond: 300 },
  { ratePerSecond: 1000, settledPerSecond: 400 },
] as const;
const p99Ms = 500;
const startMs = 60_000;
const stopMs = 6000;
const never = new AbortController().signal;

/** A fixed rate of orders, all of which find a unit, against a system started for it as `npm start` does. */
export async function measureThroughput(): Promise<Measurement> {
  const port = await findFreePort();
  const url = new URL(`http://127.0.0.1:${port}`);
  const system = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'local/start.ts', '--no-seed'], {
    cwd: root,
    env: { ...process.env, PORT: String(port), PENSTOCK_OPERATOR_KEY: key },
    // The channel closes with this process, however it ends: the system then stops by itself.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(system, 'exit');
  try {
    await untilReady(url, ended);
    await sell(url, warmUp.ratePerSecond, warmUp.seconds);
    const figures: Figure[] = [];
    for (const { ratePerSecond, settledPerSecond } of rates) {
      figures.push(...figuresOf(await sell(url, ratePerSecond, seconds), settledPerSecond));
    }
    return { name: 'throughput', figures };
  } finally {
    system.kill('SIGTERM');
    await Promise.race([ended, sleep(stopMs)]);
    system.kill('SIGKILL');
  }
}

async function untilReady(url: URL, ended: Promise<unknown>): Promise<void> {
  const client = new ApiClient({ url, key, sockets: 1 });
  const gone = ended.then(() => {
    throw new Error('the local system ended before it was ready');
  });
  const late = sleep(startMs, undefined, { ref: false }).then(() => {
    throw new Error(`the local system was not ready within ${startMs / 1000} s`);
  });
  try {
    while (!(await Promise.race([isReady(client), gone, late]))) await sleep(100);
  } finally {
    // The losers of the race end later, and say nothing new.
    gone.catch(() => {});
    late.catch(() => {});
    await client.close();
  }
}

async function isReady(client: ApiClient): Promise<boolean> {
  try {
    return (await client.read('/v1/ready', readyShape)).kind === 'found';
  } catch (error) {
    if (error instanceof UnreachableError) return false;
    throw error;
  }
}

async function sell(url: URL, ratePerSecond: number, forSeconds: number): Promise<CrowdResult> {
  const buyers = ratePerSecond * forSeconds;
  const options = { url, key, buyers, stock: buyers, quantity: 1, ratePerSecond };
  const result = await runCrowd(options, {
    print: () => {},
    arrivalsDone: () => {},
    stops: { arrivals: never, waiting: never },
    clock: systemClock,
  });
  const broken = result.checks.filter(({ verdict }) => verdict === 'broken');
  if (broken.length > 0) throw new Error(`an invariant is broken: ${broken.map(({ name, detail }) => `${name} (${detail})`).join('; ')}`);
  return result;
}

function figuresOf(result: CrowdResult, settledPerSecond: number): Figure[] {
  const { ratePerSecond } = result.asked;
  const at = `${ratePerSecond}/s offered: `;
  return [
    {
      name: `${at}accepted at the first try`,
      value: (100 * firstTries(result)) / result.arrivals.sent,
      unit: '%',
      bound: { atLeast: 100 },
    },
    {
      name: `${at}accepted`,
      value: result.acceptedPerSecond,
      unit: '/s',
      // The last arrivals are still underway when the clock of the rate stops.
      bound: { atLeast: ratePerSecond * 0.95 },
    },
    { name: `${at}p50 from the intended start`, value: result.finalAnswer.p50Ms, unit: 'ms' },
    { name: `${at}p99 from the intended start`, value: result.finalAnswer.p99Ms, unit: 'ms', bound: { atMost: p99Ms } },
    { name: `${at}settled`, value: result.settledPerSecond, unit: '/s', bound: { atLeast: settledPerSecond } },
  ];
}

const firstTries = (result: CrowdResult): number => Math.max(0, result.accepted - result.retries);
