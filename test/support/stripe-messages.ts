import { Stripe } from 'stripe';

/** The signing secret of the runtimes that tests start. */
export const stripeSecret = 'whsec_e2e';

/** What Stripe's header says of these bytes, signed by Stripe's own library. @param atMs @default now */
export function stripeSignature(payload: string, { secret = stripeSecret, atMs = Date.now() } = {}): string {
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: Math.floor(atMs / 1000) });
}

/** An event as Stripe sends it, with members that nobody reads beside those that we do. */
function event(type: string, object: Record<string, unknown>): string {
  return JSON.stringify({ id: 'evt_1', object: 'event', api_version: '2026-06-24', livemode: false, type, data: { object } });
}

/** `payment_intent.succeeded` */
export function paymentSucceeded(orderId: string, intent: string, amount: number, change: Record<string, unknown> = {}): string {
  return event('payment_intent.succeeded', {
    id: intent,
    object: 'payment_intent',
    amount,
    amount_received: amount,
    currency: 'eur',
    receipt_email: 'somebody@example.com',
    metadata: { orderId },
    ...change,
  });
}

/** `charge.refunded`, of the whole charge unless told. */
export function chargeRefunded(orderId: string, intent: string, amount: number, change: Record<string, unknown> = {}): string {
  return event('charge.refunded', {
    id: `ch_of_${intent}`,
    object: 'charge',
    amount,
    amount_captured: amount,
    amount_refunded: amount,
    currency: 'eur',
    payment_intent: intent,
    refunded: true,
    metadata: { orderId },
    ...change,
  });
}
