import { Stripe } from 'stripe';
import * as z from 'zod/mini';
import { orderIdSchema } from '../contracts/api.ts';
import { limits } from '../contracts/limits.ts';
import type { PaymentEvent, PaymentEvents } from '../domain/payments/ports.ts';

/** As much of Stripe's objects as we read. Amounts are in minor units, currencies in lower case. */
const amount = z.int().check(z.nonnegative());
const orderMetadata = z.looseObject({ orderId: orderIdSchema });
const eventSchema = z.looseObject({
  type: z.string(),
  data: z.looseObject({ object: z.looseObject({ metadata: z.optional(z.unknown()) }) }),
});
const paymentIntentSchema = z.looseObject({ id: z.string(), amount_received: amount, currency: z.string() });
const chargeSchema = z.looseObject({
  payment_intent: z.nullable(z.string()),
  amount_captured: amount,
  currency: z.string(),
  /** True once the whole of it is paid back. */
  refunded: z.boolean(),
});

const irrelevant: PaymentEvent = { kind: 'irrelevant' };

/**
 * Stripe's webhook events, proved by Stripe's own library: the signature over the raw bytes, at most limits.stripeToleranceSeconds
 * old. The order is named by `metadata.orderId`, which a payment intent hands on to its charge; whatever has none, or a text that
 * is no order id, is another's business.
 */
export class StripeEvents implements PaymentEvents {
  readonly #secret: () => Promise<string>;

  /** @param secret The signing secret of the endpoint (`whsec_…`), as it is now. */
  constructor(secret: () => Promise<string>) {
    this.#secret = secret;
  }

  async read(bytes: Uint8Array, signature: string, nowMs: number): Promise<PaymentEvent | 'invalid-signature'> {
    const secret = await this.#secret();
    try {
      const event: unknown = Stripe.webhooks.constructEvent(
        Buffer.from(bytes),
        signature,
        secret,
        limits.stripeToleranceSeconds,
        undefined,
        nowMs,
      );
      return paymentEventOf(event);
    } catch (error) {
      if (error instanceof Stripe.errors.StripeSignatureVerificationError) return 'invalid-signature';
      throw error;
    }
  }
}

function paymentEventOf(message: unknown): PaymentEvent {
  const { type, data } = parse(eventSchema, message, 'event');
  const metadata = z.safeParse(orderMetadata, data.object.metadata);
  if (!metadata.success) return irrelevant;
  const { orderId } = metadata.data;
  switch (type) {
    case 'payment_intent.succeeded': {
      const intent = parse(paymentIntentSchema, data.object, type);
      return { kind: 'paid', orderId, payment: paymentOf(intent.id, intent.amount_received, intent.currency) };
    }
    case 'charge.refunded': {
      const charge = parse(chargeSchema, data.object, type);
      if (!charge.refunded || charge.payment_intent === null) return irrelevant;
      return { kind: 'paid-back', orderId, payment: paymentOf(charge.payment_intent, charge.amount_captured, charge.currency) };
    }
    default:
      return irrelevant;
  }
}

function paymentOf(id: string, amountMinor: number, currency: string) {
  return { provider: 'stripe', id, amountMinor, currency: currency.toUpperCase() };
}

/** A signed event of another shape than Stripe documents must not be passed over: it may be somebody's money. */
function parse<S extends z.ZodMiniType>(schema: S, value: unknown, what: string): z.infer<S> {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  throw new Error(`a Stripe ${what} is not as documented at ${parsed.error.issues.map(({ path }) => path.join('.')).join(', ')}`);
}
