import type { PaymentEventOutcome } from '../domain/orders/take-payment-event.ts';
import type { PaymentEvent, PaymentEvents } from '../domain/payments/ports.ts';
import type { Clock } from '../domain/kernel/ports.ts';
import type { ApiHandler } from '../runtime/api.ts';

interface ReceiveStripeEventDependencies {
  readonly events: PaymentEvents;
  readonly take: (event: PaymentEvent) => Promise<PaymentEventOutcome>;
  readonly clock: Clock;
}

/** POST /v1/payments/stripe. 200 is said of whatever need not come again, also of what is none of our business. */
export function receiveStripeEvent({ events, take, clock }: ReceiveStripeEventDependencies): ApiHandler {
  return async (request) => {
    const signature = request.header('stripe-signature');
    const event = signature === undefined ? 'invalid-signature' : await events.read(request.bytes(), signature, clock.nowMs());
    if (event === 'invalid-signature') {
      return { problem: 'invalid-signature', detail: 'Stripe-Signature is missing, not of these bytes under our secret, or old' };
    }
    const outcome = await take(event);
    const about = event.kind === 'irrelevant' ? {} : { orderId: event.orderId, paymentId: event.payment.id };
    return { status: 200, body: { received: true }, facts: { event: event.kind, outcome, ...about } };
  };
}
