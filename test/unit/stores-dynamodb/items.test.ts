import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { limits } from '../../../lambdas/contracts/limits.ts';
import { orderStates } from '../../../lambdas/contracts/messages.ts';
import { CorruptionError } from '../../../lambdas/domain/kernel/faults.ts';
import type { Order } from '../../../lambdas/domain/orders/order.ts';
import type { Claim } from '../../../lambdas/domain/orders/ports.ts';
import type { Sale } from '../../../lambdas/domain/sales/sale.ts';
import { fromClaimItem, toClaimItem } from '../../../lambdas/stores/dynamodb/claim-item.ts';
import { fromOrderItem, toOrderItem } from '../../../lambdas/stores/dynamodb/order-item.ts';
import { seatMapName } from '../../../lambdas/domain/sales/seat-map.ts';
import { toSeatChunk } from '../../../lambdas/stores/dynamodb/seat-chunk-item.ts';
import { fromSaleItem, toSaleItem } from '../../../lambdas/stores/dynamodb/sale-item.ts';
import { itemBytes } from '../../support/item-size.ts';

const epochMs = fc.integer({ min: 0, max: 4_102_444_800_000 });
const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/);
const orderId = fc.stringMatching(/^ord_[0-9A-HJKMNP-TV-Z]{26}$/);
const customerId = fc.stringMatching(/^[\x21-\x7e]{1,128}$/);
const unit = fc.nat({ max: limits.capacityUnits - 1 });
const anyText = fc.string({ unit: 'grapheme', maxLength: 100 });

const payment = fc.record(
  {
    provider: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,39}$/),
    id: fc.stringMatching(/^[\x21-\x7e]{1,255}$/),
    amountMinor: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    currency: fc.constantFrom('EUR', 'JPY'),
  },
  { noNullPrototype: true },
);

/** Members that may be missing are missing, never undefined: as the store has it. */
const order: fc.Arbitrary<Order> = fc.record(
  {
    orderId,
    saleId: id,
    customerId,
    fingerprint: fc.string({ minLength: 1, maxLength: 22 }),
    state: fc.constantFrom(...orderStates),
    version: fc.nat({ max: 20 }),
    currency: fc.constantFrom('EUR', 'JPY'),
    lines: fc.array(
      fc.record(
        {
          sku: id,
          quantity: fc.integer({ min: 1, max: 50 }),
          unitPriceMinor: fc.nat({ max: limits.unitPriceMinorMax }),
          units: fc.array(unit, { maxLength: 50 }),
          seats: fc.array(anyText, { maxLength: 50 }),
        },
        { requiredKeys: ['sku', 'quantity', 'unitPriceMinor', 'units'], noNullPrototype: true },
      ),
      { maxLength: limits.orderLines },
    ),
    acceptedAtMs: epochMs,
    countedUnits: fc.nat({ max: 97 }),
    heldAtMs: epochMs,
    holdExpiresAtMs: epochMs,
    confirmedAtMs: epochMs,
    closedAtMs: epochMs,
    reason: fc.constantFrom('sold-out', 'seat-taken', 'customer-limit'),
    reference: anyText,
    metadata: fc.dictionary(anyText, anyText, { maxKeys: limits.metadataPairs }),
    customerLimit: fc.nat(),
    payment,
    refunds: fc.array(payment, { maxLength: limits.orderRefunds }),
  },
  {
    requiredKeys: ['orderId', 'saleId', 'customerId', 'fingerprint', 'state', 'version', 'currency', 'lines', 'acceptedAtMs'],
    noNullPrototype: true,
  },
);

const claim: fc.Arbitrary<Claim> = fc.record(
  { sku: id, unit, orderId, version: fc.integer({ min: 1, max: 20 }), customerId, holdExpiresAtMs: epochMs },
  { requiredKeys: ['sku', 'unit', 'orderId', 'version'], noNullPrototype: true },
);

const sale: fc.Arbitrary<Sale> = fc.record(
  {
    saleId: id,
    tag: fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{3}$/),
    version: fc.integer({ min: 1 }),
    gateVersion: fc.integer({ min: 1 }),
    name: anyText,
    opensAtMs: epochMs,
    closesAtMs: epochMs,
    currency: fc.constantFrom('EUR', 'JPY'),
    holdSeconds: fc.nat(),
    customerLimit: fc.nat(),
    highestCustomerLimit: fc.nat(),
    lanes: fc.integer({ min: 1, max: 16 }),
    waitingRoom: fc.record(
      { enabled: fc.boolean(), admitPerSecond: fc.nat(), maxActive: fc.nat(), admissionSeconds: fc.nat() },
      { noNullPrototype: true },
    ),
    items: fc.array(
      fc.record(
        {
          sku: id,
          name: anyText,
          unitPriceMinor: fc.nat(),
          capacity: fc.nat(),
          orderLimit: fc.nat(),
          seatMap: fc.stringMatching(/^v\d{1,9}-[\w-]{22}$/),
        },
        { requiredKeys: ['sku', 'name', 'unitPriceMinor', 'capacity', 'orderLimit'], noNullPrototype: true },
      ),
      { maxLength: 20 },
    ),
    halt: fc.constantFrom('none', 'paused', 'closed'),
    stockInUse: fc.boolean(),
  },
  { noNullPrototype: true },
);

/** 1 unit, a reference. */
const small: Order = {
  orderId: 'ord_G052B6JBCDTT4YWFVSWPPMKWPV',
  saleId: 'spring-drop',
  customerId: 'gst_01JD9Z4T7Q8XK3M5N2P6R9S0VW',
  fingerprint: 'Zm9yIHRlc3RzIG9ubHkuLi',
  state: 'held',
  version: 1,
  currency: 'EUR',
  lines: [{ sku: 'shirt', quantity: 1, unitPriceMinor: 4999, units: [4711] }],
  acceptedAtMs: 1_795_341_600_123,
  heldAtMs: 1_795_341_600_150,
  holdExpiresAtMs: 1_795_342_200_150,
  reference: 'PO 4711',
};

describe('items', () => {
  test('any order survives its item', () => {
    fc.assert(fc.property(order, (one) => expect(fromOrderItem(toOrderItem(one))).toEqual(one)));
  });

  test('any claim survives its item', () => {
    fc.assert(fc.property(id, claim, (saleId, one) => expect(fromClaimItem(toClaimItem(saleId, one))).toEqual(one)));
  });

  test('any sale survives its item', () => {
    fc.assert(fc.property(sale, (one) => expect(fromSaleItem(toSaleItem(one))).toEqual(one)));
  });

  test('an item that lacks an attribute, or has a state nobody knows, is corruption with its name', () => {
    const [one] = fc.sample(order, { numRuns: 1, seed: 1 });
    const { f: _fingerprint, ...lacking } = toOrderItem(one as Order);
    expect(() => fromOrderItem(lacking)).toThrow(new CorruptionError('stored item: attribute f should be text'));
    expect(() => fromOrderItem({ ...toOrderItem(one as Order), s: { S: 'sold' } })).toThrow(CorruptionError);
    expect(() => fromOrderItem({})).toThrow(CorruptionError);
  });

  test('an order of 1 line and 1 unit with a reference is 180 bytes, its claim 100', () => {
    expect(itemBytes(toOrderItem(small))).toBe(180);
    const { orderId, customerId, holdExpiresAtMs } = small;
    const hints = { customerId, ...(holdExpiresAtMs === undefined ? {} : { holdExpiresAtMs }) };
    expect(itemBytes(toClaimItem('spring-drop', { sku: 'shirt', unit: 4711, orderId, version: 1, ...hints }))).toBe(100);
  });

  test('paid through Stripe, under a limit, it is 251 bytes; with the longest payments, 10 of them to be paid back, 3,669', () => {
    const payment = { provider: 'stripe', id: 'pi_3MtwBwLkdIwHu7ix28a3tqPa', amountMinor: 4999, currency: 'EUR' };
    const paid: Order = {
      ...small,
      state: 'confirmed',
      version: 2,
      confirmedAtMs: small.acceptedAtMs,
      countedUnits: 1,
      customerLimit: 4,
      payment,
    };
    expect(itemBytes(toOrderItem(paid))).toBe(251);
    const longest = {
      ...payment,
      amountMinor: 99_999_999,
      provider: 'p'.repeat(limits.paymentProviderChars),
      id: 'i'.repeat(limits.paymentIdChars),
    };
    const refunds = Array.from({ length: limits.orderRefunds }, () => longest);
    expect(itemBytes(toOrderItem({ ...paid, payment: longest, refunds }))).toBe(3669);
  });

  test.each<[string, string, number, number]>([
    ['5 characters', 'R12-7', 673, 1015],
    [`${limits.seatLabelChars} ASCII characters`, 's'.repeat(limits.seatLabelChars), 2423, 2765],
    [`${limits.seatLabelChars} characters of three bytes`, '座'.repeat(limits.seatLabelChars), 6423, 6765],
  ])('an order of 50 seats of %s: %d bytes as an item, %d in the queue and the gate', (_, label, orderBytes, messageBytes) => {
    const seats = Array.from({ length: limits.orderUnits }, () => label);
    const units = seats.map((__, index) => 1000 + index);
    const one: Order = {
      orderId: 'ord_G052B6JBCDTT4YWFVSWPPMKWPV',
      saleId: 'spring-drop',
      customerId: 'gst_01JD9Z4T7Q8XK3M5N2P6R9S0VW',
      fingerprint: 'Zm9yIHRlc3RzIG9ubHkuLi',
      state: 'held',
      version: 1,
      currency: 'EUR',
      lines: [{ sku: 'stalls', quantity: limits.orderUnits, unitPriceMinor: 4999, units, seats }],
      acceptedAtMs: 1_795_341_600_123,
      heldAtMs: 1_795_341_600_150,
      holdExpiresAtMs: 1_795_342_200_150,
    };
    expect([itemBytes(toOrderItem(one)), Buffer.byteLength(JSON.stringify(one))]).toEqual([orderBytes, messageBytes]);
  });

  test.each([
    ['R12-7', 6067],
    ['座'.repeat(limits.seatLabelChars), 121_067],
  ])('a chunk of 1,000 seats like %s: %d bytes', (label, bytes) => {
    const chunk = Array.from({ length: limits.seatsPerChunk }, () => label);
    expect(itemBytes(toSeatChunk('spring-drop', 'stalls', seatMapName(1, chunk), 0, chunk))).toBe(bytes);
  });
});
