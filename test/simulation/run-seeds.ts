import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { RangeResult, SeedRange } from './seed-worker.ts';

/** Seeds that a process runs before it asks for more. */
const chunkSeeds = 25;

export interface SeedsRun {
  readonly from: number;
  /** No seed at or above it is run. */
  readonly to: number;
  /** Epoch ms: no chunk begins after it. */
  readonly untilMs?: number;
  readonly plant: string | undefined;
  readonly traced: boolean;
  /** Only looks where the bug would do harm, and does not plant it. @default false */
  readonly healthy?: boolean;
  /** @default one for each core */
  readonly jobs?: number | undefined;
  readonly onProgress?: (total: Omit<RangeResult, 'found'>) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Runs seeds in processes of their own, in their order, until the first violation. Of several found at once the lowest seed is told. */
export async function runSeeds(run: SeedsRun): Promise<RangeResult> {
  const reached: Record<string, number> = {};
  const total = { seeds: 0, orders: 0, virtualMs: 0, reached };
  const found: NonNullable<RangeResult['found']>[] = [];
  let next = run.from;
  const take = (): SeedRange | undefined => {
    const over = found.length > 0 || run.signal?.aborted || next >= run.to || (run.untilMs !== undefined && Date.now() > run.untilMs);
    if (over) return undefined;
    const from = next;
    next = Math.min(run.to, from + chunkSeeds);
    return { from, to: next };
  };
  const runChunks = async (): Promise<void> => {
    const child = fork(
      new URL('seed-worker.ts', import.meta.url),
      [run.plant ?? '', run.traced ? 'traced' : '', run.healthy ? 'healthy' : ''],
      {
        execArgv: ['--disable-warning=ExperimentalWarning'],
      },
    );
    try {
      await answerOf(child);
      for (let range = take(); range; range = take()) {
        child.send(range);
        const result = (await answerOf(child)) as RangeResult;
        total.seeds += result.seeds;
        total.orders += result.orders;
        total.virtualMs += result.virtualMs;
        for (const [what, runs] of Object.entries(result.reached)) reached[what] = (reached[what] ?? 0) + runs;
        if (result.found) found.push(result.found);
        run.onProgress?.(total);
      }
    } finally {
      child.kill();
    }
  };
  await Promise.all(Array.from({ length: run.jobs ?? availableParallelism() }, runChunks));
  return { ...total, found: found.toSorted((one, other) => one.seed - other.seed)[0] };
}

/** By the planted bug, and not by faults so dense that the same run fails without it: what that run finds then, undefined as it should be. */
export async function foundWithout(plant: string, seed: number): Promise<string | undefined> {
  const { found } = await runSeeds({ from: seed, to: seed + 1, plant, healthy: true, traced: false, jobs: 1 });
  return found?.violation;
}

function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null) =>
      reject(new Error(`a process of the simulation ended: ${signal ?? code}`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message);
    });
  });
}
