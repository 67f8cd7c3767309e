import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import { house, isLive, type CommitRequest, type Order, totalUnits } from '../../../../lambdas/domain/orders/order.ts';
import type { StockOperation } from '../../../../lambdas/domain/sales/stock-operation.ts';
import type { StockGate } from '../../../../lambdas/domain/stock/ports.ts';
import { withdrawUnits } from '../../../../lambdas/domain/orders/withdraw-units.ts';
import { ids, itemOf, nowMs, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';
import { RecordingQueue } from '../../../support/fakes-queue.ts';

const operation: StockOperation = { saleId: 'drop', idempotencyKey: 'k1', kind: 'withdraw', sku: 'shirt', units: 3 };
const idOf = (part: number, key = 'k1') => ids.derive('drop', house, `${key} ${part}`);

/** A gate of one sku that counts: enough of rules 1 and 2 for orders of the house. */
function countingGate(capacity: number) {
  const orders = new Map<string, Order>();
  const left = () => capacity - [...orders.values()].filter(holdsUnits).reduce((sum, order) => sum + totalUnits(order.lines), 0);
  const holdsUnits = ({ state }: Order) => state === 'accepted' || isLive(state);
  const answers: Partial<StockGate> = {
    order: (_, orderId) => {
      const order = orders.get(orderId);
      return Promise.resolve(order && { version: order.version, order });
    },
    summary: () => Promise.resolve({ state: 'ready', available: { shirt: left() }, pendingOrders: 0 }),
    reserve: (request) => {
      const known = orders.get(request.order.orderId);
      if (known?.state === 'accepted') return Promise.resolve({ kind: 'pending', request: { ...request, order: known } });
      if (known) return Promise.resolve({ kind: 'replayed', order: known });
      const asked = totalUnits(request.order.lines);
      if (left() < asked) return Promise.resolve({ kind: 'sold-out', available: { shirt: left() } });
      const first = capacity - left();
      const lines = request.order.lines.map((line) => ({ ...line, units: Array.from({ length: asked }, (__, unit) => first + unit) }));
      const reserved: CommitRequest = { ...request, order: { ...request.order, lines } };
      orders.set(reserved.order.orderId, reserved.order);
      return Promise.resolve({ kind: 'reserved', request: reserved });
    },
    apply: (order) => {
      if ((orders.get(order.orderId)?.version ?? 0) < order.version) orders.set(order.orderId, order);
      return Promise.resolve();
    },
  };
  return { orders, left, answers };
}

function system({ capacity = 10, commits = true }: { capacity?: number; commits?: boolean } = {}) {
  const counting = countingGate(capacity);
  const calls = scriptedGate(counting.answers);
  const catalog = new InMemoryCatalog(saleOf({ items: [itemOf({ capacity })] }));
  const [ledger, queue, clock] = [new InMemoryLedger(), new RecordingQueue(), new ManualClock()];
  const commitAll = async () => {
    for (const { request } of queue.sent.splice(0)) {
      const outcome = await ledger.commit(request, clock.nowMs());
      if (outcome.kind === 'committed' || outcome.kind === 'exists') await calls.gate.apply(outcome.order);
    }
  };
  // A worker that commits while the call sleeps.
  clock.onSleep = () => void (commits && commitAll());
  const deps = { catalog, ledger, queue, clock, ids, gate: calls.gate };
  const withdraw = (changes: Partial<StockOperation> = {}) => withdrawUnits(deps, { ...operation, ...changes });
  return { ...counting, catalog, ledger, queue, clock, calls, commitAll, withdraw };
}

const statesOf = (orders: readonly Order[]) => orders.map(({ state }) => state);

describe('withdrawing units', () => {
  test('is an order of the house: no customer, no hold, no limit, no price; committed within the wait', async () => {
    const { withdraw, ledger, catalog } = system();
    const outcome = await withdraw();
    expect(outcome).toMatchObject({ kind: 'taken', replayed: false, item: { capacity: 10 } });
    expect(ledger.stored.get(idOf(0))).toEqual({
      orderId: idOf(0),
      saleId: 'drop',
      customerId: house,
      fingerprint: expect.any(String),
      state: 'withdrawn',
      version: 1,
      currency: 'EUR',
      lines: [{ sku: 'shirt', quantity: 3, unitPriceMinor: 0, units: [0, 1, 2] }],
      acceptedAtMs: nowMs,
    });
    expect(outcome.kind === 'taken' && outcome.orders).toEqual([ledger.stored.get(idOf(0))]);
    expect(catalog.stored.get('drop')).toMatchObject({ version: 2, stockInUse: true });
  });

  test.each([
    [1, [1]],
    [97, [97]],
    [98, [97, 1]],
    [970, Array<number>(10).fill(97)],
  ])('%i units are orders of %j', async (units, quantities) => {
    const { withdraw, ledger } = system({ capacity: 1000 });
    expect(await withdraw({ units })).toMatchObject({ kind: 'taken' });
    const orders = quantities.map((_, part) => ledger.stored.get(idOf(part)));
    expect(orders.map((order) => order && totalUnits(order.lines))).toEqual(quantities);
    expect(ledger.claimed.size).toBe(units);
  });

  test('again under the same key takes nothing more, and answers the orders as they stand', async () => {
    const { withdraw, ledger, queue, left } = system();
    await withdraw();
    queue.sent.length = 0;
    expect(await withdraw()).toMatchObject({ kind: 'taken', replayed: true, orders: [{ state: 'withdrawn' }] });
    expect([queue.sent.length, left(), ledger.stored.size]).toEqual([0, 7, 1]);
    expect(await withdraw({ units: 2 })).toEqual({ kind: 'idempotency-key-reused' });
  });

  test('not committed within 5 s: accepted, and a repetition sends it again and learns the end', async () => {
    const { withdraw, queue, clock, commitAll } = system({ commits: false });
    const outcome = await withdraw();
    expect(outcome.kind === 'taken' && statesOf(outcome.orders)).toEqual(['accepted']);
    expect(clock.nowMs() - nowMs).toBeLessThanOrEqual(limits.withdrawalWaitMs);
    clock.onSleep = () => void commitAll();
    expect(await withdraw()).toMatchObject({ kind: 'taken', orders: [{ state: 'withdrawn' }] });
    expect(queue.sent).toEqual([]);
  });
});

describe('a withdrawal of more than is free', () => {
  test('takes nothing, not even for a moment, and may be repeated when there is enough', async () => {
    const { withdraw, ledger, calls } = system({ capacity: 200 });
    await withdraw({ idempotencyKey: 'before', units: 50 });
    expect(await withdraw({ units: 151 })).toEqual({ kind: 'capacity-in-use', available: 150 });
    expect(calls.methods().filter((method) => method === 'reserve')).toHaveLength(1);
    expect(ledger.stored.size).toBe(1);
    await calls.gate.apply({ ...(ledger.stored.get(idOf(0, 'before')) as Order), state: 'cancelled', version: 2 });
    expect(await withdraw({ units: 151 })).toMatchObject({ kind: 'taken' });
  });

  test('that loses the race for its second order rejects that one, which decides, and cancels the first', async () => {
    const { withdraw, ledger, calls, answers, left } = system({ capacity: 194, commits: false });
    let reserved = 0;
    const gate = calls.gate;
    const slow = scriptedGate({
      ...answers,
      reserve: async (request) => {
        reserved += 1;
        // A buyer between the two orders.
        if (reserved === 2) await gate.reserve(fromBuyer(request));
        return gate.reserve(request);
      },
    });
    const deps = { catalog: new InMemoryCatalog(saleOf()), ledger, queue: new RecordingQueue(), clock: new ManualClock(), ids };
    expect(await withdrawUnits({ ...deps, gate: slow.gate }, { ...operation, units: 194 })).toEqual({
      kind: 'capacity-in-use',
      available: 193,
    });
    expect(ledger.stored.get(idOf(0))).toMatchObject({ state: 'cancelled', version: 1 });
    expect(ledger.stored.get(idOf(1))).toMatchObject({ state: 'rejected', reason: 'sold-out' });
    expect([ledger.claimed.size, left()]).toEqual([0, 193]);
    // The decision stands: the key is used up, also when there would be enough.
    expect(await withdraw({ units: 194 })).toEqual({ kind: 'capacity-in-use', available: 193 });
  });

  test('found out by a commit only: the order that was committed before is put back', async () => {
    const { withdraw, ledger, queue, clock, calls, left } = system({ capacity: 194, commits: false });
    const work = async () => {
      for (const [index, { request }] of queue.sent.splice(0).entries()) {
        const { order } = request;
        const rejected: Order = { ...order, state: 'rejected', reason: 'sold-out', version: 1 };
        const outcome = index === 0 ? await ledger.commit(request, nowMs) : await ledger.close(rejected);
        if ('order' in outcome) await calls.gate.apply(outcome.order);
      }
    };
    clock.onSleep = () => void work();
    expect(await withdraw({ units: 194 })).toEqual({ kind: 'capacity-in-use', available: 194 });
    expect(ledger.stored.get(idOf(0))).toMatchObject({ state: 'cancelled', version: 2 });
    expect([ledger.claimed.size, left()]).toEqual([0, 194]);
  });

  test('interrupted by a queue that is away between its orders is completed by the repetition', async () => {
    const { withdraw, ledger, queue, left, calls } = system({ capacity: 194 });
    let sends = 0;
    const send = queue.send.bind(queue);
    queue.send = (request, options) => {
      sends += 1;
      return sends === 2 ? Promise.reject(new UnavailableError('queue', 'away')) : send(request, options);
    };
    await expect(withdraw({ units: 194 })).rejects.toThrow(UnavailableError);
    // The second order is kept in the gate, so the repetition completes it.
    expect(await withdraw({ units: 194 })).toMatchObject({ kind: 'taken', orders: [{ state: 'withdrawn' }, { state: 'withdrawn' }] });
    expect(left()).toBe(0);
    expect(ledger.claimed.size).toBe(194);
    expect(calls.methods()).not.toContain('draw');
  });

  test('interrupted between its orders, and short by then: the repetition puts the first one back', async () => {
    const { withdraw, catalog, ledger, queue, calls, answers, commitAll, left } = system({ capacity: 194 });
    let reserves = 0;
    const reserve: StockGate['reserve'] = (request) => {
      reserves += 1;
      return reserves === 2 ? Promise.reject(new UnavailableError('gate', 'away')) : calls.gate.reserve(request);
    };
    const deps = { catalog, ledger, queue, clock: new ManualClock(), ids };
    const first = withdrawUnits({ ...deps, gate: scriptedGate({ ...answers, reserve }).gate }, { ...operation, units: 194 });
    await expect(first).rejects.toThrow(UnavailableError);
    await commitAll();
    await calls.gate.reserve(fromBuyer({ order: ledger.stored.get(idOf(0)) as Order, customerLimit: 0, holdSeconds: 600, gateVersion: 1 }));
    expect(await withdraw({ units: 194 })).toEqual({ kind: 'capacity-in-use', available: 193 });
    expect([ledger.stored.get(idOf(0))?.state, ledger.stored.get(idOf(1))?.state]).toEqual(['cancelled', 'rejected']);
    expect([ledger.claimed.size, left()]).toEqual([0, 193]);
  });

  test('10 calls at once under one key: one withdrawal, and each is told the same', async () => {
    const { withdraw, ledger } = system({ capacity: 194 });
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => withdraw({ units: 194 })));
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(10).fill('taken'));
    expect([ledger.stored.size, ledger.claimed.size]).toEqual([2, 194]);
  });

  test('put back since: the repetition answers the cancelled order, and takes nothing', async () => {
    const { withdraw, ledger, calls, left } = system();
    await withdraw();
    const released = await ledger.release(ledger.stored.get(idOf(0)) as Order, 'cancelled', nowMs);
    if (released.kind === 'released') await calls.gate.apply(released.order);
    expect(await withdraw()).toMatchObject({ kind: 'taken', orders: [{ state: 'cancelled' }] });
    expect(left()).toBe(10);
  });
});

describe('a withdrawal that is refused', () => {
  test('before anything is taken leaves the sale as it was, and its key unused', async () => {
    const { withdraw, catalog } = system();
    expect(await withdraw({ units: 11 })).toEqual({ kind: 'capacity-in-use', available: 10 });
    expect(catalog.stored.get('drop')).toMatchObject({ version: 1, stockInUse: false });
    expect(await withdraw({ units: 10 })).toMatchObject({ kind: 'taken', replayed: false });
  });

  test('though an order of it was sent before and the gate has forgotten it: a rejection meets the late message', async () => {
    const { withdraw, ledger, answers, calls } = system();
    await withdraw();
    // The gate has lost the order, and buyers have taken all there is; its message is still on its way.
    ledger.stored.clear();
    ledger.claimed.clear();
    Object.assign(answers, {
      order: () => Promise.resolve(undefined),
      summary: () => Promise.resolve({ state: 'ready', available: { shirt: 0 }, pendingOrders: 0 }),
    });
    expect(calls.methods().length).toBeGreaterThan(0);
    expect(await withdraw()).toEqual({ kind: 'capacity-in-use', available: 0 });
    expect(ledger.stored.get(idOf(0))?.state).toBe('rejected');
  });
});

describe('a withdrawal that cannot be judged', () => {
  test('while the gate is being made is 503', async () => {
    const { answers } = system();
    const gate = scriptedGate({ ...answers, summary: () => Promise.resolve({ state: 'rebuilding', available: {}, pendingOrders: 0 }) });
    const parts = { catalog: new InMemoryCatalog(saleOf()), ledger: new InMemoryLedger(), queue: new RecordingQueue() };
    const call = withdrawUnits({ ...parts, clock: new ManualClock(), ids, gate: gate.gate }, operation);
    await expect(call).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'gate' });
  });

  test('of no such sale or item, or under a key of an addition, is told so', async () => {
    const { withdraw, catalog } = system();
    expect(await withdraw({ saleId: 'other' })).toEqual({ kind: 'sale-not-found' });
    expect(await withdraw({ sku: 'cap' })).toEqual({ kind: 'unknown-sku' });
    catalog.operations.set('drop#k1', { ...operation, kind: 'add' });
    expect(await withdraw()).toEqual({ kind: 'idempotency-key-reused' });
  });
});

/** A buyer's order of one unit. */
function fromBuyer({ order, ...rest }: CommitRequest): CommitRequest {
  const lines = order.lines.map((line) => ({ ...line, quantity: 1 }));
  return {
    ...rest,
    order: { ...order, orderId: ids.derive('drop', 'ann', 'k1'), customerId: 'ann', state: 'accepted', version: 0, lines },
  };
}
