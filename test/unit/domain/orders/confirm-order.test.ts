import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { metrics } from '../../../../lambdas/contracts/metrics.ts';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import { confirmOrder, type OnMismatch } from '../../../../lambdas/domain/orders/confirm-order.ts';
import { house, type Order, type Payment } from '../../../../lambdas/domain/orders/order.ts';
import type { StockGate } from '../../../../lambdas/domain/stock/ports.ts';
import { acceptedOrder, heldOrder, ids, nowMs, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { done, inTurn, scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';
import { CountingMeter } from '../../../support/fakes-meter.ts';

const held = heldOrder({ units: [3, 4], changes: { countedUnits: 2, customerLimit: 2 } });
const expired: Order = { ...held, state: 'expired', version: 2, closedAtMs: nowMs };
const payment: Payment = { provider: 'bank', id: 'pay-1', amountMinor: 2 * 4999, currency: 'EUR' };
const other: Payment = { ...payment, id: 'pay-2' };
const { closedAtMs: _, ...reopened } = expired;
const confirmed: Order = { ...held, state: 'confirmed', version: 2, confirmedAtMs: nowMs, payment };

function system(answers: Partial<StockGate> = {}) {
  const gate = scriptedGate({ apply: done, ...answers });
  const ledger = new InMemoryLedger();
  const clock = new ManualClock();
  const meter = new CountingMeter();
  const deps = { ledger, gate: gate.gate, sales: new InMemoryCatalog(saleOf()), ids, clock, meter };
  const confirm = (of: Payment = payment, onMismatch?: OnMismatch, orderId = held.orderId) => confirmOrder(deps, orderId, of, onMismatch);
  return { ledger, gate, clock, meter, confirm };
}
const taken = () => Promise.resolve('taken' as const);

describe('a payment in time', () => {
  test('rule 21: one write of the ledger, then the gate, and one count', async () => {
    const { ledger, gate, meter, confirm } = system();
    ledger.put(held);
    expect(await confirm()).toEqual({ kind: 'confirmed', order: confirmed });
    expect(ledger.effects).toEqual(['read', 'confirm']);
    expect(gate.calls).toEqual([{ method: 'apply', args: [confirmed] }]);
    expect(meter.counts).toEqual({ [metrics.ordersConfirmed]: 1 });
  });

  test('again: the same order without a write; the gate is told again, in case the first call died before it', async () => {
    const { ledger, gate, meter, confirm } = system();
    ledger.put(confirmed);
    expect(await confirm()).toEqual({ kind: 'confirmed', order: confirmed });
    expect(ledger.effects).toEqual(['read']);
    expect(gate.argsOf('apply')).toEqual([[confirmed]]);
    expect(meter.counts).toEqual({});
  });

  test('rule 21: while it is held no clock is asked, however overdue it is', async () => {
    const { ledger, clock, confirm } = system();
    ledger.put(held);
    clock.advance(86_400_000);
    expect((await confirm()).kind).toBe('confirmed');
  });

  test('that another write changes in between is judged as it is then', async () => {
    const { ledger, confirm } = system();
    ledger.put(held);
    ledger.confirm = (order) => {
      ledger.stored.set(order.orderId, { ...confirmed, payment: other });
      return Promise.resolve({ kind: 'changed' });
    };
    expect(await confirm()).toMatchObject({ kind: 'order-state', payBack: 'recorded', order: { version: 3, payment: other } });
  });

  test(`that finds the order changed ${limits.orderChangeAttempts} times in a row is unavailable`, async () => {
    const { ledger, confirm } = system();
    ledger.put(held);
    ledger.confirm = () => Promise.resolve({ kind: 'changed' });
    await expect(confirm()).rejects.toThrow(UnavailableError);
    expect(ledger.effects).toHaveLength(limits.orderChangeAttempts);
  });

  test('a gate that is away after the write leaves the order confirmed: the repetition tells it', async () => {
    const { ledger, gate, confirm } = system({ apply: inTurn() });
    ledger.put(held);
    await expect(confirm()).rejects.toThrow('the script is at its end');
    expect(ledger.stored.get(held.orderId)).toEqual(confirmed);
    gate.answers.apply = done;
    expect((await confirm()).kind).toBe('confirmed');
  });
});

describe('a payment that an order cannot take', () => {
  const cancelled: Order = { ...held, state: 'cancelled', version: 2, closedAtMs: nowMs };
  const rejected: Order = { ...acceptedOrder(), state: 'rejected', version: 1, reason: 'sold-out' };
  const withdrawn: Order = { ...acceptedOrder({ customerId: house }), state: 'withdrawn', version: 1 };

  test.each([
    ['cancelled', cancelled],
    ['rejected', rejected],
    ['withdrawn', withdrawn],
    ['confirmed by another', { ...confirmed, payment: other }],
  ])('of an order that is %s is recorded as to be paid back, whatever its amount, and once', async (_name, order) => {
    const { ledger, gate, meter, confirm } = system();
    ledger.put(order);
    const recorded: Order = { ...order, version: order.version + 1, refunds: [{ ...payment, amountMinor: 1 }] };
    for (const call of [1, 2]) {
      const outcome = await confirm({ ...payment, amountMinor: call }, undefined, order.orderId);
      expect(outcome).toEqual({ kind: 'order-state', order: recorded, payBack: 'recorded' });
    }
    expect(gate.argsOf('apply')).toEqual([[recorded], [recorded]]);
    expect(meter.counts).toEqual({ [metrics.refundsRequired]: 1 });
  });

  test('that confirmed the order before it was cancelled is not to be paid back by us: an old event, come again', async () => {
    const { ledger, confirm } = system();
    const order: Order = { ...confirmed, state: 'cancelled', version: 3, closedAtMs: nowMs };
    ledger.put(order);
    expect(await confirm()).toEqual({ kind: 'order-state', order });
    expect(ledger.effects).toEqual(['read']);
  });

  test.each([
    ['amount', { ...payment, amountMinor: payment.amountMinor - 1 }],
    ['currency', { ...payment, currency: 'USD' }],
  ])('of a wrong %s is refused, and nothing is recorded; where money was moved, it is', async (_name, wrong) => {
    for (const order of [held, expired]) {
      const { ledger, confirm } = system();
      ledger.put(order);
      expect(await confirm(wrong)).toEqual({ kind: 'payment-mismatch', order });
      expect(ledger.effects).toEqual(['read']);
      const recorded = { ...order, version: order.version + 1, refunds: [wrong] };
      expect(await confirm(wrong, 'pay-back')).toEqual({ kind: 'payment-mismatch', order: recorded, payBack: 'recorded' });
      expect(ledger.stored.get(order.orderId)).toEqual(recorded);
    }
  });

  test('to be paid back, it confirms nothing any more; the right one still does', async () => {
    const { ledger, confirm } = system();
    ledger.put({ ...held, version: 2, refunds: [payment] });
    expect(await confirm()).toMatchObject({ kind: 'order-state', payBack: 'recorded', order: { state: 'held', version: 2 } });
    expect(await confirm(other)).toMatchObject({ kind: 'confirmed', order: { version: 3, payment: other, refunds: [payment] } });
  });

  test('the one that confirmed it, told with another amount, is a mismatch and stays what it was', async () => {
    const { ledger, confirm } = system();
    ledger.put(confirmed);
    expect(await confirm({ ...payment, amountMinor: 1 }, 'pay-back')).toEqual({ kind: 'payment-mismatch', order: confirmed });
    expect(ledger.stored.get(held.orderId)).toEqual(confirmed);
  });

  test(`beyond ${limits.orderRefunds} of one order is not recorded, and counted for an alarm`, async () => {
    const { ledger, meter, confirm } = system();
    const refunds = Array.from({ length: limits.orderRefunds }, (_unused, n) => ({ ...payment, id: `old-${n}` }));
    const full: Order = { ...cancelled, refunds };
    ledger.put(full);
    expect(await confirm()).toEqual({ kind: 'order-state', order: full, payBack: 'unrecorded' });
    expect(ledger.stored.get(held.orderId)).toEqual(full);
    expect(meter.counts).toEqual({ [metrics.paymentsUnrecorded]: 1 });
  });
});

describe('a payment that comes late', () => {
  test('rule 22: gate, then one transaction at most T_take after it, then the gate again', async () => {
    const { ledger, gate, clock, meter, confirm } = system({ retake: taken });
    ledger.put(expired);
    const within: unknown[] = [];
    const retake = ledger.retake.bind(ledger);
    ledger.retake = (...args: Parameters<typeof ledger.retake>) => {
      within.push((args as unknown[])[3]);
      return retake(...args);
    };
    gate.answers.retake = () => {
      clock.advance(700);
      return taken();
    };
    const order: Order = { ...reopened, state: 'confirmed', version: 3, confirmedAtMs: nowMs + 700, payment };
    expect(await confirm()).toEqual({ kind: 'confirmed', order });
    expect(gate.calls).toEqual([
      { method: 'retake', args: [expired, nowMs] },
      { method: 'apply', args: [order] },
    ]);
    expect(within).toEqual([{ withinMs: limits.takeMs - 700 }]);
    expect([...ledger.claimed.values()].map(({ unit, version }) => [unit, version])).toEqual([
      [3, 3],
      [4, 3],
    ]);
    expect(ledger.used.get('drop|ann')).toBe(2);
    expect(meter.counts).toEqual({ [metrics.ordersConfirmed]: 1 });
  });

  test('rule 10: a transaction that could end after T_take is not begun; just in time, it is', async () => {
    const slackMs = limits.takeMs - limits.ledgerRequestMs;
    for (const [tookMs, begun] of [
      [slackMs, true],
      [slackMs + 1, false],
    ] as const) {
      const { ledger, gate, clock, confirm } = system();
      ledger.put(expired);
      gate.answers.retake = () => {
        clock.advance(tookMs);
        return taken();
      };
      if (begun) expect((await confirm()).kind).toBe('confirmed');
      else await expect(confirm()).rejects.toThrow(UnavailableError);
      expect(ledger.effects.includes('retake')).toBe(begun);
    }
  });

  test('rules 22, 23: refused by the gate, it is recorded as to be paid back; a second call does not try again', async () => {
    const { ledger, gate, meter, confirm } = system({ retake: inTurn('refused' as const) });
    ledger.put(expired);
    const recorded: Order = { ...expired, version: 3, refunds: [payment] };
    for (const _call of [1, 2]) expect(await confirm()).toEqual({ kind: 'hold-expired', order: recorded, payBack: 'recorded' });
    expect(ledger.effects).toEqual(['read', 'requireRefund', 'read']);
    expect(gate.methods()).toEqual(['retake', 'apply', 'apply']);
    expect(meter.counts).toEqual({ [metrics.refundsRequired]: 1 });
  });

  test('rules 22, 23: refused by the ledger, whose word it is, the gate gets its units back with the refund', async () => {
    const { ledger, gate, confirm } = system({ retake: taken });
    ledger.put(expired, heldOrder({ key: 'k2', customerId: 'bob', units: [4] }));
    const recorded: Order = { ...expired, version: 3, refunds: [payment] };
    expect(await confirm()).toEqual({ kind: 'hold-expired', order: recorded, payBack: 'recorded' });
    expect(gate.argsOf('apply')).toEqual([[recorded]]);
    expect(ledger.used.get('drop|ann')).toBeUndefined();
  });

  test('while the gate is being made it is unavailable, and nothing is decided', async () => {
    const { ledger, confirm } = system({ retake: () => Promise.resolve('busy' as const) });
    ledger.put(expired);
    await expect(confirm()).rejects.toMatchObject({ name: 'UnavailableError', retryAfterSeconds: limits.gateRetryAfterSeconds });
    expect(ledger.stored.get(expired.orderId)).toEqual(expired);
  });

  test('a day after its sale has closed there is no gate, and will be none: it is to be paid back', async () => {
    const { ledger, clock, confirm } = system({ retake: () => Promise.resolve('busy' as const) });
    ledger.put(expired);
    clock.advance(saleOf().closesAtMs + limits.gateDropMs - 1 - clock.nowMs());
    await expect(confirm()).rejects.toThrow(UnavailableError);
    clock.advance(1);
    expect(await confirm()).toMatchObject({ kind: 'hold-expired', payBack: 'recorded', order: { refunds: [payment] } });
  });

  test('twice at once, it confirms once: the other call finds the order confirmed by its own payment', async () => {
    const { ledger, confirm } = system({ retake: taken });
    ledger.put(expired);
    const [one, two] = await Promise.all([confirm(), confirm()]);
    expect(one).toEqual(two);
    expect(one).toMatchObject({ kind: 'confirmed', order: { version: 3 } });
    expect(ledger.used.get('drop|ann')).toBe(2);
  });
});

describe('a payment for an order that the ledger does not have', () => {
  test('an id that nobody minted is not found, without any I/O', async () => {
    const { ledger, confirm } = system();
    expect(await confirm(payment, undefined, `ord_${'0'.repeat(26)}`)).toEqual({ kind: 'not-found' });
    expect(ledger.effects).toEqual([]);
  });

  test('accepted is said, for the caller to wait; nowhere is not visible; committed in between is confirmed', async () => {
    const accepted = acceptedOrder({ units: [3, 4] });
    const { confirm } = system({ order: () => Promise.resolve({ version: 0, order: accepted }) });
    expect(await confirm()).toEqual({ kind: 'accepted', order: accepted });
    expect(await system({ order: () => Promise.resolve(undefined) }).confirm()).toEqual({ kind: 'not-visible' });
    const late = system();
    late.gate.answers.order = () => {
      late.ledger.put(held);
      return Promise.resolve({ version: 1, order: held });
    };
    expect((await late.confirm()).kind).toBe('confirmed');
  });
});
