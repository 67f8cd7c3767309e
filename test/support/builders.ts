import { OrderIds } from '../../lambdas/domain/orders/order-id.ts';
import type { CommitRequest, Order } from '../../lambdas/domain/orders/order.ts';
import type { SaleDraft } from '../../lambdas/domain/sales/put-sale.ts';
import type { Item, Sale } from '../../lambdas/domain/sales/sale.ts';

/** A moment while the sale of these builders is open (epoch ms). */
export const nowMs = Date.UTC(2026, 10, 22, 10);
export const holdSeconds = 600;
/** Ids of orders, under a key of the tests. */
export const ids = new OrderIds(new TextEncoder().encode('a key for tests'));

/** An item of 10 units at 49.99 with at most 4 in one order. */
export function itemOf(changes: Partial<Item> = {}): Item {
  return { sku: 'shirt', name: 'Shirt', unitPriceMinor: 4999, capacity: 10, orderLimit: 4, ...changes };
}

/** The sale `drop`, open for an hour on both sides of nowMs, without customer limit. */
export function saleOf(changes: Partial<Sale> = {}): Sale {
  const saleId = changes.saleId ?? 'drop';
  return {
    saleId,
    tag: ids.saleTag(saleId),
    version: 1,
    gateVersion: 1,
    name: 'Drop',
    opensAtMs: nowMs - 3_600_000,
    closesAtMs: nowMs + 3_600_000,
    currency: 'EUR',
    holdSeconds,
    customerLimit: 0,
    highestCustomerLimit: changes.customerLimit ?? 0,
    lanes: 1,
    waitingRoom: { enabled: false, admitPerSecond: 50, maxActive: 10_000, admissionSeconds: 600 },
    items: [itemOf()],
    halt: 'none',
    stockInUse: false,
    ...changes,
  };
}

/** The draft that brings this sale: general items as they are, seated ones with the seats they have. */
export function draftOf(changes: Partial<Sale> = {}): SaleDraft {
  const {
    version: _,
    gateVersion: ______,
    tag: __,
    highestCustomerLimit: ___,
    halt: ____,
    stockInUse: _____,
    items,
    ...draft
  } = saleOf(changes);
  return {
    ...draft,
    items: items.map(({ capacity, seatMap, ...terms }) =>
      seatMap === undefined ? { ...terms, capacity, seating: 'general' } : { ...terms, seating: 'assigned' },
    ),
  };
}

/** What an order is about, where it differs: units of `shirt` by default. */
export interface Wish {
  readonly key?: string;
  readonly customerId?: string;
  readonly saleId?: string;
  readonly units?: readonly number[];
  readonly lines?: readonly { readonly sku: string; readonly units: readonly number[] }[];
  readonly changes?: Partial<Order>;
}

/** An accepted order (version 0) with its units set aside. */
export function acceptedOrder({ key = 'k1', customerId = 'ann', saleId = 'drop', units = [0], lines, changes }: Wish = {}): Order {
  return {
    orderId: ids.derive(saleId, customerId, key),
    saleId,
    customerId,
    fingerprint: 'Zm9yIHRlc3RzIG9ubHkuLi',
    state: 'accepted',
    version: 0,
    currency: 'EUR',
    lines: (lines ?? [{ sku: 'shirt', units }]).map((line) => ({
      sku: line.sku,
      quantity: line.units.length,
      unitPriceMinor: 4999,
      units: [...line.units],
    })),
    acceptedAtMs: nowMs,
    ...changes,
  };
}

/** The same order as the ledger holds it at version 1, `held` unless told. */
export function heldOrder(wish: Wish = {}): Order {
  const accepted = acceptedOrder(wish);
  return { ...accepted, state: 'held', version: 1, heldAtMs: nowMs, holdExpiresAtMs: nowMs + holdSeconds * 1000, ...wish.changes };
}

export function requestOf(wish: Wish & { readonly customerLimit?: number } = {}): CommitRequest {
  return { order: acceptedOrder(wish), customerLimit: wish.customerLimit ?? 0, holdSeconds, gateVersion: 1 };
}
