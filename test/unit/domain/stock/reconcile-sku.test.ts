import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import { claimsOf } from '../../../../lambdas/domain/orders/claims-of.ts';
import type { Claim } from '../../../../lambdas/domain/orders/ports.ts';
import type { StockGate, UnitOwner } from '../../../../lambdas/domain/stock/ports.ts';
import { reconcileSku } from '../../../../lambdas/domain/stock/reconcile-sku.ts';
import { acceptedOrder, heldOrder, nowMs, saleOf } from '../../../support/builders.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { done, gateOf, scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';

function system(owners: readonly UnitOwner[], answers: Partial<StockGate> = {}) {
  const calls = scriptedGate({
    setCapacity: done,
    mark: done,
    apply: done,
    free: () => Promise.resolve(true),
    owners: (_, __, from) => Promise.resolve(owners.filter(({ unit }) => unit >= from && unit < from + limits.gateBulkUnits)),
    ...answers,
  });
  const ledger = new InMemoryLedger();
  const clock = new ManualClock();
  const run = (capacity = 10) =>
    reconcileSku(
      { gate: calls.gate, ledger, clock },
      saleOf(),
      { sku: 'shirt', capacity },
      { beganMs: nowMs, incarnation: '', nextUnit: 0, isWhole: false },
    );
  return { calls, ledger, clock, run };
}

const ann = heldOrder({ units: [1] });
const bob = heldOrder({ customerId: 'bob', units: [2] });

describe('reconciling a sku', () => {
  test('raises the capacity, and does no more where gate and ledger agree', async () => {
    const { calls, ledger, run } = system([{ unit: 1, orderId: ann.orderId }]);
    ledger.put(ann);
    await run();
    expect(calls.calls).toEqual([
      { method: 'setCapacity', args: [gateOf(), 'shirt', 10] },
      { method: 'owners', args: ['drop', 'shirt', 0] },
    ]);
    expect(ledger.effects).toEqual([]);
  });

  test('marks a claimed unit that is free in the gate, and one that another owns there', async () => {
    const { calls, ledger, run } = system([{ unit: 1, orderId: bob.orderId }]);
    ledger.put(ann, bob);
    await run();
    expect(calls.argsOf('mark')).toEqual([['drop', [...claimsOf(ann), ...claimsOf(bob)]]]);
    expect(calls.methods()).not.toContain('free');
  });

  test('tells the gate that an order has expired whose one unit is another’s by its claim: nothing else comes back to that order', async () => {
    const { calls, ledger, run } = system([{ unit: 1, orderId: bob.orderId }]);
    const expired = { ...bob, state: 'expired' as const, version: 2 };
    ledger.put(ann, expired);
    await run();
    expect(calls.methods()).toEqual(['setCapacity', 'owners', 'mark', 'apply']);
    expect(calls.argsOf('apply')).toEqual([[expired]]);
  });

  test('tells homes of all claims, and gives back what a gathering left: only of an order that the ledger does not have', async () => {
    const given: string[] = [];
    const { calls, ledger, run } = system(
      [
        { unit: 1, orderId: ann.orderId },
        { unit: 3, orderId: 'ord_gone' },
        { unit: 4, orderId: bob.orderId },
      ],
      {
        noteElsewhere: done,
        giveBackUnwanted: (_, __, unit, orderId) => {
          given.push(`${unit} ${orderId}`);
          return Promise.resolve(true);
        },
      },
    );
    ledger.put(ann, { ...bob, state: 'expired', version: 2 });
    await run();
    expect(calls.argsOf('noteElsewhere')).toEqual([['drop', claimsOf(ann)]]);
    expect(given).toEqual(['3 ord_gone']);
    expect(calls.argsOf('free')).toEqual([['drop', 'shirt', 4, bob.orderId, 2, nowMs]]);
  });

  test('frees a unit whose order has ended: image first, then the unit at the version read', async () => {
    const { calls, ledger, run } = system([{ unit: 1, orderId: ann.orderId }]);
    const expired = { ...ann, state: 'expired' as const, version: 2 };
    ledger.put(expired);
    await run();
    expect(calls.methods()).toEqual(['setCapacity', 'owners', 'apply', 'free']);
    expect(calls.argsOf('apply')).toEqual([[expired]]);
    expect(calls.argsOf('free')).toEqual([['drop', 'shirt', 1, ann.orderId, 2, nowMs]]);
  });

  test('frees a unit that its live order does not list', async () => {
    const { calls, ledger, run } = system([1, 7].map((unit) => ({ unit, orderId: ann.orderId })));
    ledger.put(ann);
    await run();
    expect(calls.argsOf('free')).toEqual([['drop', 'shirt', 7, ann.orderId, 1, nowMs]]);
  });

  test('takes no other sku of the order for this one', async () => {
    const order = heldOrder({
      lines: [
        { sku: 'cap', units: [7] },
        { sku: 'shirt', units: [1] },
      ],
    });
    const { calls, ledger, run } = system([1, 7].map((unit) => ({ unit, orderId: order.orderId })));
    ledger.put(order);
    await run();
    expect(calls.argsOf('free').map(([, , unit]) => unit)).toEqual([7]);
  });

  test('never frees a unit of an order that the ledger does not know yet (CE-7)', async () => {
    const { calls, run } = system([{ unit: 1, orderId: acceptedOrder().orderId }]);
    await run();
    expect(calls.methods()).toEqual(['setCapacity', 'owners']);
  });

  test('leaves a unit alone that its live order lists, claim or no claim', async () => {
    const { calls, ledger, run } = system([{ unit: 1, orderId: ann.orderId }]);
    ledger.put(ann).claimed.clear();
    await run();
    expect(calls.methods()).toEqual(['setCapacity', 'owners', 'apply']);
  });

  test('reads and applies an order once, however many units it left behind', async () => {
    const { calls, ledger, run } = system([1, 2, 3].map((unit) => ({ unit, orderId: ann.orderId })));
    ledger.put({ ...ann, state: 'cancelled', version: 2 });
    await run();
    expect(ledger.effects).toEqual(['readAll']);
    expect(calls.methods().filter((method) => method === 'apply')).toHaveLength(1);
    expect(calls.argsOf('free').map(([, , unit]) => unit)).toEqual([1, 2, 3]);
  });

  test('reads the owners in pages of 2,000 up to the capacity', async () => {
    const { calls, run } = system([]);
    await run(4001);
    expect(calls.argsOf('owners').map(([, , from]) => from)).toEqual([0, 2000, 4000]);
  });

  test('holds 100,000 units at once: a unit of the second range is compared with its own claim', async () => {
    const far = heldOrder({ units: [100_000] });
    const { calls, ledger, run } = system([{ unit: 100_000, orderId: far.orderId }]);
    ledger.put(far);
    await run(100_001);
    expect(calls.methods()).not.toContain('mark');
    expect(calls.methods()).not.toContain('apply');
  });

  test('marks 2,001 units in two calls', async () => {
    const claims = Array.from({ length: 2001 }, (_, unit): Claim => ({ sku: 'shirt', unit, orderId: ann.orderId, version: 1 }));
    const { calls, ledger, run } = system([]);
    for (const claim of claims) ledger.claimed.set(`drop#shirt#${claim.unit}`, claim);
    await run(3000);
    expect(calls.argsOf('mark').map(([, rows]) => (rows as Claim[]).length)).toEqual([2000, 1]);
  });

  test('frees a unit of an order that is pending in the gate and rejected in the ledger: its worker died before it told the gate', async () => {
    const { calls, ledger, run } = system([{ unit: 1, orderId: ann.orderId }]);
    const rejected = { ...ann, state: 'rejected' as const, lines: [{ sku: 'shirt', quantity: 1, unitPriceMinor: 4999, units: [] }] };
    ledger.stored.set(ann.orderId, rejected);
    await run();
    expect(calls.argsOf('apply')).toEqual([[rejected]]);
    expect(calls.argsOf('free')).toEqual([['drop', 'shirt', 1, ann.orderId, 1, nowMs]]);
  });

  test('reads the orders of 1,001 units that nobody claims in 11 batches, 4 at once', async () => {
    const orders = Array.from({ length: 1001 }, (_, n) =>
      heldOrder({ key: `k${n}`, units: [n], changes: { state: 'expired', version: 2 } }),
    );
    const { calls, ledger, run } = system(orders.map(({ orderId }, unit) => ({ unit, orderId })));
    for (const order of orders) ledger.stored.set(order.orderId, order);
    const readAll = ledger.readAll.bind(ledger);
    let underWay = 0;
    let most = 0;
    ledger.readAll = async (ids) => {
      most = Math.max(most, ++underWay);
      await Promise.resolve();
      underWay -= 1;
      return readAll(ids);
    };
    await run(2000);
    expect([ledger.effects.length, most]).toEqual([11, limits.reconcileBatchesAtOnce]);
    expect(calls.argsOf('free')).toHaveLength(1001);
  });

  test.each(['owners', 'mark', 'apply'] as const)('gives up when 7 s are over, here by %s, and does no more', async (method) => {
    const slow = system([1, 2].map((unit) => ({ unit, orderId: unit === 1 ? ann.orderId : bob.orderId })));
    slow.ledger.put(heldOrder({ key: 'other', units: [3] }));
    for (const order of [ann, bob]) slow.ledger.stored.set(order.orderId, { ...order, state: 'expired', version: 2 });
    const answer = slow.calls.answers[method] as (...args: unknown[]) => Promise<unknown>;
    Object.assign(slow.calls.answers, {
      [method]: (...args: unknown[]) => {
        slow.clock.advance(limits.reconcileMs + 1);
        return answer(...args);
      },
    });
    await expect(slow.run()).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'gate' });
    const done = { owners: [], mark: ['mark'], apply: ['mark', 'apply', 'free'] }[method];
    expect(slow.calls.methods()).toEqual(['setCapacity', 'owners', ...done]);
  });

  test('ends where the gate goes away', async () => {
    const { ledger, run } = system([], { mark: () => Promise.reject(new UnavailableError('gate', 'away')) });
    ledger.put(ann);
    await expect(run()).rejects.toThrow(UnavailableError);
  });
});
