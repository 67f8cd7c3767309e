import { systemClock } from '../clock.ts';
import type { CrowdResult } from '../crowd-result.ts';
import { reportText } from '../report.ts';
import { runCrowd } from '../run-crowd.ts';
import type { Figure, Measurement } from './figure.ts';
import type { Run } from './run-child.ts';
import { startSystem } from './start-system.ts';

const key = 'psk_bench';
const seconds = 10;
/** The system makes its environments under this load before anything is measured. */
const warmUp = { ratePerSecond: 300, seconds: 5 };
const rates = [
  { ratePerSecond: 600, settledPerSecond: 300 },
  { ratePerSecond: 1000, settledPerSecond: 400 },
] as const;
const p99Ms = 500;
/** The rate is counted from the first acceptance to the last, and those at the ends come when they come. */
const rateShare = 0.95;

/** A fixed rate of orders, all of which find a unit, against a system started for it. */
export async function measureThroughput(run: Run): Promise<Measurement> {
  run.progress('starting the system');
  await using system = await startSystem(key, run.signal);
  try {
    await sell(run, system.url, warmUp.ratePerSecond, warmUp.seconds);
    const figures: Figure[] = [];
    for (const { ratePerSecond, settledPerSecond } of rates) {
      figures.push(...figuresOf(await sell(run, system.url, ratePerSecond, seconds), settledPerSecond));
    }
    figures.push({ name: 'lines of errors written', value: system.errors.count, unit: 'lines', bound: { atMost: 0 } });
    return { name: 'throughput', figures, comparisons: [] };
  } catch (error) {
    throw new Error(`the system wrote ${system.errors.count} lines of errors, the last:\n${system.errors.text}`, { cause: error });
  }
}

async function sell({ signal, progress }: Run, url: URL, ratePerSecond: number, forSeconds: number): Promise<CrowdResult> {
  const buyers = ratePerSecond * forSeconds;
  const options = { url, key, buyers, stock: buyers, quantity: 1, ratePerSecond };
  const stops = { arrivals: signal, waiting: signal };
  const result = await runCrowd(options, { print: progress, arrivalsDone: () => {}, stops, clock: systemClock });
  if (!result.clean) throw new Error(`figures of a run whose books are not right mean nothing:\n${reportText(result)}`);
  return result;
}

function figuresOf(result: CrowdResult, settledPerSecond: number): Figure[] {
  const { ratePerSecond } = result.asked;
  const at = `${ratePerSecond}/s offered: `;
  const { p50Ms, p99Ms: measuredP99Ms } = result.finalAnswer;
  return [
    { name: `${at}answers other than 202`, value: otherAnswers(result), unit: 'answers', bound: { atMost: 0 } },
    { name: `${at}accepted`, value: result.acceptedPerSecond, unit: '/s', bound: { atLeast: ratePerSecond * rateShare } },
    { name: `${at}p50 from the intended start`, value: p50Ms, unit: 'ms' },
    { name: `${at}p99 from the intended start`, value: measuredP99Ms, unit: 'ms', bound: { atMost: p99Ms } },
    { name: `${at}settled`, value: result.settledPerSecond, unit: '/s', bound: { atLeast: settledPerSecond } },
    { name: `${at}latest launch`, value: result.arrivals.worstLagMs, unit: 'ms' },
  ];
}

function otherAnswers({ statuses }: CrowdResult): number {
  return Object.entries(statuses).reduce((sum, [status, count]) => sum + (status === '202' ? 0 : count), 0);
}
