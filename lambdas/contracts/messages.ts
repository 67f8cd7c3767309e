import * as z from 'zod/mini';

/**
 * What crosses a process border: the queue's messages, the gate's documents, the ledger's images. Times are
 * epoch milliseconds, money is in minor units. Closed objects: an unknown member is a fault, not a surprise.
 */
const count = z.int().check(z.nonnegative());

/** States of an order. Which may follow which: domain/orders/transitions.ts. */
export const orderStates = ['accepted', 'held', 'confirmed', 'withdrawn', 'rejected', 'expired', 'cancelled'] as const;

const orderLineSchema = z.strictObject({
  sku: z.string(),
  quantity: z.int().check(z.positive()),
  unitPriceMinor: count,
  /** Unit numbers. A closed order keeps those it had (the gate clears them, rule 2); over HTTP it shows none. */
  units: z.array(count),
  /** Assigned seating: the labels of the seats asked for; units[i], where there are units, is that of seats[i]. */
  seats: z.optional(z.array(z.string())),
});

/** A payment as its provider tells of it; provider and id together name it. */
export const paymentSchema = z.strictObject({
  provider: z.string(),
  id: z.string(),
  amountMinor: count,
  currency: z.string(),
});

/** An order as it stands at one version. Version 0 is `accepted`: known to the gate and the queue, not yet to the ledger. */
export const orderSchema = z.strictObject({
  orderId: z.string(),
  saleId: z.string(),
  customerId: z.string(),
  /** Hash of the request the Idempotency-Key was first used with. */
  fingerprint: z.string(),
  state: z.enum(orderStates),
  /** 0 accepted; 1 at the first write of the ledger; + 1 at each change. */
  version: count,
  currency: z.string(),
  lines: z.array(orderLineSchema),
  /** Units counted against the customer's limit when the ledger took the order; absent where there was no limit. */
  countedUnits: z.optional(count),
  /** The customer's limit that held when the order was accepted, by which a late payment is judged too; absent where there was none. */
  customerLimit: z.optional(count),
  acceptedAtMs: count,
  heldAtMs: z.optional(count),
  holdExpiresAtMs: z.optional(count),
  confirmedAtMs: z.optional(count),
  closedAtMs: z.optional(count),
  reason: z.optional(z.enum(['sold-out', 'seat-taken', 'customer-limit'])),
  /** What confirmed the order; kept when it is cancelled after that. */
  payment: z.optional(paymentSchema),
  /** Payments that must be paid back, each once, in the order in which they came; at most limits.orderRefunds. Never `payment` itself. */
  refunds: z.optional(z.array(paymentSchema)),
  reference: z.optional(z.string()),
  metadata: z.optional(z.record(z.string(), z.string())),
});

/** The message of the orders queue (protocol.md rule 12): all that the commit worker needs, judged once at acceptance. */
export const commitRequestSchema = z.strictObject({
  order: orderSchema,
  /** The customer's limit of live units in the sale when the order was accepted; 0 = none. */
  customerLimit: count,
  holdSeconds: count,
  /** The version of the sale by whose terms the order was accepted: only a gate of it gives the order units. */
  gateVersion: count,
});

/** The message of the expiries queue: when an order's hold ends (epoch ms), and how often it was sent on for the delay being too short. */
export const expiryNoticeSchema = z.strictObject({ orderId: z.string(), holdExpiresAtMs: count, hops: count });

/** That a hold ends: when to look at the order, never what became of it. */
export type ExpiryNotice = z.infer<typeof expiryNoticeSchema>;
/** Where an order stands: `accepted` until the ledger has it. */
export type OrderState = (typeof orderStates)[number];
/** Money that was moved for an order, or is said to have been. */
export type Payment = z.infer<typeof paymentSchema>;
/** One sku of an order: how many, at which price, which units. */
export type OrderLine = z.infer<typeof orderLineSchema>;
/** An order at one version; from the ledger, its image. */
export type Order = z.infer<typeof orderSchema>;
/** An accepted order on its way to the ledger. */
export type CommitRequest = z.infer<typeof commitRequestSchema>;
