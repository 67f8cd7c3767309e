import { describe, expect, test } from '@jest/globals';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import { reportSale } from '../../../../lambdas/domain/books/report-sale.ts';
import type { GateSummary } from '../../../../lambdas/domain/stock/ports.ts';
import type { Order } from '../../../../lambdas/domain/orders/order.ts';
import { heldOrder, itemOf, nowMs, saleOf } from '../../../support/builders.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryCounters } from '../../../support/fakes-counters.ts';
import { RecordingQueue } from '../../../support/fakes-queue.ts';

const sale = saleOf({ items: [itemOf(), itemOf({ sku: 'cap', capacity: 5 })] });
const changedAtMs = nowMs - 1500;
const ready: GateSummary = { state: 'ready', available: {}, pendingOrders: 2, oldestPendingAtMs: nowMs - 2600 };

function report(orders: readonly Order[] = [], summary: () => Promise<GateSummary> = () => Promise.resolve(ready)) {
  const queue = new RecordingQueue();
  queue.depths.splice(0, 1, { visible: 1, inFlight: 2, delayed: 4 });
  const deps = {
    counters: new InMemoryCounters().count('drop', orders, changedAtMs),
    queue,
    gate: scriptedGate({ summary }).gate,
    deadLetters: { count: () => Promise.resolve(3) },
    clock: new ManualClock(),
  };
  return reportSale(deps, sale);
}

const orders = [
  heldOrder({
    key: '1',
    lines: [
      { sku: 'shirt', units: [0, 1] },
      { sku: 'cap', units: [0] },
    ],
  }),
  heldOrder({ key: '2', units: [2, 3, 4], changes: { state: 'confirmed' } }),
  heldOrder({ key: '3', units: [5], changes: { state: 'withdrawn' } }),
  heldOrder({ key: '4', units: [6], changes: { state: 'expired' } }),
  heldOrder({ key: '5', units: [7], changes: { state: 'cancelled' } }),
  heldOrder({ key: '6', units: [], changes: { state: 'rejected' } }),
  heldOrder({ key: '7', units: [], changes: { state: 'rejected' } }),
];
/** What the gate holds when it holds just these orders' units. */
const agreeing: GateSummary = { state: 'ready', available: { shirt: 4, cap: 4 }, pendingOrders: 0 };

describe('the report of a sale', () => {
  test('counts orders by state, units by sku, and the revenue of what is confirmed', async () => {
    expect(await report(orders)).toEqual({
      asOfMs: changedAtMs,
      orders: { accepted: 2, held: 1, confirmed: 1, withdrawn: 1, rejected: 2, expired: 1, cancelled: 1 },
      items: [
        { sku: 'shirt', capacity: 10, free: 4, held: 2, confirmed: 3, withdrawn: 1 },
        { sku: 'cap', capacity: 5, free: 4, held: 1, confirmed: 0, withdrawn: 0 },
      ],
      revenueMinor: 3 * 4999,
      queue: { depth: 7, oldestSeconds: 3, deadLetters: 3 },
    });
  });

  test('knows no accepted orders and no age while the gate is away or not there', async () => {
    for (const summary of [
      () => Promise.reject(new UnavailableError('gate', 'away')),
      () => Promise.resolve<GateSummary>({ state: 'none', available: {}, pendingOrders: 0 }),
    ]) {
      expect(await report([], summary)).toMatchObject({ orders: { accepted: null }, queue: { oldestSeconds: null, depth: 7 } });
    }
  });

  test('has an age of 0 s when nothing waits, and none below 0 by another clock', async () => {
    const { oldestPendingAtMs: _, ...idle } = ready;
    expect(await report([], () => Promise.resolve({ ...idle, pendingOrders: 0 }))).toMatchObject({ queue: { oldestSeconds: 0 } });
    expect(await report([], () => Promise.resolve({ ...ready, oldestPendingAtMs: nowMs + 5000 }))).toMatchObject({
      queue: { oldestSeconds: 0 },
    });
  });

  test('hides no fault of ours behind a gate that is away', async () => {
    await expect(report([], () => Promise.reject(new TypeError('a bug')))).rejects.toThrow(TypeError);
  });

  test('is of now while the gate holds exactly the units that are counted', async () => {
    expect((await report(orders, () => Promise.resolve(agreeing))).asOfMs).toBe(nowMs);
  });

  test.each<[string, GateSummary]>([
    ['holds a unit more', { ...agreeing, available: { shirt: 3, cap: 4 } }],
    ['holds a unit less', { ...agreeing, available: { shirt: 4, cap: 5 } }],
    ['waits for an order', { ...agreeing, pendingOrders: 1 }],
    ['is being rebuilt', { ...agreeing, state: 'rebuilding' }],
    ['knows nothing of a sku', { ...agreeing, available: { shirt: 4 } }],
  ])('is of the newest change counted while the gate %s', async (_, summary) => {
    expect((await report(orders, () => Promise.resolve(summary))).asOfMs).toBe(changedAtMs);
  });

  test('is of the opening when nothing is counted yet and the gate cannot tell', async () => {
    const away = () => Promise.reject(new UnavailableError('gate', 'away'));
    const deps = {
      counters: new InMemoryCounters(),
      queue: new RecordingQueue(),
      gate: scriptedGate({ summary: away }).gate,
      deadLetters: { count: () => Promise.resolve(0) },
      clock: new ManualClock(),
    };
    expect((await reportSale(deps, sale)).asOfMs).toBe(sale.opensAtMs);
    expect((await reportSale(deps, { ...sale, opensAtMs: nowMs + 1 })).asOfMs).toBe(nowMs);
  });
});
