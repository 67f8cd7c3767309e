import * as z from 'zod/mini';
import { limits } from './limits.ts';

/**
 * What the HTTP contract takes: these schemas validate requests, and the OpenAPI document is generated from them and from
 * answers.ts, which stands apart because no function needs it.
 */

/** Ids that a merchant chooses. */
export const slug = () => z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/));
const whole = (minimum: number, maximum: number) => z.int().check(z.minimum(minimum), z.maximum(maximum));
/** SQS and DynamoDB refuse half a surrogate pair, SQS also U+FFFE and U+FFFF: an order with one could be accepted and never be committed. */
const storable = () => z.refine<string>((value) => value.isWellFormed() && !/[\uFFFE\uFFFF]/.test(value), 'not text that can be stored');
const text = (minimum: number, maximum: number) => z.string().check(z.minLength(minimum), z.maxLength(maximum), storable());
/** RFC 3339 in UTC, of a day that there is. */
export const time = () =>
  z.string().check(
    z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/),
    z.refine((value) => isDate(value), 'no such date'),
  );
/** Date.parse makes the 2nd of March of a 30th of February. */
function isDate(value: string): boolean {
  const ms = Date.parse(value);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(value.slice(0, 10));
}
/** ISO 4217. */
export const currency = () => z.string().check(z.regex(/^[A-Z]{3}$/));

/** A sale’s id, for ever: never used for another sale (protocol.md rule 41). */
export const saleIdSchema = slug();
/** An item’s id within its sale. */
export const skuSchema = slug();
/** The shape of an order’s id. Whether we minted it, OrderIds says. */
export const orderIdSchema = z.string().check(z.regex(/^ord_[0-9A-HJKMNP-TV-Z]{26}$/));
/** Visible ASCII, one character at least. */
const visible = (maximum: number) => new RegExp(`^[\\x21-\\x7e]{1,${maximum}}$`);

/** A customer’s id: a guest’s, or what a shop’s server calls its customer. Visible ASCII. */
export const customerIdSchema = z.string().check(z.regex(visible(limits.customerIdChars)));
/** Header `Idempotency-Key`: the same key, sale and customer is the same order. */
export const idempotencyKeySchema = z.string().check(z.regex(visible(limits.idempotencyKeyChars)));
/** States in which an order can be listed: what the ledger has. */
export const listedStateSchema = z.enum(['held', 'confirmed', 'withdrawn', 'rejected', 'expired', 'cancelled']);
/** States of a sale; they follow from its times and an operator’s halt. */
export const saleStateSchema = z.enum(['scheduled', 'open', 'paused', 'closed']);

function distinct<T>(key: (value: T) => string, message: string) {
  return z.check<T[]>((context) => {
    const seen = new Set<string>();
    for (const [index, value] of context.value.entries()) {
      if (seen.has(key(value))) context.issues.push({ code: 'custom', message, path: [index], input: value });
      seen.add(key(value));
    }
  });
}

const metadataSchema = z.record(text(1, limits.metadataKeyChars), text(0, limits.metadataValueChars)).check(
  z.refine((pairs) => Object.keys(pairs).length <= limits.metadataPairs, `at most ${limits.metadataPairs} pairs`),
  z.refine((pairs) => Buffer.byteLength(JSON.stringify(pairs)) <= limits.metadataBytes, `at most ${limits.metadataBytes} bytes in all`),
);

/**
 * A seat's label: words of visible characters of any script, one space between them, in one of their spellings (Unicode's
 * normal form C), so that two labels that look the same are the same.
 */
const seatLabelSchema = z.string().check(
  z.minLength(1),
  z.maxLength(limits.seatLabelChars),
  z.regex(/^\S+( \S+)*$/),
  z.refine((label) => /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u.test(label), 'has an invisible character'),
  z.refine((label) => label === label.normalize('NFC'), 'not in Unicode normal form C'),
);
const seatsSchema = (maximum: number) =>
  z.array(seatLabelSchema).check(
    z.minLength(1),
    z.maxLength(maximum),
    distinct((label: string) => label, 'this seat is named before'),
  );

const askedLineSchema = z
  .strictObject({ sku: slug(), quantity: whole(1, limits.orderUnits), seats: z.optional(seatsSchema(limits.orderUnits)) })
  .check(
    z.refine(({ quantity, seats }) => seats === undefined || seats.length === quantity, {
      path: ['seats'],
      message: 'as many seats as quantity says',
    }),
  );

/** Body of an order. `customerId`: an operator orders for this customer. */
export const createOrderSchema = z.strictObject({
  lines: z.array(askedLineSchema).check(
    z.minLength(1),
    z.maxLength(limits.orderLines),
    distinct((line: z.infer<typeof askedLineSchema>) => line.sku, 'this sku stands in an earlier line: add the quantities'),
    z.refine(
      (lines) => lines.reduce((sum, line) => sum + line.quantity, 0) <= limits.orderUnits,
      `at most ${limits.orderUnits} units in all`,
    ),
  ),
  reference: z.optional(text(1, limits.referenceChars)),
  metadata: z.optional(metadataSchema),
  customerId: z.optional(customerIdSchema),
});

/** `general`: any unit is as good as another. `assigned`: units are seats with labels. */
export const seatingSchema = z.enum(['general', 'assigned']);

const itemSchema = z
  .strictObject({
    sku: slug(),
    name: text(1, limits.nameChars),
    unitPrice: whole(0, limits.unitPriceMinorMax),
    capacity: z.optional(whole(1, limits.capacityUnits)),
    orderLimit: whole(1, limits.orderUnits),
    seating: seatingSchema,
    seats: z.optional(seatsSchema(limits.seatsPerPut)),
  })
  .check(
    z.refine(({ seating, capacity }) => seating === 'assigned' || capacity !== undefined, { path: ['capacity'], message: 'missing' }),
    z.refine(({ seating, seats }) => seating === 'assigned' || seats === undefined, {
      path: ['seats'],
      message: 'only for assigned seating',
    }),
    z.refine(({ capacity, seats }) => seats === undefined || capacity === undefined || capacity === seats.length, {
      path: ['capacity'],
      message: 'must be the number of seats, or be left out',
    }),
  );

const waitingRoomSchema = z.strictObject({
  enabled: z.literal(false, 'the waiting room is not available yet: only false'),
  admitPerSecond: z.optional(whole(1, limits.admitPerSecondMax)),
  maxActive: z.optional(whole(1, limits.maxActiveMax)),
  admissionSeconds: z.optional(whole(limits.admissionSecondsMin, limits.admissionSecondsMax)),
});

/** Body of a sale’s PUT. It replaces the sale, but for seats that an item leaves out: those stay. */
export const putSaleSchema = z
  .strictObject({
    name: text(1, limits.nameChars),
    opensAt: time(),
    closesAt: time(),
    currency: currency(),
    holdSeconds: whole(limits.holdSecondsMin, limits.holdSecondsMax),
    customerLimit: whole(0, limits.capacityUnits),
    lanes: z.optional(whole(1, limits.lanesPerSale)),
    waitingRoom: z.optional(waitingRoomSchema),
    items: z.array(itemSchema).check(
      z.minLength(1),
      z.maxLength(limits.itemsPerSale),
      distinct((item: z.infer<typeof itemSchema>) => item.sku, 'this sku stands in an earlier item'),
    ),
  })
  .check(
    // Of a time that is none only itself is to be said.
    z.refine((sale) => !(Date.parse(sale.closesAt) <= Date.parse(sale.opensAt)), { path: ['closesAt'], message: 'must be after opensAt' }),
  );

/** Exactly one of the two. */
export const changeStockSchema = z
  .strictObject({ add: z.optional(whole(1, limits.capacityUnits)), withdraw: z.optional(whole(1, limits.withdrawalUnits)) })
  .check(z.refine(({ add, withdraw }) => (add === undefined) !== (withdraw === undefined), 'expected exactly one of add and withdraw'));

const paymentSchema = z.strictObject({
  provider: z.string().check(z.maxLength(limits.paymentProviderChars), z.regex(/^[a-z0-9][a-z0-9-]*$/)),
  id: z.string().check(z.regex(visible(limits.paymentIdChars))),
  amount: whole(0, limits.paymentMinorMax),
  currency: currency(),
});

/** Body of a confirmation: a payment, its `amount` in minor units of its `currency`. */
export const confirmOrderSchema = z.strictObject({ payment: paymentSchema });

/** A call that takes no body takes an empty one too. */
export const emptySchema = z.optional(z.strictObject({}));

/** A sale as an operator puts it, checked. */
export type PutSaleBody = z.infer<typeof putSaleSchema>;
