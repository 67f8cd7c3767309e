import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { compareReport, sumCounters } from '../../../../lambdas/domain/books/compare-report.ts';
import { countChanges, type OrderChange } from '../../../../lambdas/domain/books/count-changes.ts';
import { Tally } from '../../../../lambdas/domain/books/tally.ts';
import { confirmedImage, refundImage } from '../../../../lambdas/domain/orders/paid-image.ts';
import { releasedImage } from '../../../../lambdas/domain/orders/released-image.ts';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import type { Order, OrderState } from '../../../../lambdas/domain/orders/order.ts';
import { heldOrder, nowMs } from '../../../support/builders.ts';
import { InMemoryCounters } from '../../../support/fakes-counters.ts';

const sales = ['drop', 'other'];
const states: OrderState[] = ['held', 'confirmed', 'withdrawn', 'rejected', 'expired', 'cancelled'];

/** Changes of a few orders of two sales, in the order in which they happened: each takes up the image before it. */
const history = fc
  .array(fc.record({ order: fc.nat({ max: 5 }), state: fc.constantFrom(...states), units: fc.nat({ max: 3 }) }), { maxLength: 30 })
  .map((steps) => {
    const images = new Map<number, Order>();
    return steps.map(({ order, state, units }, index): OrderChange => {
      const before = images.get(order);
      const after = heldOrder({
        key: `k${order}`,
        saleId: sales[order % 2] ?? '',
        units: Array.from({ length: units }, (_, unit) => unit),
        changes: { state, version: (before?.version ?? 0) + 1 },
      });
      images.set(order, after);
      // A sequence number of AWS has 21 digits and more: no JavaScript number holds it.
      return { sequence: String(10n ** 24n + BigInt(index)), after, ...(before ? { before } : {}) };
    });
  });

function truth(changes: readonly OrderChange[], saleId: string): Tally {
  const last = new Map(changes.flatMap(({ after }): [string, Order][] => (after?.saleId === saleId ? [[after.orderId, after]] : [])));
  const tally = new Tally();
  for (const order of last.values()) tally.count(order, 1);
  return tally;
}

const differences = async (counters: InMemoryCounters, changes: readonly OrderChange[]) =>
  (await Promise.all(sales.map(async (saleId) => compareReport(await sumCounters(counters, saleId), truth(changes, saleId))))).flat();

describe('counting changes', () => {
  test('a batch delivered any number of times, also late and in part, counts as once', async () => {
    const replays = fc.array(fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 10 })), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(history, replays, fc.integer({ min: 1, max: 7 }), async (changes, again, size) => {
        const counters = new InMemoryCounters();
        let delivered = 0;
        for (let start = 0; start < changes.length; start += size) {
          await countChanges(counters, 'shard', changes.slice(start, start + size));
          delivered = Math.min(changes.length, start + size);
          // What was delivered before comes again, from anywhere, of any length, but nothing new.
          for (const [from, length] of again)
            await countChanges(counters, 'shard', changes.slice(from, Math.min(delivered, from + length)));
        }
        expect(await differences(counters, changes)).toEqual([]);
      }),
    );
  });

  test('a run that dies between two sales, or before any write, loses and doubles nothing when the batch comes again', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.array(fc.nat({ max: 3 }), { maxLength: 6 }), async (changes, deaths) => {
        const counters = new InMemoryCounters();
        const write = counters.write.bind(counters);
        for (const dieAfter of deaths) {
          let left = dieAfter;
          counters.write = (...args) => {
            left -= 1;
            return left < 0 ? Promise.reject(new Error('died')) : write(...args);
          };
          await countChanges(counters, 'shard', changes).catch(() => undefined);
        }
        counters.write = write;
        await countChanges(counters, 'shard', changes);
        expect(await differences(counters, changes)).toEqual([]);
      }),
    );
  });

  test('a write that took effect though its answer was lost is not counted again', async () => {
    const counters = new InMemoryCounters();
    const write = counters.write.bind(counters);
    counters.write = async (...args) => {
      await write(...args);
      counters.write = write;
      return 'conflict';
    };
    const change = { sequence: '5', after: heldOrder() };
    await countChanges(counters, 'shard', [change]);
    expect(counters.writes).toBe(1);
    expect((await sumCounters(counters, 'drop')).orders.held).toBe(1);
  });

  test('shards add up, whichever of them tells of an order’s next state', async () => {
    const counters = new InMemoryCounters();
    const held = heldOrder();
    const confirmed = { ...held, state: 'confirmed' as const, version: 2, confirmedAtMs: nowMs + 7 };
    await countChanges(counters, 'parent', [{ sequence: '900', after: held }]);
    await countChanges(counters, 'child', [{ sequence: '17', before: held, after: confirmed }]);
    const sum = await sumCounters(counters, 'drop');
    expect([sum.orders.held, sum.orders.confirmed, sum.revenueMinor, sum.changedAtMs]).toEqual([0, 1, 4999, nowMs + 7]);
    expect(sum.units.get('shirt')).toEqual({ held: 0, confirmed: 1, withdrawn: 0 });
  });

  test('the whole life of an order: paid late it is confirmed again, with its revenue; a payment to be paid back counts nothing', async () => {
    const counters = new InMemoryCounters();
    const payment = { provider: 'bank', id: 'p1', amountMinor: 9998, currency: 'EUR' };
    const held = heldOrder({ units: [0, 1] });
    const expired = releasedImage(held, 'expired', nowMs + 1000);
    const confirmed = confirmedImage(expired, payment, nowMs + 2000);
    const refunded = refundImage(confirmed, { ...payment, id: 'p2' });
    const cancelled = releasedImage(refunded, 'cancelled', nowMs + 3000);
    const life = [held, expired, confirmed, refunded, cancelled];
    const seen: unknown[] = [];
    for (const [index, after] of life.entries()) {
      const before = life[index - 1];
      await countChanges(counters, 'shard', [{ sequence: String(index), after, ...(before ? { before } : {}) }]);
      const { orders, units, revenueMinor, changedAtMs } = await sumCounters(counters, 'drop');
      seen.push([
        Object.entries(orders).flatMap(([state, n]) => (n === 0 ? [] : [`${n} ${state}`])),
        units.get('shirt'),
        revenueMinor,
        changedAtMs,
      ]);
    }
    const none = { held: 0, confirmed: 0, withdrawn: 0 };
    expect(seen).toEqual([
      [['1 held'], { ...none, held: 2 }, 0, nowMs],
      [['1 expired'], none, 0, nowMs + 1000],
      [['1 confirmed'], { ...none, confirmed: 2 }, 9998, nowMs + 2000],
      [['1 confirmed'], { ...none, confirmed: 2 }, 9998, nowMs + 2000],
      [['1 cancelled'], none, 0, nowMs + 3000],
    ]);
  });

  test('two runs of one batch at once count it once; one that never gets through is unavailable', async () => {
    const counters = new InMemoryCounters();
    const changes = [{ sequence: '1', after: heldOrder() }];
    await Promise.all([1, 2, 3].map(() => countChanges(counters, 'shard', changes)));
    expect((await sumCounters(counters, 'drop')).orders.held).toBe(1);
    counters.write = () => Promise.resolve('conflict');
    await expect(countChanges(counters, 'shard', [{ sequence: '2', after: heldOrder({ key: 'k2' }) }])).rejects.toThrow(UnavailableError);
  });

  test('9 is before 10: sequence numbers are compared as numbers', async () => {
    const counters = new InMemoryCounters();
    await countChanges(counters, 'shard', [{ sequence: '9', after: heldOrder() }]);
    await countChanges(counters, 'shard', [{ sequence: '10', after: heldOrder({ key: 'k2' }) }]);
    await countChanges(counters, 'shard', [{ sequence: '9', after: heldOrder() }]);
    expect((await sumCounters(counters, 'drop')).orders.held).toBe(2);
  });
});

test('a report that differs is told, each count by itself', async () => {
  const orders = new Tally();
  orders.count(heldOrder({ units: [0, 1] }), 1);
  orders.count(heldOrder({ key: 'k2', units: [2], changes: { state: 'confirmed' } }), 1);
  const counters = new InMemoryCounters().count('drop', [heldOrder({ units: [0, 1] })]);
  expect(compareReport(await sumCounters(counters, 'drop'), orders)).toEqual([
    'the report counts 0 orders confirmed, the orders 1',
    'the report counts 0 units of shirt confirmed, the orders 1',
    'the report counts 0 revenue, the orders 4999',
  ]);
});
