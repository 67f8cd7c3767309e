import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { metrics } from '../../../../lambdas/contracts/metrics.ts';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import type { Order, Payment } from '../../../../lambdas/domain/orders/order.ts';
import { takePaymentEvent } from '../../../../lambdas/domain/orders/take-payment-event.ts';
import type { StockGate } from '../../../../lambdas/domain/stock/ports.ts';
import { acceptedOrder, heldOrder, ids, nowMs, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { done, scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';
import { CountingMeter } from '../../../support/fakes-meter.ts';

const payment: Payment = { provider: 'stripe', id: 'pi_1', amountMinor: 4999, currency: 'EUR' };
const other: Payment = { ...payment, id: 'pi_2' };
const held = heldOrder();
const { orderId } = held;

function system(order: Order | undefined, answers: Partial<StockGate> = {}) {
  const gate = scriptedGate({ apply: done, ...answers });
  const ledger = new InMemoryLedger();
  if (order) ledger.put(order);
  const meter = new CountingMeter();
  const deps = { ledger, gate: gate.gate, sales: new InMemoryCatalog(saleOf()), ids, clock: new ManualClock(), meter };
  const paid = (of: Payment = payment, id = orderId) => takePaymentEvent(deps, { kind: 'paid', orderId: id, payment: of });
  const paidBack = (of: Payment = payment) => takePaymentEvent(deps, { kind: 'paid-back', orderId, payment: of });
  return { stored: () => ledger.stored.get(orderId), ledger, meter, deps, paid, paidBack };
}

describe('an event of a payment provider', () => {
  test('paid, twice: confirmed once', async () => {
    const { stored, paid } = system(held);
    expect([await paid(), await paid()]).toEqual(['confirmed', 'confirmed']);
    expect(stored()).toMatchObject({ state: 'confirmed', version: 2, payment });
  });

  test('paid and paid back: confirmed, then cancelled; both again change nothing, and nothing is to be paid back', async () => {
    const { stored, ledger, paid, paidBack } = system(held);
    expect([await paid(), await paidBack()]).toEqual(['confirmed', 'cancelled']);
    const cancelled: Order = { ...held, state: 'cancelled', version: 3, confirmedAtMs: nowMs, closedAtMs: nowMs, payment };
    expect(stored()).toEqual(cancelled);
    expect(ledger.claimed.size).toBe(0);
    expect([await paid(), await paidBack()]).toEqual(['nothing-to-do', 'nothing-to-do']);
    expect(stored()).toEqual(cancelled);
  });

  test('paid back, and told with 1 less than confirmed the order: cancelled all the same', async () => {
    const { stored, paid, paidBack } = system(held);
    expect([await paid(), await paidBack({ ...payment, amountMinor: payment.amountMinor - 1 })]).toEqual(['confirmed', 'cancelled']);
    expect(stored()).toMatchObject({ state: 'cancelled', version: 3, payment });
  });

  test('paid back before paid: the order ends cancelled, and the payment that comes later confirms nothing', async () => {
    const { stored, paid, paidBack } = system(held);
    expect([await paidBack(), await paid()]).toEqual(['cancelled', 'nothing-to-do']);
    expect(stored()).toMatchObject({ state: 'cancelled', payment });
    expect(stored()?.refunds).toBeUndefined();
  });

  test('the payback of a second payment leaves the order confirmed by the first', async () => {
    const { stored, paid, paidBack } = system(held);
    expect([await paid(), await paid(other), await paidBack(other)]).toEqual(['confirmed', 'pay-back', 'pay-back']);
    expect(stored()).toMatchObject({ state: 'confirmed', version: 3, payment, refunds: [other] });
  });

  test('a wrong amount was moved all the same: recorded as to be paid back, and the hold stays for the right one', async () => {
    const { stored, paid } = system(held);
    const wrong = { ...payment, amountMinor: 4998 };
    expect([await paid(wrong), await paid(other)]).toEqual(['pay-back', 'confirmed']);
    expect(stored()).toMatchObject({ state: 'confirmed', version: 3, payment: other, refunds: [wrong] });
  });

  test('late, with the units taken by another: to be paid back', async () => {
    const expired: Order = { ...held, state: 'expired', version: 2, closedAtMs: nowMs };
    const { stored, paid } = system(expired, { retake: () => Promise.resolve('refused') });
    expect(await paid()).toBe('pay-back');
    expect(stored()).toMatchObject({ state: 'expired', refunds: [payment] });
  });

  test('one payment more to be paid back than an order records says so', async () => {
    const refunds = Array.from({ length: limits.orderRefunds }, (_, n) => ({ ...payment, id: `old-${n}` }));
    const { meter, paid } = system({ ...held, state: 'cancelled', refunds });
    expect(await paid()).toBe('unrecorded');
    expect(meter.counts).toEqual({ [metrics.paymentsUnrecorded]: 1 });
  });

  test('of an order that is accepted, or nowhere yet, it is never swallowed: unavailable', async () => {
    for (const known of [{ version: 0, order: acceptedOrder() }, undefined]) {
      const { paid, paidBack } = system(undefined, { order: () => Promise.resolve(known) });
      await expect(paid()).rejects.toThrow(UnavailableError);
      await expect(paidBack()).rejects.toThrow(UnavailableError);
    }
  });

  test('of an id that nobody minted, or of nothing that concerns an order, it is ignored and counted', async () => {
    const { deps, meter, paid } = system(held);
    expect(await paid(payment, `ord_${'0'.repeat(26)}`)).toBe('ignored');
    expect(await takePaymentEvent(deps, { kind: 'irrelevant' })).toBe('ignored');
    expect(meter.counts).toEqual({ [metrics.paymentEventsIgnored]: 2 });
  });
});
