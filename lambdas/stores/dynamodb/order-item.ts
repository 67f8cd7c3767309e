import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { orderStates } from '../../contracts/messages.ts';
import { orderIndex, tables } from '../../contracts/tables.ts';
import { CorruptionError } from '../../domain/kernel/faults.ts';
import type { Order, OrderLine, Payment } from '../../domain/orders/order.ts';
import { number, optional, readList, readMap, readNumber, readOptional, readText, readTexts, text, type Item } from './attributes.ts';
import { orderIdOf, orderIndexKey, orderKey } from './keys.ts';

/**
 * Attributes of an order item. DynamoDB bills by the byte, names included, and a write of an item over 1 KB costs
 * double: so they are short. None is a reserved word, so expressions name them as they are. orderId, saleId and
 * acceptedAtMs are in the keys and stored nowhere else.
 */
export const orderAttributes = {
  state: 's',
  version: 'v',
  customerId: 'c',
  fingerprint: 'f',
  currency: 'u',
  lines: 'l',
  countedUnits: 'q',
  heldAtMs: 'h',
  holdExpiresAtMs: 'e',
  confirmedAtMs: 'p',
  closedAtMs: 'd',
  reason: 'r',
  reference: 'n',
  metadata: 'm',
  customerLimit: 'b',
  payment: 'y',
  refunds: 'x',
} as const;

const lineAttributes = { sku: 'k', quantity: 'q', unitPriceMinor: 'p', units: 'n', seats: 's' } as const;
const paymentAttributes = { provider: 'p', id: 'i', amountMinor: 'a', currency: 'u' } as const;
const rejections = ['sold-out', 'seat-taken', 'customer-limit'] as const satisfies readonly NonNullable<Order['reason']>[];

/** The item of an order, its key and index key included. A closed order keeps the units it had: the gate clears them (rule 2). */
export function toOrderItem(order: Order): Item {
  const a = orderAttributes;
  return {
    ...orderKey(order.orderId),
    ...orderIndexKey(order.saleId, order.orderId, order.acceptedAtMs),
    [a.state]: text(order.state),
    [a.version]: number(order.version),
    [a.customerId]: text(order.customerId),
    [a.fingerprint]: text(order.fingerprint),
    [a.currency]: text(order.currency),
    [a.lines]: { L: order.lines.map(toLine) },
    ...optional(a.countedUnits, order.countedUnits, number),
    ...optional(a.heldAtMs, order.heldAtMs, number),
    ...optional(a.holdExpiresAtMs, order.holdExpiresAtMs, number),
    ...optional(a.confirmedAtMs, order.confirmedAtMs, number),
    ...optional(a.closedAtMs, order.closedAtMs, number),
    ...optional(a.reason, order.reason, text),
    ...optional(a.reference, order.reference, text),
    ...optional(a.metadata, order.metadata, toMetadata),
    ...optional(a.customerLimit, order.customerLimit, number),
    ...optional(a.payment, order.payment, toPayment),
    ...optional(a.refunds, order.refunds, toPayments),
  };
}

/** The order of a stored item. Throws CorruptionError when the item is none. */
export function fromOrderItem(item: Item): Order {
  const a = orderAttributes;
  return {
    orderId: orderIdOf(readText(item, tables.orders.partitionKey), readText(item, tables.orders.sortKey)),
    saleId: saleIdOf(readText(item, orderIndex.partitionKey)),
    customerId: readText(item, a.customerId),
    fingerprint: readText(item, a.fingerprint),
    state: oneOf(orderStates, readText(item, a.state)),
    version: readNumber(item, a.version),
    currency: readText(item, a.currency),
    lines: readList(item, a.lines).map(fromLine),
    acceptedAtMs: readNumber(item, orderIndex.sortKey),
    ...readOptional(item, a.countedUnits, 'countedUnits', readNumber),
    ...readOptional(item, a.heldAtMs, 'heldAtMs', readNumber),
    ...readOptional(item, a.holdExpiresAtMs, 'holdExpiresAtMs', readNumber),
    ...readOptional(item, a.confirmedAtMs, 'confirmedAtMs', readNumber),
    ...readOptional(item, a.closedAtMs, 'closedAtMs', readNumber),
    ...readOptional(item, a.reason, 'reason', (from, name) => oneOf(rejections, readText(from, name))),
    ...readOptional(item, a.reference, 'reference', readText),
    ...readOptional(item, a.metadata, 'metadata', fromMetadata),
    ...readOptional(item, a.customerLimit, 'customerLimit', readNumber),
    ...readOptional(item, a.payment, 'payment', (from, name) => fromPayment(readMap(from, name))),
    ...readOptional(item, a.refunds, 'refunds', (from, name) => readList(from, name).map((one) => fromPayment(readMap({ one }, 'one')))),
  };
}

function toLine(line: OrderLine): AttributeValue {
  return {
    M: {
      [lineAttributes.sku]: text(line.sku),
      [lineAttributes.quantity]: number(line.quantity),
      [lineAttributes.unitPriceMinor]: number(line.unitPriceMinor),
      [lineAttributes.units]: { L: line.units.map(number) },
      ...optional(lineAttributes.seats, line.seats, (seats) => ({ L: seats.map(text) })),
    },
  };
}

function fromLine(value: AttributeValue): OrderLine {
  const line = readMap({ line: value }, 'line');
  return {
    sku: readText(line, lineAttributes.sku),
    quantity: readNumber(line, lineAttributes.quantity),
    unitPriceMinor: readNumber(line, lineAttributes.unitPriceMinor),
    units: readList(line, lineAttributes.units).map((unit) => readNumber({ unit }, 'unit')),
    ...readOptional(line, lineAttributes.seats, 'seats', readTexts),
  };
}

/** A payment as stored. */
export function toPayment({ provider, id, amountMinor, currency }: Payment): AttributeValue {
  const a = paymentAttributes;
  return { M: { [a.provider]: text(provider), [a.id]: text(id), [a.amountMinor]: number(amountMinor), [a.currency]: text(currency) } };
}

/** Payments as stored. */
export function toPayments(payments: readonly Payment[]): AttributeValue {
  return { L: payments.map(toPayment) };
}

function fromPayment(stored: Item): Payment {
  const a = paymentAttributes;
  return {
    provider: readText(stored, a.provider),
    id: readText(stored, a.id),
    amountMinor: readNumber(stored, a.amountMinor),
    currency: readText(stored, a.currency),
  };
}

function toMetadata(metadata: Readonly<Record<string, string>>): AttributeValue {
  return { M: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, text(value)])) };
}

function fromMetadata(item: Item, name: string): Record<string, string> {
  const stored = readMap(item, name);
  return Object.fromEntries(Object.keys(stored).map((key) => [key, readText(stored, key)]));
}

function saleIdOf(indexPartition: string): string {
  return indexPartition.slice(0, indexPartition.indexOf('#'));
}

function oneOf<T extends string>(known: readonly T[], stored: string): T {
  const found = known.find((value) => value === stored);
  if (found === undefined) throw new CorruptionError(`stored order: expected one of ${known.join(', ')}, got ${stored}`);
  return found;
}
