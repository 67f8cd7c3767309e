import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { metrics } from '../../../../lambdas/contracts/metrics.ts';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import { claimsOf } from '../../../../lambdas/domain/orders/claims-of.ts';
import { commitOrder } from '../../../../lambdas/domain/orders/commit-order.ts';
import type { CommitRequest, Order } from '../../../../lambdas/domain/orders/order.ts';
import type { Claim } from '../../../../lambdas/domain/orders/ports.ts';
import { SharedReconcile } from '../../../../lambdas/domain/stock/shared-reconcile.ts';
import type { DrawOutcome, StockGate } from '../../../../lambdas/domain/stock/ports.ts';
import { heldOrder, itemOf, nowMs, requestOf, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { done, gateOf, inTurn, scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';
import { CountingMeter } from '../../../support/fakes-meter.ts';
import { RecordingExpiries, RecordingQueue } from '../../../support/fakes-queue.ts';

const overdue = { holdExpiresAtMs: nowMs - limits.holdGraceMs - 1 };
const bob = heldOrder({ customerId: 'bob', units: [0] });

function system(answers: Partial<StockGate> = {}) {
  const gate = scriptedGate({ apply: done, ...answers });
  const parts = {
    ledger: new InMemoryLedger(),
    queue: new RecordingQueue(),
    expiries: new RecordingExpiries(),
    sales: new InMemoryCatalog(saleOf()),
    clock: new ManualClock(),
    meter: new CountingMeter(),
  };
  const reconcile = new SharedReconcile({ ...parts, gate: gate.gate });
  const commit = (request: CommitRequest) => commitOrder({ ...parts, gate: gate.gate, reconcile }, request);
  return { ...parts, calls: gate, commit };
}

/** The request with other units in its one line. */
function drawn(request: CommitRequest, ...units: number[]): DrawOutcome {
  const lines = request.order.lines.map((line) => ({ ...line, units }));
  return { kind: 'drawn', request: { ...request, order: { ...request.order, lines } } };
}

const reconciling: Partial<StockGate> = {
  incarnation: () => Promise.resolve('one'),
  setCapacity: done,
  owners: () => Promise.resolve([]),
  mark: done,
  free: () => Promise.resolve(true),
};

/** Another worker has the right to compare. */
const comparedBefore: Partial<StockGate> = { beginComparison: () => Promise.resolve(false) };

describe('committing an order', () => {
  test('ledger first, then the gate, and one count', async () => {
    const { commit, ledger, calls, meter } = system();
    const request = requestOf({ units: [3, 4], customerLimit: 4 });
    expect(await commit(request)).toBe('settled');
    const stored = ledger.stored.get(request.order.orderId);
    expect(stored).toEqual({
      ...request.order,
      state: 'held',
      version: 1,
      heldAtMs: nowMs,
      holdExpiresAtMs: nowMs + 600_000,
      countedUnits: 2,
      customerLimit: 4,
    });
    expect(calls.calls).toEqual([{ method: 'apply', args: [stored] }]);
    expect(meter.counts).toEqual({ [metrics.ordersCommitted]: 1 });
  });

  test('twice, or late after the order was cancelled, ends at what the ledger decided first', async () => {
    const { commit, ledger, calls, meter } = system();
    const request = requestOf();
    await commit(request);
    const [held] = [...ledger.stored.values()];
    const cancelled: Order = { ...(held as Order), state: 'cancelled', version: 2 };
    expect(await commit(request)).toBe('settled');
    ledger.stored.set(cancelled.orderId, cancelled);
    expect(await commit(request)).toBe('settled');
    expect(calls.argsOf('apply')).toEqual([[held], [held], [cancelled]]);
    expect(ledger.stored.get(cancelled.orderId)).toBe(cancelled);
    expect(meter.counts).toEqual({ [metrics.ordersCommitted]: 1 });
  });

  test('an order of another fingerprint is counted, and its image applied', async () => {
    const { commit, ledger, calls, meter } = system();
    const first = heldOrder({ units: [7], changes: { fingerprint: 'another body' } });
    ledger.put(first);
    expect(await commit(requestOf())).toBe('settled');
    expect(calls.argsOf('apply')).toEqual([[first]]);
    expect(meter.counts).toEqual({ [metrics.fingerprintsDiffering]: 1 });
  });

  test('a gate that does not take the image brings the message back, and the second run settles', async () => {
    const answers = [() => Promise.reject(new UnavailableError('gate', 'away')), done].values();
    const { commit, ledger } = system({ apply: () => (answers.next().value ?? done)() });
    const request = requestOf();
    await expect(commit(request)).rejects.toThrow(UnavailableError);
    expect(ledger.stored.size).toBe(1);
    expect(await commit(request)).toBe('settled');
    expect(ledger.claimed.size).toBe(1);
  });

  test('the end of its hold is asked for, after the ledger and before the gate, by every delivery that finds it held', async () => {
    const { commit, expiries, ledger, calls } = system({
      apply: () => {
        expect(expiries.sent).not.toEqual([]);
        return Promise.resolve();
      },
    });
    const request = requestOf();
    await commit(request);
    await commit(request);
    const notice = { orderId: request.order.orderId, holdExpiresAtMs: nowMs + 600_000, hops: 0, delaySeconds: 603 };
    expect(expiries.sent).toEqual([notice, notice]);
    const [held] = [...ledger.stored.values()];
    ledger.stored.set(request.order.orderId, { ...(held as Order), state: 'cancelled', version: 2 });
    await commit(request);
    expect(expiries.sent).toHaveLength(2);
    expect(calls.argsOf('apply')).toHaveLength(3);
  });

  test('an end that cannot be asked for brings the message back, and the second run asks and settles', async () => {
    const { commit, expiries, ledger, calls } = system();
    expiries.refuse = new UnavailableError('queue', 'away');
    await expect(commit(requestOf())).rejects.toBe(expiries.refuse);
    expect([ledger.stored.size, calls.calls.length]).toEqual([1, 0]);
    expiries.refuse = undefined;
    expect(await commit(requestOf())).toBe('settled');
    expect([expiries.sent.length, calls.calls.length]).toEqual([1, 1]);
  });

  test('an order of the house has no end', async () => {
    const { commit, expiries } = system();
    expect(await commit(requestOf({ customerId: '' }))).toBe('settled');
    expect(expiries.sent).toEqual([]);
  });

  test('a ledger that is away brings the message back, and the gate is told nothing', async () => {
    const { commit, ledger, calls } = system();
    ledger.commit = () => Promise.reject(new UnavailableError('ledger', 'throttled'));
    await expect(commit(requestOf())).rejects.toThrow(UnavailableError);
    expect(calls.calls).toEqual([]);
  });
});

describe('units that another order has claimed', () => {
  test('others are drawn, with the claims that stood in the way, and committed', async () => {
    const { commit, ledger, calls, meter } = system({ ...comparedBefore, draw: (request) => Promise.resolve(drawn(request, 5)) });
    ledger.put(bob);
    const request = requestOf();
    expect(await commit(request)).toBe('settled');
    expect(calls.argsOf('draw')).toEqual([[request, claimsOf(bob)]]);
    expect(ledger.stored.get(request.order.orderId)?.lines[0]?.units).toEqual([5]);
    expect(meter.counts).toEqual({ [metrics.collisions]: 1, [metrics.ordersCommitted]: 1 });
  });

  test('each collided unit is counted, and a second collision is drawn for with the units of the first draw', async () => {
    const { commit, ledger, calls, meter } = system({
      ...comparedBefore,
      draw: inTurn(
        ...[
          [2, 3],
          [8, 9],
        ].map((units) => drawn(requestOf({ units: [0, 1] }), ...units)),
      ),
    });
    ledger.put(heldOrder({ customerId: 'bob', units: [0, 1, 2] }));
    await commit(requestOf({ units: [0, 1] }));
    expect(meter.counts[metrics.collisions]).toBe(3);
    const second = calls.argsOf('draw')[1]?.[0] as CommitRequest;
    expect(second.order.lines[0]?.units).toEqual([2, 3]);
    expect((calls.argsOf('draw')[1]?.[1] as Claim[] | undefined)?.map((claim) => claim.unit)).toEqual([2]);
  });

  test('an overdue owner is expired, ledger then gate, and the same units are committed without a draw', async () => {
    const { commit, ledger, calls } = system();
    ledger.put({ ...bob, ...overdue });
    const request = requestOf();
    expect(await commit(request)).toBe('settled');
    expect(calls.argsOf('apply').map(([order]) => (order as Order).state)).toEqual(['expired', 'held']);
    expect(ledger.stored.get(request.order.orderId)?.lines[0]?.units).toEqual([0]);
    expect(ledger.effects).toEqual(['commit', 'read', 'release', 'commit']);
  });

  test('a hold that is over by no more than the grace of 2 s stays, and another unit is drawn', async () => {
    const { commit, ledger } = system({ ...comparedBefore, draw: (request) => Promise.resolve(drawn(request, 5)) });
    ledger.put({ ...bob, holdExpiresAtMs: nowMs - limits.holdGraceMs });
    await commit(requestOf());
    expect(ledger.stored.get(bob.orderId)?.state).toBe('held');
  });

  test('one owner of several units is read once', async () => {
    const { commit, ledger } = system({ ...comparedBefore, draw: (request) => Promise.resolve(drawn(request, 5, 6)) });
    ledger.put(heldOrder({ customerId: 'bob', units: [0, 1] }));
    await commit(requestOf({ units: [0, 1] }));
    expect(ledger.effects).toEqual(['commit', 'read', 'commit']);
  });

  test('a draw that finds the order done meets it in the ledger', async () => {
    const { commit, ledger, calls } = system({
      draw: () => {
        ledger.put(heldOrder({ units: [6] }));
        return Promise.resolve({ kind: 'done' });
      },
    });
    ledger.put(bob);
    expect(await commit(requestOf())).toBe('settled');
    expect((calls.argsOf('apply')[0]?.[0] as Order | undefined)?.lines[0]?.units).toEqual([6]);
  });

  test('a gate that is not ready parks the message: its copy comes in 5 s, and nothing fails', async () => {
    const { commit, ledger, queue, meter } = system({ draw: () => Promise.resolve({ kind: 'park' }) });
    ledger.put(bob);
    const request = requestOf();
    expect(await commit(request)).toBe('parked');
    expect(queue.sent).toEqual([{ request, delaySeconds: 5 }]);
    expect(ledger.stored.has(request.order.orderId)).toBe(false);
    expect(meter.counts).toEqual({ [metrics.collisions]: 1, [metrics.ordersParked]: 1 });
  });

  test('a parked copy that cannot be sent brings the message back', async () => {
    const { commit, ledger, queue } = system({ draw: () => Promise.resolve({ kind: 'park' }) });
    ledger.put(bob);
    queue.refuse = new UnavailableError('queue', 'away');
    await expect(commit(requestOf())).rejects.toBe(queue.refuse);
  });

  test('an order accepted a day ago is parked, a millisecond later it fails towards the dead letters', async () => {
    const { commit, ledger, queue, clock } = system({ draw: () => Promise.resolve({ kind: 'park' }) });
    ledger.put({ ...bob, state: 'confirmed' });
    const request = requestOf();
    clock.advance(request.order.acceptedAtMs + limits.parkMaxMs - clock.nowMs());
    expect(await commit(request)).toBe('parked');
    clock.advance(1);
    await expect(commit(request)).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'gate' });
    expect(queue.sent).toHaveLength(1);
  });

  test('9 collisions in one delivery put the message back', async () => {
    const { commit, ledger, calls } = system({ ...comparedBefore, draw: (request) => Promise.resolve(drawn(request, 0)) });
    ledger.put({ ...bob, state: 'confirmed' });
    await expect(commit(requestOf())).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'gate' });
    expect(ledger.effects.filter((effect) => effect === 'commit')).toHaveLength(limits.redrawsPerDelivery + 1);
    expect(calls.methods()).not.toContain('apply');
  });

  test('the gate has lost more than this one: what another lost is mended at once, after the order is settled', async () => {
    const { commit, ledger, calls } = system({
      ...reconciling,
      beginComparison: () => Promise.resolve(true),
      draw: (request) => Promise.resolve(drawn(request, 5)),
    });
    const eve = heldOrder({ customerId: 'eve', units: [7] });
    ledger.put(bob);
    ledger.put(eve);
    expect(await commit(requestOf())).toBe('settled');
    expect(calls.methods()).toEqual(['draw', 'apply', 'beginComparison', 'incarnation', 'setCapacity', 'owners', 'mark']);
    expect(calls.argsOf('beginComparison')).toEqual([['drop', 'shirt']]);
    expect(calls.argsOf('mark')[0]?.[1]).toEqual(expect.arrayContaining([...claimsOf(bob), ...claimsOf(eve)]));
  });

  test('of the skus of the order, those that collided are compared', async () => {
    const { commit, ledger, calls, sales } = system({ ...comparedBefore, draw: (request) => Promise.resolve(drawn(request, 5)) });
    sales.stored.set('drop', saleOf({ items: [itemOf(), itemOf({ sku: 'cap' })] }));
    ledger.put(bob);
    await commit(
      requestOf({
        lines: [
          { sku: 'cap', units: [5] },
          { sku: 'shirt', units: [0] },
        ],
      }),
    );
    expect(calls.argsOf('beginComparison')).toEqual([['drop', 'shirt']]);
  });

  test('nothing is compared where another did so a moment ago, or where nothing collided', async () => {
    const { commit, ledger, calls } = system({ ...comparedBefore, draw: (request) => Promise.resolve(drawn(request, 5)) });
    ledger.put(bob);
    await commit(requestOf());
    await commit(requestOf({ key: 'another', units: [6] }));
    expect(calls.methods()).toEqual(['draw', 'apply', 'beginComparison', 'apply']);
  });

  test('a comparison that fails brings the message back, which finds the order settled', async () => {
    const { commit, ledger, calls } = system({
      ...reconciling,
      beginComparison: () => Promise.resolve(true),
      owners: () => Promise.reject(new UnavailableError('gate', 'away')),
      draw: (request) => Promise.resolve(drawn(request, 5)),
    });
    ledger.put(bob);
    const request = requestOf();
    await expect(commit(request)).rejects.toThrow(UnavailableError);
    expect(ledger.stored.get(request.order.orderId)?.state).toBe('held');
    expect(await commit(request)).toBe('settled');
    expect(calls.argsOf('owners')).toHaveLength(1);
  });
});

describe('before an order is refused for want of units', () => {
  test('gate and ledger are compared once, then it is drawn again with nothing excluded', async () => {
    const { commit, ledger, calls } = system({ ...reconciling, draw: inTurn<DrawOutcome>({ kind: 'none' }, drawn(requestOf(), 4)) });
    ledger.put(bob);
    const request = requestOf();
    expect(await commit(request)).toBe('settled');
    expect(calls.methods()).toEqual(['draw', 'incarnation', 'setCapacity', 'owners', 'mark', 'draw', 'apply']);
    expect(calls.argsOf('setCapacity')).toEqual([[gateOf(), 'shirt', 10]]);
    expect(calls.argsOf('draw')[1]).toEqual([request, []]);
    expect(ledger.stored.get(request.order.orderId)?.state).toBe('held');
  });

  test('every sku of the order is compared', async () => {
    const { commit, ledger, calls, sales } = system({ ...reconciling, draw: inTurn<DrawOutcome>({ kind: 'none' }, { kind: 'none' }) });
    sales.stored.set('drop', saleOf({ items: [itemOf(), itemOf({ sku: 'cap', capacity: 3 }), itemOf({ sku: 'sock' })] }));
    ledger.put(bob);
    await commit(
      requestOf({
        lines: [
          { sku: 'cap', units: [1] },
          { sku: 'shirt', units: [0] },
        ],
      }),
    );
    expect(calls.argsOf('setCapacity')).toEqual([
      [gateOf(), 'cap', 3],
      [gateOf(), 'shirt', 10],
    ]);
  });

  test('two orders that find nothing at once do not share a comparison that had begun: the second has one of its own', async () => {
    const { commit, ledger, calls } = system({ ...reconciling, draw: () => Promise.resolve({ kind: 'none' }) });
    ledger.put({ ...bob, state: 'confirmed' });
    await Promise.all(['one', 'two', 'three'].map((key) => commit(requestOf({ key }))));
    expect(calls.methods().filter((method) => method === 'setCapacity')).toHaveLength(2);
    expect([...ledger.stored.values()].filter(({ state }) => state === 'rejected')).toHaveLength(3);
  });

  test('a comparison that takes over 7 s, by itself or with those of other skus, brings the message back: nothing is rejected', async () => {
    for (const [spentMs, rejected] of [
      [limits.reconcileMs, 1],
      [limits.reconcileMs + 1, 0],
    ] as const) {
      const slow = system({
        ...reconciling,
        setCapacity: () => {
          slow.clock.advance(spentMs);
          return Promise.resolve();
        },
        draw: () => Promise.resolve({ kind: 'none' }),
      });
      slow.sales.stored.set('drop', saleOf({ items: [itemOf(), itemOf({ sku: 'cap' })] }));
      slow.ledger.put(bob);
      const outcome = slow.commit(requestOf({ units: [0] }));
      if (rejected === 0) await expect(outcome).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'gate' });
      else expect(await outcome).toBe('settled');
      expect([...slow.ledger.stored.values()].filter(({ state }) => state === 'rejected')).toHaveLength(rejected);
    }
  });

  test('an order of three skus that have taken 7 s and 1 ms after the second compares no third', async () => {
    const slow = system({
      ...reconciling,
      setCapacity: () => {
        slow.clock.advance((limits.reconcileMs + 2) / 2);
        return Promise.resolve();
      },
      draw: () => Promise.resolve({ kind: 'none' }),
    });
    const skus = ['shirt', 'cap', 'sock'];
    slow.sales.stored.set('drop', saleOf({ items: skus.map((sku) => itemOf({ sku })) }));
    slow.ledger.put(bob);
    const commit = slow.commit(requestOf({ lines: skus.map((sku) => ({ sku, units: [0] })) }));
    await expect(commit).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'gate' });
    expect(slow.calls.argsOf('setCapacity').map(([, sku]) => sku)).toEqual(['shirt', 'cap']);
  });

  test('a sku of 250,000 units that takes three calls is compared in three: put off twice, then rejected', async () => {
    const units = 250_000;
    const large = system({
      ...reconciling,
      owners: () => {
        large.clock.advance((limits.reconcileMs * limits.gateBulkUnits) / limits.reconcileUnits);
        return Promise.resolve([]);
      },
      draw: () => Promise.resolve({ kind: 'none' }),
    });
    large.sales.stored.set('drop', saleOf({ items: [itemOf({ capacity: units })] }));
    large.ledger.put({ ...bob, state: 'confirmed' });
    const outcomes: string[] = [];
    for (let call = 0; call < 3; call += 1) {
      outcomes.push(await large.commit(requestOf()));
      large.clock.advance(1);
    }
    expect(outcomes).toEqual(['parked', 'parked', 'settled']);
    expect(large.ledger.stored.get(requestOf().order.orderId)?.reason).toBe('sold-out');
    expect(large.calls.argsOf('owners')).toHaveLength(units / limits.gateBulkUnits);
    expect(large.queue.sent).toHaveLength(2);
  });

  test('still none: rejected as sold out, owning nothing, ledger first', async () => {
    const { commit, ledger, calls, meter } = system({ ...reconciling, draw: () => Promise.resolve({ kind: 'none' }) });
    ledger.put(bob);
    const request = requestOf();
    expect(await commit(request)).toBe('settled');
    const rejected = ledger.stored.get(request.order.orderId);
    expect(rejected).toEqual({
      ...request.order,
      state: 'rejected',
      version: 1,
      reason: 'sold-out',
      closedAtMs: nowMs,
      lines: [{ sku: 'shirt', quantity: 1, unitPriceMinor: 4999, units: [] }],
    });
    expect(calls.argsOf('apply')).toEqual([[rejected]]);
    expect(meter.counts).toEqual({ [metrics.collisions]: 1, [metrics.ordersRejected]: 1 });
  });

  test('the comparison is made once a delivery, however often units run out', async () => {
    const { commit, ledger, calls } = system({
      ...reconciling,
      draw: inTurn<DrawOutcome>({ kind: 'none' }, drawn(requestOf(), 0), { kind: 'none' }),
    });
    ledger.put(bob);
    await commit(requestOf());
    expect(calls.argsOf('setCapacity')).toHaveLength(1);
    expect(calls.methods().filter((method) => method === 'draw')).toHaveLength(3);
  });

  test('a gate that is lost during the comparison parks the message', async () => {
    const { commit, ledger, queue } = system({ ...reconciling, draw: inTurn<DrawOutcome>({ kind: 'none' }, { kind: 'park' }) });
    ledger.put(bob);
    expect(await commit(requestOf())).toBe('parked');
    expect(queue.sent).toHaveLength(1);
  });

  test('nobody is refused by a gate that has failed over since it was compared: the message comes back, and is refused then', async () => {
    const incarnations = ['one', 'two', 'two', 'two'].values();
    const { commit, ledger, calls } = system({
      ...reconciling,
      incarnation: () => Promise.resolve(incarnations.next().value ?? 'too many'),
      draw: () => Promise.resolve({ kind: 'none' }),
    });
    ledger.put(bob);
    const request = requestOf();
    await expect(commit(request)).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'gate' });
    expect(ledger.stored.has(request.order.orderId)).toBe(false);
    expect(await commit(request)).toBe('settled');
    expect(ledger.stored.get(request.order.orderId)?.state).toBe('rejected');
    expect(calls.methods().slice(0, 5)).toEqual(['draw', 'incarnation', 'setCapacity', 'owners', 'mark']);
  });

  test('also where it gave a unit after the comparison, which collided, and then none', async () => {
    const incarnations = ['one', 'two'].values();
    const { commit, ledger } = system({
      ...reconciling,
      incarnation: () => Promise.resolve(incarnations.next().value ?? 'too many'),
      draw: inTurn<DrawOutcome>({ kind: 'none' }, drawn(requestOf(), 0), { kind: 'none' }),
    });
    ledger.put({ ...bob, state: 'confirmed' });
    await expect(commit(requestOf())).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'gate' });
    expect(ledger.stored.size).toBe(1);
  });

  test('a rejection that meets an order in the ledger applies that order', async () => {
    const { commit, ledger, calls, meter } = system({ ...reconciling, draw: () => Promise.resolve({ kind: 'none' }) });
    ledger.put(bob);
    const winner = heldOrder({ units: [9] });
    const close = ledger.close.bind(ledger);
    ledger.close = (order) => {
      ledger.put(winner);
      return close(order);
    };
    expect(await commit(requestOf())).toBe('settled');
    expect(calls.argsOf('apply')).toEqual([[winner]]);
    expect(meter.counts[metrics.ordersRejected]).toBeUndefined();
  });
});

describe('a customer at the limit', () => {
  const other = (changes: Partial<Order>) => heldOrder({ key: 'before', units: [8], changes: { countedUnits: 1, ...changes } });

  test('is refused for good when no hold of theirs is overdue', async () => {
    const { commit, ledger, meter } = system();
    ledger.put(other({})).used.set('drop|ann', 1);
    const request = requestOf({ customerLimit: 1 });
    expect(await commit(request)).toBe('settled');
    expect(ledger.stored.get(request.order.orderId)).toMatchObject({ state: 'rejected', reason: 'customer-limit', version: 1 });
    expect(ledger.effects).toEqual(['commit', 'overdueOrders', 'close']);
    expect(meter.counts).toEqual({ [metrics.ordersRejected]: 1 });
  });

  test('gets the units of an overdue hold of theirs: expired first, then tried again', async () => {
    const { commit, ledger } = system();
    ledger.put(other(overdue)).used.set('drop|ann', 1);
    const request = requestOf({ customerLimit: 1 });
    expect(await commit(request)).toBe('settled');
    expect(ledger.stored.get(request.order.orderId)?.state).toBe('held');
    expect(ledger.effects).toEqual(['commit', 'overdueOrders', 'release', 'commit']);
    expect(ledger.used.get('drop|ann')).toBe(1);
  });

  test('is tried again once only', async () => {
    const { commit, ledger } = system();
    ledger.put(other(overdue)).used.set('drop|ann', 3);
    ledger.overdueOrders = () => Promise.resolve([other(overdue)]);
    await commit(requestOf({ customerLimit: 1 }));
    expect(ledger.effects).toEqual(['commit', 'release', 'commit', 'close']);
  });
});

describe('seats that another order has claimed', () => {
  const seat = (request: CommitRequest): CommitRequest => ({
    ...request,
    order: { ...request.order, lines: request.order.lines.map((line) => ({ ...line, seats: ['A1'] })) },
  });
  const request = seat(requestOf({ units: [0] }));
  const same: DrawOutcome = { kind: 'drawn', request };

  test('are not replaced: after one comparison of gate and ledger the same seat is tried once more, then rejected as taken', async () => {
    const { commit, ledger, calls } = system({
      ...reconciling,
      draw: inTurn<DrawOutcome>({ kind: 'seat-taken' }, same, { kind: 'seat-taken' }),
    });
    ledger.put(bob);
    expect(await commit(request)).toBe('settled');
    expect(calls.argsOf('draw')).toEqual([
      [request, claimsOf(bob)],
      [request, []],
      [request, claimsOf(bob)],
    ]);
    expect(calls.argsOf('owners')).toHaveLength(1);
    expect(ledger.stored.get(request.order.orderId)).toMatchObject({
      state: 'rejected',
      reason: 'seat-taken',
      lines: [{ units: [], seats: ['A1'] }],
    });
    expect(ledger.stored.get(bob.orderId)).toEqual(bob);
  });

  test('that come free during the comparison are the order’s own', async () => {
    const { commit, ledger } = system({
      ...reconciling,
      owners: () => {
        ledger.claimed.clear();
        return Promise.resolve([]);
      },
      draw: inTurn<DrawOutcome>({ kind: 'seat-taken' }, same),
    });
    ledger.put(bob);
    await commit(request);
    expect(ledger.stored.get(request.order.orderId)).toMatchObject({ state: 'held', lines: [{ units: [0], seats: ['A1'] }] });
  });

  test('by an overdue hold are freed first, and taken without a draw', async () => {
    const { commit, ledger, calls } = system();
    ledger.put({ ...bob, ...overdue });
    await commit(request);
    expect(ledger.stored.get(bob.orderId)?.state).toBe('expired');
    expect(ledger.stored.get(request.order.orderId)).toMatchObject({ state: 'held', lines: [{ units: [0], seats: ['A1'] }] });
    expect(calls.methods()).toEqual(['apply', 'apply']);
  });
});
