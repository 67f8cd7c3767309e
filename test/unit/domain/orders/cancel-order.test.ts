import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { CorruptionError, UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import { cancelOrder } from '../../../../lambdas/domain/orders/cancel-order.ts';
import { house, type Order } from '../../../../lambdas/domain/orders/order.ts';
import type { StockGate } from '../../../../lambdas/domain/stock/ports.ts';
import { acceptedOrder, heldOrder, ids, nowMs, requestOf, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { done, scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';

function system(pending?: Order, answers: Partial<StockGate> = {}) {
  const order = () => Promise.resolve(pending && { version: pending.version, order: pending });
  const gate = scriptedGate({ apply: done, order, ...answers });
  const ledger = new InMemoryLedger();
  const deps = { ledger, gate: gate.gate, sales: new InMemoryCatalog(saleOf()), ids, clock: new ManualClock() };
  const cancel = (orderId: string, customerId?: string) => cancelOrder(deps, { orderId, customerId });
  return { ledger, calls: gate, cancel };
}

const held = heldOrder({ units: [3, 4], changes: { countedUnits: 2 } });
const cancelled: Order = { ...held, state: 'cancelled', version: 2, closedAtMs: nowMs };

describe('cancelling an order of the ledger', () => {
  test('held, by its customer: ledger first, then the gate with the units it had', async () => {
    const { ledger, calls, cancel } = system();
    ledger.put(held).used.set('drop|ann', 2);
    expect(await cancel(held.orderId, 'ann')).toEqual({ kind: 'cancelled', order: cancelled });
    expect(ledger.claimed.size).toBe(0);
    expect(ledger.used.get('drop|ann')).toBe(0);
    expect(ledger.effects).toEqual(['read', 'release']);
    expect(calls.calls).toEqual([{ method: 'apply', args: [cancelled] }]);
  });

  test('again: the same answer, and the gate is told again, in case the first call died before it', async () => {
    const { ledger, calls, cancel } = system();
    ledger.put(cancelled);
    expect(await cancel(held.orderId, 'ann')).toEqual({ kind: 'cancelled', order: cancelled });
    expect(ledger.effects).toEqual(['read']);
    expect(calls.argsOf('apply')).toEqual([[cancelled]]);
  });

  test('that another write changes in between is judged as it is then: expired is order-state', async () => {
    const { ledger, calls, cancel } = system();
    ledger.put(held);
    ledger.release = (order) => {
      ledger.stored.set(order.orderId, { ...order, state: 'expired', version: 2 });
      return Promise.resolve({ kind: 'changed' });
    };
    expect(await cancel(held.orderId, 'ann')).toEqual({ kind: 'order-state', order: { ...held, state: 'expired', version: 2 } });
    expect(calls.calls).toEqual([]);
  });

  test.each<[Order['state'], string, string]>([
    ['confirmed', 'customer', 'order-state'],
    ['confirmed', 'operator', 'cancelled'],
    ['expired', 'operator', 'order-state'],
    ['rejected', 'customer', 'order-state'],
  ])('%s, by its %s: %s', async (state, by, kind) => {
    const { ledger, cancel } = system();
    ledger.put({ ...held, state });
    expect((await cancel(held.orderId, by === 'customer' ? 'ann' : undefined)).kind).toBe(kind);
  });

  test('withdrawn: an operator puts it back; nobody else finds it', async () => {
    const { ledger, cancel } = system();
    const withdrawn = heldOrder({ customerId: house, changes: { state: 'withdrawn' } });
    ledger.put(withdrawn);
    expect(await cancel(withdrawn.orderId, 'ann')).toEqual({ kind: 'not-found' });
    expect((await cancel(withdrawn.orderId)).kind).toBe('cancelled');
    expect(ledger.claimed.size).toBe(0);
  });

  test('of another customer, or minted by nobody, is not found, and nothing is read for an id that is not theirs', async () => {
    const { ledger, cancel } = system();
    ledger.put(held);
    expect(await cancel(held.orderId, 'bob')).toEqual({ kind: 'not-found' });
    expect(await cancel(`ord_${'0'.repeat(26)}`)).toEqual({ kind: 'not-found' });
    expect(ledger.effects).toEqual([]);
    // Two customers' ids may begin alike.
    ledger.put({ ...held, customerId: 'ann-by-hash' });
    expect(await cancel(held.orderId, 'ann')).toEqual({ kind: 'not-found' });
    expect(ledger.stored.get(held.orderId)?.state).toBe('held');
  });

  test('a gate that is away after the release is 503, and the repetition tells it', async () => {
    let lives = false;
    const { ledger, cancel } = system(undefined, {
      apply: () => (lives ? done() : Promise.reject(new UnavailableError('gate', 'away'))),
    });
    ledger.put(held);
    await expect(cancel(held.orderId, 'ann')).rejects.toThrow(UnavailableError);
    lives = true;
    expect((await cancel(held.orderId, 'ann')).kind).toBe('cancelled');
    expect(ledger.effects.filter((effect) => effect === 'release')).toHaveLength(1);
  });

  test(`that changes ${limits.orderChangeAttempts} times in a row is 503`, async () => {
    const { ledger, cancel } = system();
    ledger.put(held);
    ledger.release = (order) => {
      ledger.stored.set(order.orderId, { ...order, version: order.version + 1 });
      return Promise.resolve({ kind: 'changed' });
    };
    await expect(cancel(held.orderId, 'ann')).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'ledger' });
  });

  test('that vanishes from the ledger is corruption', async () => {
    const { ledger, cancel } = system();
    ledger.put(held);
    ledger.release = () => {
      ledger.stored.clear();
      return Promise.resolve({ kind: 'changed' });
    };
    await expect(cancel(held.orderId, 'ann')).rejects.toThrow(CorruptionError);
  });
});

describe('cancelling an order that only the gate knows', () => {
  const accepted = acceptedOrder({ units: [3, 4] });
  const tombstone: Order = {
    ...accepted,
    state: 'cancelled',
    version: 1,
    closedAtMs: nowMs,
    lines: accepted.lines.map((line) => ({ ...line, units: [] })),
  };

  test('writes it as cancelled, which a late commit meets: nothing is claimed', async () => {
    const { ledger, calls, cancel } = system(accepted);
    expect(await cancel(accepted.orderId, 'ann')).toEqual({ kind: 'cancelled', order: tombstone });
    expect(calls.argsOf('apply')).toEqual([[tombstone]]);
    expect(await ledger.commit(requestOf({ units: [3, 4] }), nowMs)).toEqual({ kind: 'exists', order: tombstone });
    expect(ledger.claimed.size).toBe(0);
  });

  test('whose commit comes first is released: its claims are gone all the same', async () => {
    const { ledger, cancel } = system(accepted);
    const close = ledger.close.bind(ledger);
    ledger.close = async (order) => {
      await ledger.commit(requestOf({ units: [3, 4] }), nowMs);
      return close(order);
    };
    expect(await cancel(accepted.orderId, 'ann')).toMatchObject({ kind: 'cancelled', order: { version: 2, lines: [{ units: [3, 4] }] } });
    expect(ledger.claimed.size).toBe(0);
  });

  test('committed between the two reads is read again', async () => {
    const { ledger, cancel } = system(undefined, {
      order: () => {
        ledger.put(held);
        return Promise.resolve({ version: 1, order: held });
      },
    });
    expect(await cancel(held.orderId, 'ann')).toEqual({ kind: 'cancelled', order: cancelled });
  });

  test('is never judged by an old image of the gate: expired there, taken up again and confirmed in the ledger', async () => {
    const { ledger, cancel } = system(undefined, {
      order: () => {
        ledger.put({ ...held, state: 'confirmed', version: 3 });
        return Promise.resolve({ version: 2, order: { ...held, state: 'expired', version: 2 } });
      },
    });
    expect(await cancel(held.orderId)).toMatchObject({ kind: 'cancelled', order: { version: 4 } });
  });

  test('in neither place, or known by its claims only, is not visible yet', async () => {
    expect(await system().cancel(accepted.orderId, 'ann')).toEqual({ kind: 'not-visible' });
    const stub = system(undefined, { order: () => Promise.resolve({ version: 0.5 }) });
    expect(await stub.cancel(accepted.orderId, 'ann')).toEqual({ kind: 'not-visible' });
  });
});
