import { describe, expect, test } from '@jest/globals';
import { UnavailableError } from '../../../lambdas/domain/kernel/faults.ts';
import type { PaymentEvent } from '../../../lambdas/domain/payments/ports.ts';
import type { PaymentEventOutcome } from '../../../lambdas/domain/orders/take-payment-event.ts';
import { receiveStripeEvent } from '../../../lambdas/http/receive-stripe-event.ts';
import { heldOrder, nowMs } from '../../support/builders.ts';
import { answerOf } from '../../support/builders-request.ts';
import { ManualClock } from '../../support/fakes-clock.ts';

const { orderId } = heldOrder();
const paid: PaymentEvent = { kind: 'paid', orderId, payment: { provider: 'stripe', id: 'pi_1', amountMinor: 1, currency: 'EUR' } };

function receive(event: PaymentEvent | 'invalid-signature', outcome: PaymentEventOutcome | Error = 'confirmed') {
  const seen: unknown[] = [];
  const handler = receiveStripeEvent({
    events: {
      read: (bytes, signature, atMs) => {
        seen.push([Buffer.from(bytes).toString(), signature, atMs]);
        return Promise.resolve(event);
      },
    },
    take: (taken) => {
      seen.push(taken);
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    },
    clock: new ManualClock(),
  });
  return { seen, handler };
}

describe('POST a Stripe event', () => {
  test('reads the very bytes and their signature now, and says what became of it to the log, of no person', async () => {
    const { seen, handler } = receive(paid);
    expect(await answerOf(handler, { body: { a: 1 }, headers: { 'stripe-signature': 'signed' } })).toEqual({
      status: 200,
      body: { received: true },
      facts: { event: 'paid', outcome: 'confirmed', orderId, paymentId: 'pi_1' },
    });
    expect(seen).toEqual([['{"a":1}', 'signed', nowMs], paid]);
  });

  test('an event that is irrelevant is received, so that it does not come again', async () => {
    const { handler } = receive({ kind: 'irrelevant' }, 'ignored');
    expect(await answerOf(handler, { body: {}, headers: { 'stripe-signature': 'signed' } })).toEqual({
      status: 200,
      body: { received: true },
      facts: { event: 'irrelevant', outcome: 'ignored' },
    });
  });

  test('without a signature, or with one that proves nothing, nothing is taken', async () => {
    for (const headers of [{}, { 'stripe-signature': 'forged' }]) {
      const { seen, handler } = receive('invalid-signature');
      expect(await answerOf(handler, { body: {}, headers })).toMatchObject({ problem: 'invalid-signature' });
      expect(seen).not.toContain('invalid-signature');
    }
  });

  test('what cannot be taken now is never received', async () => {
    const { handler } = receive(paid, new UnavailableError('ledger', 'away'));
    await expect(answerOf(handler, { body: {}, headers: { 'stripe-signature': 'signed' } })).rejects.toThrow('away');
  });
});
