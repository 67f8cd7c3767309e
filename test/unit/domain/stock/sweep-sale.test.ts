import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { metrics } from '../../../../lambdas/contracts/metrics.ts';
import { CorruptionError, UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import { claimsOf } from '../../../../lambdas/domain/orders/claims-of.ts';
import type { Order } from '../../../../lambdas/domain/orders/order.ts';
import type { PendingOrder, ResendOutcome, StockGate } from '../../../../lambdas/domain/stock/ports.ts';
import { type SweepPosition, sweepSale } from '../../../../lambdas/domain/stock/sweep-sale.ts';
import { heldOrder, itemOf, nowMs, requestOf, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { done, gateOf, scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';
import { CountingMeter } from '../../../support/fakes-meter.ts';
import { RecordingQueue } from '../../../support/fakes-queue.ts';

const away = new UnavailableError('gate', 'away');
const nothingFound = { gate: 'ready', resent: 0, stuck: 0, expired: 0, units: 0, next: undefined, faults: [] };
const overdue = { holdExpiresAtMs: nowMs - limits.holdGraceMs - 1 };

/** Orders the gate waits for, page by page. */
function waitingFor(...pages: (readonly PendingOrder[])[]): StockGate['pending'] {
  return async function* () {
    for (const page of pages) yield await Promise.resolve([...page]);
  };
}
/** Orders that a failover made doubtful, page by page. */
function doubting(...pages: (readonly string[])[]): StockGate['doubtfulOrders'] {
  return async function* () {
    for (const page of pages) yield await Promise.resolve(page);
  };
}
const oldPending = (orderId: string): PendingOrder => ({ orderId, acceptedAtMs: nowMs - limits.pendingResendMs });

function system(answers: Partial<StockGate> = {}, sale = saleOf()) {
  const calls = scriptedGate({
    beginRebuild: () => Promise.resolve('ready'),
    overdueHolds: () => Promise.resolve([]),
    pending: waitingFor([]),
    setCapacity: done,
    doubtfulOrders: doubting(),
    owners: () => Promise.resolve([]),
    mark: done,
    apply: done,
    free: () => Promise.resolve(true),
    ...answers,
  });
  const parts = {
    ledger: new InMemoryLedger(),
    catalog: new InMemoryCatalog(sale),
    queue: new RecordingQueue(),
    clock: new ManualClock(),
    meter: new CountingMeter(),
  };
  const deps = { ...parts, gate: calls.gate, newToken: () => 'token' };
  return { ...parts, calls, sweep: (from?: SweepPosition) => sweepSale(deps, sale, from) };
}

describe('a pass over a sale in which nothing is wrong', () => {
  test('looks at the gate, the holds, the pending orders and every sku, and changes nothing', async () => {
    const { sweep, calls, meter, ledger } = system({}, saleOf({ items: [itemOf(), itemOf({ sku: 'cap', capacity: 3 })] }));
    expect(await sweep()).toEqual(nothingFound);
    expect(calls.methods()).toEqual([
      'beginRebuild',
      'overdueHolds',
      'pending',
      'doubtfulOrders',
      'setCapacity',
      'owners',
      'setCapacity',
      'owners',
    ]);
    expect(calls.argsOf('beginRebuild')).toEqual([['drop', 'token', ['shirt', 'cap'], { remake: false, lanes: 1, gateVersion: 1 }]]);
    expect(calls.argsOf('overdueHolds')).toEqual([['drop', nowMs - limits.holdGraceMs]]);
    expect(calls.argsOf('setCapacity')).toEqual([
      [gateOf(), 'shirt', 10],
      [gateOf(), 'cap', 3],
    ]);
    expect(ledger.effects).toEqual([]);
    expect(meter.counts).toEqual({});
  });
});

describe('a gate that is lost (rule 34)', () => {
  test('is made again by the pass, and the rest of the pass goes on in it', async () => {
    const { sweep, calls } = system({
      beginRebuild: () => Promise.resolve('started'),
      renew: () => Promise.resolve(true),
      publish: () => Promise.resolve(true),
    });
    expect(await sweep()).toEqual({ ...nothingFound, gate: 'rebuilt' });
    expect(calls.methods().indexOf('publish')).toBeLessThan(calls.methods().indexOf('overdueHolds'));
  });

  test('and is being made by somebody else ends the pass: nothing is compared with half a gate', async () => {
    const { sweep, calls } = system({ beginRebuild: () => Promise.resolve('locked') });
    await expect(sweep()).rejects.toThrow(UnavailableError);
    expect(calls.methods()).toEqual(['beginRebuild']);
  });
});

describe('a gate that has failed over', () => {
  const order = (key: string) => heldOrder({ key, units: [Number(key)] });

  test('is told of every order how it stands in the ledger', async () => {
    const orders = ['1', '2', '3'].map(order);
    const { sweep, ledger, calls } = system({
      doubtfulOrders: doubting([orders[0]?.orderId ?? '', 'unknown'], [orders[2]?.orderId ?? '']),
    });
    for (const each of orders) ledger.stored.set(each.orderId, { ...each, state: 'cancelled', version: 3 });
    expect(await sweep()).toEqual(nothingFound);
    expect(calls.argsOf('apply').map(([each]) => (each as Order).orderId)).toEqual([orders[0]?.orderId, orders[2]?.orderId]);
  });

  test(`of ${limits.batchGetItems} orders at a time; a page that comes after ${limits.doubtfulSliceMs} ms is left to the next pass`, async () => {
    const page = Array.from({ length: limits.batchGetItems + 1 }, (_, n) => `ord_${n}`);
    const { sweep, ledger, clock } = system({ doubtfulOrders: doubting(page, page) });
    const read: number[] = [];
    ledger.readAll = (orderIds) => {
      read.push(orderIds.length);
      clock.advance(limits.doubtfulSliceMs);
      return Promise.resolve([]);
    };
    await sweep();
    expect(read).toEqual([limits.batchGetItems, 1]);
  });
});

describe('holds that are over by the gate’s list (rule 28)', () => {
  const lost = heldOrder({ changes: overdue });

  test('are ended, ledger first, then the gate: the message of their end was lost', async () => {
    const { sweep, ledger, calls, meter } = system({ overdueHolds: () => Promise.resolve([lost.orderId]) });
    ledger.put(lost);
    expect(await sweep()).toEqual({ ...nothingFound, expired: 1 });
    const expired = { ...lost, state: 'expired', version: 2, closedAtMs: nowMs };
    expect(ledger.stored.get(lost.orderId)).toEqual(expired);
    expect(calls.argsOf('apply')).toEqual([[expired]]);
    expect(meter.counts).toEqual({ [metrics.ordersExpired]: 1 });
  });

  test.each<[string, Partial<Order>]>([
    ['paid meanwhile', { state: 'confirmed', version: 2 }],
    ['held for longer than the gate believes', { holdExpiresAtMs: nowMs + 1 }],
  ])('and are %s by the ledger: the gate is told how they stand, and nothing is ended', async (_, changes) => {
    const { sweep, ledger, calls } = system({ overdueHolds: () => Promise.resolve([lost.orderId]) });
    const stored = { ...lost, ...changes };
    ledger.stored.set(lost.orderId, stored);
    expect(await sweep()).toEqual(nothingFound);
    expect(ledger.stored.get(lost.orderId)).toEqual(stored);
    expect(calls.argsOf('apply')).toEqual([[stored]]);
  });

  test('and are expired by the ledger: the gate is told, and a retake that came to nothing is ended there', async () => {
    const { sweep, ledger, calls } = system({
      overdueHolds: () => Promise.resolve([lost.orderId]),
      endRetake: () => Promise.resolve(true),
    });
    const expired = { ...lost, state: 'expired' as const, version: 2 };
    ledger.stored.set(lost.orderId, expired);
    expect(await sweep()).toEqual(nothingFound);
    expect(calls.argsOf('apply')).toEqual([[expired]]);
    expect(calls.argsOf('endRetake')).toEqual([[expired, nowMs]]);
  });

  test(`are read ${limits.batchGetItems} at a time and ended ${limits.sweptOrdersAtOnce} at a time`, async () => {
    const holds = Array.from({ length: limits.batchGetItems + 1 }, (_, n) => heldOrder({ key: `key-${n}`, units: [n], changes: overdue }));
    const { sweep, ledger } = system({ overdueHolds: () => Promise.resolve(holds.map(({ orderId }) => orderId)) });
    ledger.put(...holds);
    let [atWork, most] = [0, 0];
    const release = ledger.release.bind(ledger);
    ledger.release = async (...args) => {
      atWork += 1;
      most = Math.max(most, atWork);
      await new Promise(setImmediate);
      atWork -= 1;
      return release(...args);
    };
    expect((await sweep()).expired).toBe(holds.length);
    expect(most).toBe(limits.sweptOrdersAtOnce);
    expect(ledger.effects.filter((effect) => effect === 'readAll')).toHaveLength(2);
    expect(ledger.claimed.size).toBe(0);
  });

  test('one that is stored corruptly is told, and holds up neither the 11 behind it nor what else there is to mend', async () => {
    const holds = [lost, ...Array.from({ length: 11 }, (_, n) => heldOrder({ key: `k-${n}`, units: [n + 1], changes: overdue }))];
    const stray = heldOrder({ key: 'ended', units: [20], changes: { state: 'expired', version: 2 } });
    const { sweep, ledger, calls } = system({
      overdueHolds: () => Promise.resolve(holds.map(({ orderId }) => orderId)),
      owners: () => Promise.resolve([{ unit: 20, orderId: stray.orderId }]),
    });
    ledger.put(...holds, stray);
    const release = ledger.release.bind(ledger);
    const corrupt = new CorruptionError('no claim');
    ledger.release = (order, to, atMs) => (order.orderId === lost.orderId ? Promise.reject(corrupt) : release(order, to, atMs));
    expect(await sweep()).toMatchObject({ expired: 11, faults: [corrupt] });
    expect(calls.argsOf('free')).toEqual([['drop', 'shirt', 20, stray.orderId, 2, nowMs]]);
  });

  test('a batch of 100 that cannot be read holds up no other', async () => {
    const holds = Array.from({ length: 101 }, (_, n) => heldOrder({ key: `k-${n}`, units: [n], changes: overdue }));
    const { sweep, ledger } = system({ overdueHolds: () => Promise.resolve(holds.map(({ orderId }) => orderId)) });
    ledger.put(...holds);
    const readAll = ledger.readAll.bind(ledger);
    const corrupt = new CorruptionError('no order');
    ledger.readAll = (orderIds) => (orderIds.length === limits.batchGetItems ? Promise.reject(corrupt) : readAll(orderIds));
    expect(await sweep()).toMatchObject({ expired: 1, faults: [corrupt] });
  });

  test('a ledger that is away is asked by those at work, and not by 1,000 in turn; units are compared all the same', async () => {
    const holds = Array.from({ length: 1000 }, (_, n) => heldOrder({ key: `k-${n}`, units: [n], changes: overdue }));
    const { sweep, ledger, calls } = system({ overdueHolds: () => Promise.resolve(holds.map(({ orderId }) => orderId)) });
    ledger.put(...holds);
    let asked = 0;
    ledger.release = () => {
      asked += 1;
      return Promise.reject(away);
    };
    expect((await sweep()).faults).toEqual([away]);
    expect(asked).toBe(limits.sweptOrdersAtOnce);
    expect(calls.methods()).toContain('owners');
  });
});

describe('orders that were accepted and are not in the ledger (rule 27)', () => {
  const request = requestOf({ changes: { acceptedAtMs: nowMs - limits.pendingResendMs } });
  const { orderId } = request.order;
  const again: ResendOutcome = { kind: 'again', request };
  const resends = (outcome: ResendOutcome): Partial<StockGate> => ({
    pending: waitingFor([oldPending(orderId)]),
    resend: () => Promise.resolve(outcome),
  });

  test('are sent again as the gate kept them, in what is left of T_take', async () => {
    const { sweep, queue, calls, meter } = system(resends(again));
    expect(await sweep()).toEqual({ ...nothingFound, resent: 1 });
    expect(queue.sent).toEqual([{ request, withinMs: limits.takeMs }]);
    expect(calls.argsOf('resend')).toEqual([['drop', orderId, nowMs]]);
    expect(meter.counts).toEqual({ [metrics.ordersResent]: 1 });
  });

  test.each([
    [limits.takeMs - limits.queueRequestMs, 1],
    [limits.takeMs - limits.queueRequestMs + 1, 0],
  ])('rule 10: where the gate took %i ms to answer, %i are sent: a rebuild may count on it', async (tookMs, sent) => {
    const slow = system({
      ...resends(again),
      resend: () => {
        slow.clock.advance(tookMs);
        return Promise.resolve(again);
      },
    });
    expect((await slow.sweep()).resent).toBe(sent);
    expect(slow.queue.sent).toHaveLength(sent);
  });

  test('1 ms younger than a minute are left to their own request', async () => {
    const young = { orderId, acceptedAtMs: nowMs - limits.pendingResendMs + 1 };
    const { sweep, calls } = system({ pending: waitingFor([young]) });
    expect(await sweep()).toEqual(nothingFound);
    expect(calls.methods()).not.toContain('resend');
  });

  test('that the ledger has after all are told to the gate, not sent', async () => {
    const { sweep, ledger, queue, calls } = system(resends(again));
    const stored = heldOrder();
    expect(stored.orderId).toBe(orderId);
    ledger.put(stored);
    expect((await sweep()).resent).toBe(0);
    expect(calls.argsOf('apply')[0]).toEqual([stored]);
    expect(queue.sent).toEqual([]);
  });

  test.each([
    [limits.resendQueueMessages, 1],
    [limits.resendQueueMessages + 1, 0],
  ])('with %i messages to be received in the queue: %i are sent', async (visible, sent) => {
    const { sweep, queue } = system(resends(again));
    queue.depths[0] = { visible, inFlight: 1000, delayed: 1000 };
    expect((await sweep()).resent).toBe(sent);
  });

  test.each(['waiting', 'settled'] as const)('and that the gate calls %s are not sent', async (kind) => {
    const { sweep, queue, meter } = system(resends({ kind }));
    expect(await sweep()).toEqual(nothingFound);
    expect([queue.sent, meter.counts]).toEqual([[], {}]);
  });

  test('and were sent again as often as may be raise the alarm, in every pass', async () => {
    const { sweep, queue, meter } = system(resends({ kind: 'stuck' }));
    expect((await sweep()).stuck).toBe(1);
    expect((await sweep()).stuck).toBe(1);
    expect([queue.sent, meter.counts]).toEqual([[], { [metrics.stuckOrders]: 2 }]);
  });

  const idsOf = (count: number) => Array.from({ length: count }, (_, n) => requestOf({ key: `key-${n}` }).order.orderId);

  test(`a pass ends with the batch in which ${limits.resendsPerPass} were sent, and counts them`, async () => {
    const ids = idsOf(limits.resendsPerPass + 150);
    const { sweep, meter } = system({
      pending: waitingFor(ids.slice(0, 420).map(oldPending), ids.slice(420).map(oldPending)),
      resend: () => Promise.resolve(again),
    });
    // 4 batches of 100 and one of 20 from the first page, then one of 100.
    expect((await sweep()).resent).toBe(520);
    expect(meter.counts).toEqual({ [metrics.ordersResent]: 520 });
  });

  test(`however many are stuck, those behind them are sent: ${limits.resendsPerPass + 1} and one`, async () => {
    const ids = idsOf(limits.resendsPerPass + 2);
    const { sweep, queue } = system({
      pending: waitingFor(ids.map(oldPending)),
      resend: (_, id) => Promise.resolve(id === ids.at(-1) ? again : { kind: 'stuck' }),
    });
    expect(await sweep()).toEqual({ ...nothingFound, resent: 1, stuck: limits.resendsPerPass + 1 });
    expect(queue.looks).toBe(1);
  });

  test(`a pass begins no batch of them after ${limits.resendSliceMs / 1000} s, and goes on with the units`, async () => {
    const ids = idsOf(2 * limits.batchGetItems + 1);
    const { sweep, calls, clock } = system({
      pending: waitingFor(ids.map(oldPending)),
      resend: () => {
        clock.advance(limits.resendSliceMs / limits.batchGetItems);
        if (calls.argsOf('resend').length === limits.batchGetItems + 1) clock.advance(1);
        return Promise.resolve({ kind: 'stuck' });
      },
    });
    expect((await sweep()).stuck).toBe(2 * limits.batchGetItems);
    expect(calls.methods()).toContain('owners');
  });

  test(`are asked of the gate ${limits.sweptOrdersAtOnce} at a time`, async () => {
    let [atWork, most] = [0, 0];
    const { sweep } = system({
      pending: waitingFor(idsOf(limits.batchGetItems).map(oldPending)),
      resend: async () => {
        atWork += 1;
        most = Math.max(most, atWork);
        await new Promise(setImmediate);
        atWork -= 1;
        return { kind: 'waiting' };
      },
    });
    await sweep();
    expect(most).toBe(limits.sweptOrdersAtOnce);
  });

  test('where there are none, the queue is not asked, and may be away', async () => {
    const { sweep, queue } = system({ pending: waitingFor([{ orderId, acceptedAtMs: nowMs }]) });
    queue.depths.length = 0;
    expect(await sweep()).toEqual(nothingFound);
    expect(queue.looks).toBe(0);
  });

  test('a queue that is away is told; the next pass asks the gate, which waits for what it gave out', async () => {
    const { sweep, queue } = system(resends(again));
    queue.refuse = new UnavailableError('queue', 'away');
    expect(await sweep()).toEqual({ ...nothingFound, faults: [queue.refuse] });
  });
});

describe('units of which gate and ledger differ (rules 26 and 29)', () => {
  test('are mended and counted: claimed ones marked, those of ended orders freed', async () => {
    const [mine, ended] = [heldOrder({ units: [3] }), heldOrder({ key: 'two', changes: { state: 'expired', version: 2 } })];
    const { sweep, ledger, calls, meter } = system({ owners: () => Promise.resolve([{ unit: 0, orderId: ended.orderId }]) });
    ledger.put(mine, ended);
    expect(await sweep()).toEqual({ ...nothingFound, units: 2 });
    expect(calls.argsOf('mark')).toEqual([['drop', claimsOf(mine)]]);
    expect(calls.argsOf('apply')).toEqual([[ended]]);
    expect(calls.argsOf('free')).toEqual([['drop', 'shirt', 0, ended.orderId, 2, nowMs]]);
    expect(meter.counts).toEqual({ [metrics.unitsMended]: 2 });
  });

  test('CE-7: a unit whose order the ledger does not know is left alone, pass after pass', async () => {
    const { sweep, calls } = system({ owners: () => Promise.resolve([{ unit: 0, orderId: requestOf().order.orderId }]) });
    expect([await sweep(), await sweep()]).toEqual([nothingFound, nothingFound]);
    expect(calls.methods()).not.toContain('free');
  });

  test('a pass begins no slice after 5 s, and the next one goes on there; then from the beginning', async () => {
    const sale = saleOf({ items: [itemOf({ capacity: 2 * limits.reconcileUnits + 1 }), itemOf({ sku: 'cap', capacity: 3 })] });
    let slow = 0;
    const { sweep, calls, clock } = system(
      {
        owners: () => {
          clock.advance(slow);
          return Promise.resolve([]);
        },
      },
      sale,
    );
    slow = (limits.sweepSliceMs * limits.gateBulkUnits) / limits.reconcileUnits + 1;
    const first = await sweep();
    expect(first.next).toEqual({ sku: 'shirt', fromUnit: limits.reconcileUnits });
    slow = 0;
    calls.calls.length = 0;
    expect((await sweep(first.next)).next).toBeUndefined();
    expect(calls.argsOf('owners')[0]).toEqual(['drop', 'shirt', limits.reconcileUnits]);
    expect(calls.argsOf('owners').at(-1)).toEqual(['drop', 'cap', 0]);
  });

  test('a slice that takes over 7 s, or fails, is told, and holds up none behind it: neither in its pass nor in the next', async () => {
    const sale = saleOf({ items: [itemOf({ capacity: 2 * limits.reconcileUnits }), itemOf({ sku: 'cap', capacity: 3 })] });
    const { sweep, calls, clock } = system(
      {
        owners: (_, sku, fromUnit) => {
          if (sku === 'shirt' && fromUnit < limits.reconcileUnits) clock.advance(limits.reconcileMs);
          return Promise.resolve([]);
        },
      },
      sale,
    );
    const first = await sweep();
    expect(first).toMatchObject({ next: { sku: 'shirt', fromUnit: limits.reconcileUnits }, faults: [expect.any(UnavailableError)] });
    calls.calls.length = 0;
    expect(await sweep(first.next)).toEqual({ ...nothingFound, units: 0 });
    expect(calls.argsOf('owners').at(-1)).toEqual(['drop', 'cap', 0]);
  });

  test('a pass that goes on in the second sku leaves the first to the one after it', async () => {
    const { sweep, calls } = system({}, saleOf({ items: [itemOf(), itemOf({ sku: 'cap', capacity: 3 })] }));
    await sweep({ sku: 'cap', fromUnit: 0 });
    expect(calls.argsOf('owners')).toEqual([['drop', 'cap', 0]]);
  });

  test('a position in a sku that is no more begins anew', async () => {
    const { sweep, calls } = system();
    await sweep({ sku: 'gone', fromUnit: 5 });
    expect(calls.argsOf('owners')).toEqual([['drop', 'shirt', 0]]);
  });
});

describe('a sale that has been closed for a day', () => {
  const over = saleOf({ closesAtMs: nowMs - limits.gateDropMs, items: [itemOf(), itemOf({ sku: 'cap' })] });

  test('has its gate dropped', async () => {
    const { sweep, calls, meter } = system({ drop: () => Promise.resolve(true) }, over);
    expect(await sweep()).toEqual({ ...nothingFound, gate: 'dropped' });
    expect(calls.calls).toEqual([{ method: 'drop', args: ['drop', ['shirt', 'cap']] }]);
    expect(meter.counts).toEqual({ [metrics.gatesDropped]: 1 });
  });

  test('what keeps its gate from going is ended and sent on as ever; a gate that is gone is not made again', async () => {
    const held = heldOrder({ changes: overdue });
    const pending = requestOf({ key: 'k2' });
    const { sweep, calls, ledger, queue } = system(
      {
        drop: () => Promise.resolve(false),
        overdueHolds: () => Promise.resolve([held.orderId]),
        pending: waitingFor([oldPending(pending.order.orderId)]),
        resend: () => Promise.resolve({ kind: 'again', request: pending }),
      },
      over,
    );
    ledger.put(held);
    expect(await sweep()).toEqual({ ...nothingFound, gate: 'none', expired: 1, resent: 1 });
    expect(ledger.stored.get(held.orderId)?.state).toBe('expired');
    expect(queue.sent).toHaveLength(1);
    expect(calls.methods()).not.toContain('beginRebuild');
  });

  test('1 ms earlier it is swept as any other', async () => {
    const { sweep, calls } = system({}, { ...over, closesAtMs: over.closesAtMs + 1 });
    await sweep();
    expect(calls.methods()).toContain('owners');
    expect(calls.methods()).not.toContain('drop');
  });
});
