import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { BookCounters, ShardCounts } from '../../lambdas/domain/books/ports.ts';
import { Tally } from '../../lambdas/domain/books/tally.ts';
import { limits } from '../../lambdas/contracts/limits.ts';
import { assert } from '../../lambdas/domain/kernel/assert.ts';

/** Counters to be put through the suite. */
export interface CountersUnderTest {
  readonly counters: BookCounters;
  close(): Promise<void>;
}

function countsOf(lastSequence: string, held: number, skus: readonly string[] = ['shirt']): ShardCounts {
  const tally = new Tally();
  tally.orders.held = held;
  tally.orders.expired = -1;
  tally.revenueMinor = 4999 * held;
  for (const sku of skus) Object.assign(tally.unitsOf(sku), { held, confirmed: 2, withdrawn: -3 });
  return { tally, lastSequence, changedAtMs: 1_795_000_000_000 };
}

/** What every BookCounters does, seen through the port alone. */
export function bookCountersConformance(name: string, make: () => Promise<CountersUnderTest>): void {
  describe(`book counters on ${name}`, () => {
    // An engine shares its two cores with whatever else is being tested.
    jest.setTimeout(30_000);
    let underTest: CountersUnderTest | undefined;
    beforeAll(async () => {
      underTest = await make();
    }, 60_000);
    afterAll(() => underTest?.close());
    const counters = (): BookCounters => {
      assert(underTest, 'the counters were made');
      return underTest.counters;
    };

    test('what nobody wrote is undefined, and adds up from nothing', async () => {
      expect(await counters().read('none', 's1')).toBeUndefined();
      expect(await counters().all('none')).toEqual([]);
    });

    test('the first write is taken where there is none, each further one over the sequence it read', async () => {
      const first = countsOf('100000000000000000000001', 1);
      const second = countsOf('100000000000000000000002', 2);
      expect(await counters().write('sale-1', 's1', first, '1')).toBe('conflict');
      expect(await counters().write('sale-1', 's1', first, undefined)).toBe('written');
      expect(await counters().read('sale-1', 's1')).toEqual(first);
      expect(await counters().write('sale-1', 's1', second, undefined)).toBe('conflict');
      expect(await counters().write('sale-1', 's1', second, second.lastSequence)).toBe('conflict');
      expect(await counters().write('sale-1', 's1', second, first.lastSequence)).toBe('written');
      expect(await counters().read('sale-1', 's1')).toEqual(second);
    });

    test('of 10 writers over one sequence at once 1 wins', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, n) => counters().write('race', 's1', countsOf(String(n), n), undefined)),
      );
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
    });

    test(`all: every shard of the sale and of no other, with ${limits.itemsPerSale} skus each kept to the letter`, async () => {
      const skus = Array.from({ length: limits.itemsPerSale }, (_, n) => `${'s'.repeat(60)}-${n}`);
      const shards = Array.from({ length: 12 }, (_, n) => countsOf(String(n), n, skus));
      for (const [n, counts] of shards.entries()) await counters().write('wide', `shard-${n}`, counts, undefined);
      await counters().write('wide-2', 'shard-0', countsOf('1', 1), undefined);
      const found = await counters().all('wide');
      expect(found.toSorted((a, b) => Number(a.lastSequence) - Number(b.lastSequence))).toEqual(shards);
    });
  });
}
