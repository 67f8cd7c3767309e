import * as z from 'zod/mini';
import { currency, customerIdSchema, orderIdSchema, saleStateSchema, seatingSchema, slug, time } from './api.ts';

/** What the HTTP contract answers: the types of the handlers, the OpenAPI document, and what tests hold answers to. */

/** A sale as everybody sees it; its `unitPrice` is in minor units of `currency`. */
export const saleSchema = z.strictObject({
  saleId: slug(),
  name: z.string(),
  state: saleStateSchema,
  opensAt: time(),
  closesAt: time(),
  currency: currency(),
  holdSeconds: z.int(),
  customerLimit: z.int(),
  waitingRoom: z.strictObject({ enabled: z.boolean() }),
  items: z.array(
    z.strictObject({
      sku: slug(),
      name: z.string(),
      unitPrice: z.int(),
      capacity: z.int(),
      orderLimit: z.int(),
      seating: seatingSchema,
    }),
  ),
});

/** What an operator sees of a sale: all that can be put. */
export const adminSaleSchema = z.strictObject({
  ...saleSchema.shape,
  lanes: z.int(),
  waitingRoom: z.strictObject({ enabled: z.boolean(), admitPerSecond: z.int(), maxActive: z.int(), admissionSeconds: z.int() }),
});

/** A page of sales, by id. `nextCursor` is missing on the last one. */
export const saleListSchema = z.strictObject({ items: z.array(saleSchema), nextCursor: z.optional(z.string()) });

/** What a sale has left, at most 2 s old. `available` is of the gate: units set aside for accepted orders are not in it. */
export const availabilitySchema = z.strictObject({
  saleId: slug(),
  state: saleStateSchema,
  asOf: time(),
  items: z.array(z.strictObject({ sku: slug(), available: z.int(), soldOut: z.boolean() })),
});

/** A page of an item’s seats, in the order of their units; which are taken is at most 2 s old. */
export const seatListSchema = z.strictObject({
  sku: slug(),
  asOf: time(),
  seats: z.array(z.strictObject({ seat: z.string(), taken: z.boolean() })),
  nextCursor: z.optional(z.string()),
});

/** A customer made on the spot, and the token that proves to be that one until `expiresAt`. */
export const guestSchema = z.strictObject({ token: z.string(), customerId: customerIdSchema, expiresAt: time() });

const paymentSchema = z.strictObject({ provider: z.string(), id: z.string(), amount: z.int(), currency: currency() });

/** An order as it stands. Money is in minor units of `currency`; a closed order shows no units. */
export const orderAnswerSchema = z.strictObject({
  orderId: orderIdSchema,
  saleId: slug(),
  /** Absent in an order of the house: a withdrawal. */
  customerId: z.optional(customerIdSchema),
  state: z.enum(['accepted', 'held', 'confirmed', 'withdrawn', 'rejected', 'expired', 'cancelled']),
  reason: z.optional(z.enum(['sold-out', 'seat-taken', 'customer-limit'])),
  lines: z.array(
    z.strictObject({
      sku: slug(),
      quantity: z.int(),
      units: z.array(z.int()),
      seats: z.optional(z.array(z.string())),
      unitPrice: z.int(),
    }),
  ),
  total: z.int(),
  currency: currency(),
  acceptedAt: time(),
  heldAt: z.optional(time()),
  holdExpiresAt: z.optional(time()),
  confirmedAt: z.optional(time()),
  closedAt: z.optional(time()),
  reference: z.optional(z.string()),
  metadata: z.optional(z.record(z.string(), z.string())),
  /** What confirmed it. */
  payment: z.optional(paymentSchema),
  /** Payments that it could not take, to be paid back by whoever took them. */
  refunds: z.optional(z.array(paymentSchema)),
});

/** A page of orders, newest first; it may be short or empty, and only a missing `nextCursor` says that there is no more. */
export const orderListSchema = z.strictObject({ items: z.array(orderAnswerSchema), nextCursor: z.optional(z.string()) });

/** An item’s stock after units were added or withdrawn. */
export const stockSchema = z.strictObject({
  saleId: slug(),
  sku: slug(),
  capacity: z.int(),
  /** Units left in the gate; null while it is being made. */
  available: z.nullable(z.int()),
  /** The orders of the house that a withdrawal made; cancelling one puts its units back. */
  orders: z.array(orderAnswerSchema),
});

const count = () => z.int().check(z.minimum(0));

/** What a sale sold and what waits. Null: only the gate knows, and it is away. */
export const reportSchema = z.strictObject({
  asOf: time(),
  orders: z.strictObject({
    accepted: z.nullable(count()),
    held: count(),
    confirmed: count(),
    withdrawn: count(),
    rejected: count(),
    expired: count(),
    cancelled: count(),
  }),
  items: z.array(z.strictObject({ sku: slug(), capacity: count(), free: z.int(), held: count(), confirmed: count(), withdrawn: count() })),
  revenue: count(),
  waitingRoom: z.strictObject({ joined: count(), admitted: count(), waiting: count() }),
  queue: z.strictObject({ depth: count(), oldestSeconds: z.nullable(count()), deadLetters: count() }),
});

/** The proof of a sale’s books: `ok` where nothing was found. `findings` are the first of `findingCount`. */
export const auditSchema = z.strictObject({
  ok: z.boolean(),
  asOf: time(),
  checked: z.strictObject({ orders: count(), claims: count(), units: count(), pendingOrders: count() }),
  findingCount: count(),
  findings: z.array(
    z.strictObject({
      kind: z.string(),
      invariant: z.int(),
      sku: z.optional(slug()),
      unit: z.optional(count()),
      orderId: z.optional(z.string()),
      customerTag: z.optional(z.string()),
      keys: z.array(z.string()),
      detail: z.string(),
    }),
  ),
});

/** To a payment provider: taken note of, do not send it again. */
export const receivedSchema = z.strictObject({ received: z.literal(true) });

/** The function answers, whatever else is away. */
export const healthSchema = z.strictObject({ status: z.literal('ok'), version: z.string() });
/** Which dependencies answer; 503 where one does not. */
export const readySchema = z.strictObject({
  ready: z.boolean(),
  dependencies: z.record(z.string(), z.strictObject({ ok: z.boolean(), detail: z.optional(z.string()) })),
});

/** A sale as everybody sees it. */
export type SaleAnswer = z.infer<typeof saleSchema>;
/** A sale as its operator sees it. */
export type AdminSaleAnswer = z.infer<typeof adminSaleSchema>;
/** An order over HTTP: orders themselves, with times in epoch ms, are in messages.ts. */
export type OrderAnswer = z.infer<typeof orderAnswerSchema>;
/** What a change of the stock answers. */
export type StockAnswer = z.infer<typeof stockSchema>;
