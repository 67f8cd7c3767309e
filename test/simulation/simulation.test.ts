import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { mustReach } from './must-reach.ts';
import { plants } from './plants.ts';
import { foundWithout, runSeeds } from './run-seeds.ts';
import { keptSeeds } from './seeds.ts';

/** Runs of the code as it is. */
const seeds = 5000;
/** Within so many runs each planted bug is found. */
const plantedSeeds = 2000;
const longMs = 900_000;
const root = path.resolve(import.meta.dirname, '..', '..');

describe('all of it on a virtual clock, under faults', () => {
  test(
    `keeps every promise in ${seeds} runs`,
    async () => {
      const { found, reached, ...total } = await runSeeds({ from: 1, to: seeds + 1, plant: undefined, traced: false });
      expect(found && `seed ${found.seed}: ${found.violation}`).toBeUndefined();
      expect(total.seeds).toBe(seeds);
      // Orders come, and time passes: a simulation of nothing passes too.
      expect(total.orders).toBeGreaterThan(10 * seeds);
      expect(total.virtualMs).toBeGreaterThan(300_000 * seeds);
      expect(mustReach.filter((what) => reached[what] === undefined)).toEqual([]);
    },
    longMs,
  );

  test.each(Object.entries(plants))('the planted bug %s fits the sources as they are: each text once', (_, { grafts }) => {
    for (const { file, find } of grafts) expect(readFileSync(path.join(root, file), 'utf8').split(find)).toHaveLength(2);
  });

  test('docs/architecture.md names each planted bug, at what it breaks', () => {
    const text = readFileSync(path.join(root, 'docs', 'architecture.md'), 'utf8');
    expect(Object.keys(plants).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });

  test.each(Object.keys(plants))(
    'finds the planted bug %s within 2,000 runs',
    async (plant) => {
      const { found } = await runSeeds({ from: 1, to: plantedSeeds + 1, plant, traced: false });
      expect(found?.violation).toBeDefined();
      expect(await foundWithout(plant, found?.seed ?? 0)).toBeUndefined();
    },
    longMs,
  );

  test.each(keptSeeds)(
    'seed $seed, which found a bug once, is well now, and finds it again: $was',
    async ({ seed, plant }) => {
      expect(await foundWithout(plant, seed)).toBeUndefined();
      expect((await runSeeds({ from: seed, to: seed + 1, plant, traced: false, jobs: 1 })).found?.violation).toBeDefined();
    },
    longMs,
  );

  test(
    'is the same run for the same seed: every line of it',
    async () => {
      const once = { from: 77, to: 78, plant: undefined, traced: true, jobs: 1 };
      const [one, other] = [await runSeeds(once), await runSeeds(once)];
      expect(one.found?.trace.length).toBeGreaterThan(100);
      expect(other.found?.trace).toEqual(one.found?.trace);
    },
    longMs,
  );
});
