import { loadPlanted } from './load-planted.ts';
import { plants } from './plants.ts';
import type { SimulationResult } from './simulate.ts';

/** A range of seeds, from the first to the one before `to`. */
export interface SeedRange {
  readonly from: number;
  readonly to: number;
}

/** What became of a range: it ends at the first violation. */
export interface RangeResult {
  readonly seeds: number;
  readonly orders: number;
  readonly virtualMs: number;
  /** What happened → in how many runs. */
  readonly reached: Readonly<Record<string, number>>;
  readonly found: Pick<SimulationResult, 'seed' | 'violation' | 'rates' | 'trace'> | undefined;
}

const plant = process.argv[2];
const traced = process.argv[3] === 'traced';
/** Looks where the bug would do harm, without it. */
const healthy = process.argv[4] === 'healthy';
loadPlanted(plant && !healthy ? (plants[plant]?.grafts ?? []) : []);
const { simulate } = await import('./simulate.ts');

async function runRange({ from, to }: SeedRange): Promise<RangeResult> {
  let [orders, virtualMs] = [0, 0];
  const reached: Record<string, number> = {};
  for (let seed = from; seed < to; seed += 1) {
    const result = await simulate(seed, { traced, focus: plant ? plants[plant]?.focus : undefined });
    orders += result.orders;
    virtualMs += result.virtualMs;
    for (const what of result.reached) reached[what] = (reached[what] ?? 0) + 1;
    if (result.violation !== undefined || traced) return { seeds: seed - from + 1, orders, virtualMs, reached, found: result };
  }
  return { seeds: to - from, orders, virtualMs, reached, found: undefined };
}

process.on('message', (range: SeedRange) => {
  void runRange(range).then((result) => process.send?.(result));
});
// Ctrl-C goes to all processes of a terminal: the one that sends the ranges sends no more of them.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.send?.('ready');
