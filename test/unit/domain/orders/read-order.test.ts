import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import { type OrderQuery, readOrder } from '../../../../lambdas/domain/orders/read-order.ts';
import type { StockGate } from '../../../../lambdas/domain/stock/ports.ts';
import { acceptedOrder, heldOrder, ids, nowMs, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { done, scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';

const accepted = acceptedOrder();
const held = heldOrder();
const away = () => Promise.reject(new UnavailableError('gate', 'away'));

function system(answers: Partial<StockGate>) {
  const gate = scriptedGate(answers);
  let waits = 0;
  const newWaitId = () => `w${(waits += 1)}`;
  const parts = { sales: new InMemoryCatalog(saleOf()), ledger: new InMemoryLedger(), ids, clock: new ManualClock(), newWaitId };
  const query: OrderQuery = { orderId: accepted.orderId, customerId: 'ann', waitSeconds: 0 };
  return {
    ...parts,
    calls: gate,
    read: (wish: Partial<OrderQuery> = {}) => readOrder({ ...parts, gate: gate.gate }, { ...query, ...wish }),
  };
}

describe('reading an order', () => {
  test('is one read of the gate where the gate knows it', async () => {
    const { read, calls, ledger } = system({ order: () => Promise.resolve({ version: 1, order: held }) });
    expect(await read()).toEqual({ kind: 'found', order: held, waited: false });
    expect(calls.calls).toEqual([{ method: 'order', args: ['drop', held.orderId] }]);
    expect(ledger.effects).toEqual([]);
  });

  test.each<[string, Partial<StockGate>]>([
    ['does not know it', { order: () => Promise.resolve(undefined) }],
    ['knows it by its claims only', { order: () => Promise.resolve({ version: 0.5 }) }],
    ['is away', { order: away }],
  ])('is the ledger’s to answer where the gate %s', async (_, answers) => {
    const { read, ledger } = system(answers);
    ledger.put(held);
    expect(await read()).toEqual({ kind: 'found', order: held, waited: false });
  });

  test('goes to the ledger also while the catalog is away', async () => {
    const { read, ledger, sales } = system({});
    sales.idsByTag = () => Promise.reject(new UnavailableError('catalog', 'away'));
    ledger.put(held);
    expect((await read()).kind).toBe('found');
  });

  test('does not hide a fault of ours as an order that is not there', async () => {
    const { read, ledger } = system({ order: () => Promise.reject(new TypeError('a bug')) });
    ledger.put(held);
    await expect(read()).rejects.toThrow(TypeError);
  });

  test('looks at every sale that has the tag', async () => {
    const { read, sales, calls } = system({
      order: (saleId) => Promise.resolve(saleId === 'drop' ? { version: 1, order: held } : undefined),
    });
    sales.idsByTag = () => Promise.resolve(['other', 'drop']);
    expect((await read()).kind).toBe('found');
    expect(calls.argsOf('order').map(([saleId]) => saleId)).toEqual(['other', 'drop']);
  });

  test('in neither store is not visible yet, for its customer and for an operator', async () => {
    const { read } = system({ order: () => Promise.resolve(undefined) });
    expect(await read()).toEqual({ kind: 'not-visible' });
    expect(await read({ customerId: undefined })).toEqual({ kind: 'not-visible' });
  });

  test('of somebody else, or of an id that nobody minted, is not found without any I/O', async () => {
    const { read, calls, ledger } = system({});
    expect(await read({ customerId: 'bob' })).toEqual({ kind: 'not-found' });
    expect(await read({ orderId: `ord_${'0'.repeat(26)}`, customerId: undefined })).toEqual({ kind: 'not-found' });
    expect(await read({ orderId: '../etc' })).toEqual({ kind: 'not-found' });
    expect(calls.calls).toEqual([]);
    expect(ledger.effects).toEqual([]);
  });

  test('of a customer whose name shares its 50 bits with another is not found', async () => {
    const { read } = system({ order: () => Promise.resolve({ version: 1, order: { ...held, customerId: 'bob' } }) });
    expect(await read()).toEqual({ kind: 'not-found' });
    expect((await read({ customerId: undefined })).kind).toBe('found');
  });
});

describe('waiting for the commit', () => {
  const places: Partial<StockGate> = {
    summary: () => Promise.resolve({ state: 'ready', available: {}, pendingOrders: 1, oldestPendingAtMs: nowMs - 1 }),
    enterWait: () => Promise.resolve(true),
    leaveWait: done,
  };
  /** The gate shows the order as accepted for so many looks, then as held. */
  const heldAfter = (looks: number): Partial<StockGate> => {
    let look = 0;
    return { order: () => Promise.resolve((look += 1) > looks ? { version: 1, order: held } : { version: 0, order: accepted }) };
  };

  test('is over as soon as the order is held: 300 ms where the third look shows it', async () => {
    const { read, clock, calls } = system({ ...places, ...heldAfter(3) });
    expect(await read({ waitSeconds: 5 })).toEqual({ kind: 'found', order: held, waited: true });
    expect(clock.sleptMs).toEqual([limits.waitPollMs, limits.waitPollMs, limits.waitPollMs]);
    expect(calls.argsOf('enterWait')).toEqual([['drop', { customerId: 'ann', waitId: 'w1' }, nowMs, nowMs + 5000]]);
    expect(calls.argsOf('leaveWait')).toEqual([['drop', { customerId: 'ann', waitId: 'w1' }]]);
  });

  test('of one caller twice at once takes two places: each wait has an id of its own', async () => {
    const { read, calls } = system({ ...places, ...heldAfter(Infinity) });
    await Promise.all([read({ waitSeconds: 1 }), read({ waitSeconds: 1 })]);
    const own = ['w1', 'w2'].map((waitId) => ({ customerId: 'ann', waitId }));
    expect(calls.argsOf('enterWait').map(([, place]) => place)).toEqual(own);
    expect(calls.argsOf('leaveWait').map(([, place]) => place)).toEqual(own);
  });

  test('ends after the seconds asked for, never later, with the order as accepted', async () => {
    const { read, clock, calls } = system({ ...places, ...heldAfter(Infinity) });
    expect(await read({ waitSeconds: 2 })).toEqual({ kind: 'found', order: accepted, waited: true });
    expect(clock.nowMs()).toBe(nowMs + 2000);
    expect(calls.methods().at(-1)).toBe('leaveWait');
  });

  test('is not for an order that is no longer accepted', async () => {
    const { read, calls } = system({ order: () => Promise.resolve({ version: 1, order: held }) });
    expect(await read({ waitSeconds: 5 })).toEqual({ kind: 'found', order: held, waited: false });
    expect(calls.methods()).toEqual(['order']);
  });

  test('is for a queue younger than the seconds asked for only: 1,999 ms waits 2 s, 2,000 ms not at all', async () => {
    for (const [ageMs, waited] of [
      [1999, true],
      [2000, false],
    ] as const) {
      const { read } = system({
        ...places,
        ...heldAfter(Infinity),
        summary: () => Promise.resolve({ state: 'ready', available: {}, pendingOrders: 9, oldestPendingAtMs: nowMs - ageMs }),
      });
      expect(await read({ waitSeconds: 2 })).toEqual({ kind: 'found', order: accepted, waited });
    }
  });

  test('needs a place: where all are taken the answer comes at once', async () => {
    const { read, clock, calls } = system({ ...places, ...heldAfter(Infinity), enterWait: () => Promise.resolve(false) });
    expect(await read({ waitSeconds: 5 })).toEqual({ kind: 'found', order: accepted, waited: false });
    expect(clock.sleptMs).toEqual([]);
    expect(calls.methods()).not.toContain('leaveWait');
  });

  test('keeps what it knew when the gate forgets the order', async () => {
    let look = 0;
    const { read } = system({ ...places, order: () => Promise.resolve((look += 1) === 1 ? { version: 0, order: accepted } : undefined) });
    expect(await read({ waitSeconds: 1 })).toEqual({ kind: 'found', order: accepted, waited: true });
  });

  test('that loses the gate in between answers with what was read before, and gives its place back', async () => {
    let look = 0;
    const { read, calls } = system({
      ...places,
      order: () => ((look += 1) === 1 ? Promise.resolve({ version: 0, order: accepted }) : away()),
    });
    expect(await read({ waitSeconds: 1 })).toEqual({ kind: 'found', order: accepted, waited: false });
    expect(calls.methods().at(-1)).toBe('leaveWait');
  });
});
