import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../lambdas/contracts/limits.ts';
import type { ConfirmOrderOutcome } from '../../../lambdas/domain/orders/confirm-order.ts';
import type { Order, Payment } from '../../../lambdas/domain/orders/order.ts';
import { confirmOrder } from '../../../lambdas/http/confirm-order.ts';
import { heldOrder, nowMs } from '../../support/builders.ts';
import { answerOf, pointersOf } from '../../support/builders-request.ts';

const payment: Payment = { provider: 'bank', id: 'pay-1', amountMinor: 4999, currency: 'EUR' };
const shown = { provider: 'bank', id: 'pay-1', amount: 4999, currency: 'EUR' };
const confirmed: Order = {
  ...heldOrder(),
  state: 'confirmed',
  version: 2,
  confirmedAtMs: nowMs,
  payment,
  refunds: [{ ...payment, id: 'old' }],
};
const { orderId } = confirmed;
const expired: Order = { ...heldOrder(), state: 'expired' };

const answer = (outcome: ConfirmOrderOutcome, body: unknown = { payment: shown }) =>
  answerOf(
    confirmOrder(() => Promise.resolve(outcome)),
    { params: { orderId }, body, caller: { kind: 'operator' } },
  );

describe('POST confirm', () => {
  test('passes id and payment on, and shows both in the order, with the time and what is to be paid back', async () => {
    const calls: unknown[] = [];
    const handler = confirmOrder((...args) => {
      calls.push(args);
      return Promise.resolve({ kind: 'confirmed', order: confirmed });
    });
    expect(await answerOf(handler, { params: { orderId }, body: { payment: shown } })).toMatchObject({
      status: 200,
      body: { state: 'confirmed', confirmedAt: '2026-11-22T10:00:00.000Z', payment: shown, refunds: [{ ...shown, id: 'old' }] },
    });
    expect(calls).toEqual([[orderId, payment]]);
  });

  test.each<[ConfirmOrderOutcome, string, string]>([
    [{ kind: 'payment-mismatch', order: heldOrder() }, 'payment-mismatch', 'the order costs 4999 EUR, the payment is of 4999 EUR'],
    [{ kind: 'order-state', order: confirmed, payBack: 'recorded' }, 'order-state', 'is confirmed; this payment is to be paid back'],
    [{ kind: 'order-state', order: confirmed }, 'order-state', 'this payment had confirmed it'],
    [{ kind: 'hold-expired', order: expired, payBack: 'recorded' }, 'hold-expired', 'is expired; this payment is to be paid back'],
    [{ kind: 'order-state', order: confirmed, payBack: 'unrecorded' }, 'order-state', 'can list no more: pay this one back all the same'],
    [{ kind: 'accepted', order: heldOrder() }, 'unavailable', 'accepted, and not committed yet'],
    [{ kind: 'not-visible' }, 'unavailable', 'not visible yet'],
    [{ kind: 'not-found' }, 'not-found', 'no such order'],
  ])('%j is %s', async (outcome, problem, detail) => {
    expect(await answer(outcome)).toMatchObject({ problem, detail: expect.stringContaining(detail) });
  });

  test('says the state of an order that cannot take it, and to the log which order it is, of no person', async () => {
    expect(await answer({ kind: 'hold-expired', order: expired, payBack: 'unrecorded' })).toMatchObject({
      members: { state: 'expired' },
      facts: { orderId, payBack: 'unrecorded' },
    });
  });

  test('an order that is not committed yet is to be asked for again', async () => {
    expect(await answer({ kind: 'accepted', order: heldOrder() })).toMatchObject({ headers: { 'retry-after': '1' } });
  });

  test('bounds of a payment: least and most are taken', async () => {
    const id = 'i'.repeat(limits.paymentIdChars);
    const provider = 'p'.repeat(limits.paymentProviderChars);
    for (const amount of [0, limits.paymentMinorMax]) {
      expect(await answer({ kind: 'not-found' }, { payment: { provider, id, amount, currency: 'EUR' } })).toMatchObject({
        problem: 'not-found',
      });
    }
  });

  test.each([
    ['', []],
    ['/payment', {}],
    ['/payment/provider', { payment: { ...shown, provider: 'Bank' } }],
    ['/payment/provider', { payment: { ...shown, provider: 'p'.repeat(limits.paymentProviderChars + 1) } }],
    ['/payment/id', { payment: { ...shown, id: '' } }],
    ['/payment/id', { payment: { ...shown, id: 'i'.repeat(limits.paymentIdChars + 1) } }],
    ['/payment/amount', { payment: { ...shown, amount: -1 } }],
    ['/payment/amount', { payment: { ...shown, amount: limits.paymentMinorMax + 1 } }],
    ['/payment/amount', { payment: { ...shown, amount: 49.99 } }],
    ['/payment/currency', { payment: { ...shown, currency: 'eur' } }],
    ['/payment/card', { payment: { ...shown, card: '4242' } }],
  ])('%s of %j is refused', async (pointer, body) => {
    expect(pointersOf(await answer({ kind: 'not-found' }, body))).toEqual([pointer]);
  });
});
