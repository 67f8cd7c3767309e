import type { CommitRequest, Order, OrderLine } from '../../lambdas/domain/orders/order.ts';
import type { Claim } from '../../lambdas/domain/orders/ports.ts';

/** A moment in the life of the sales of these tests. */
export const nowMs = Date.UTC(2026, 10, 22, 10);
export const holdSeconds = 600;

/** The order id that ends in this letter: `ord_AAAA…`. */
export function idOf(letter: string): string {
  return `ord_${letter.repeat(26).slice(0, 26)}`;
}

export interface Wanted {
  readonly saleId: string;
  /** One letter or digit; the order's id repeats it. */
  readonly letter: string;
  /** Quantity of each sku. */
  readonly lines: Readonly<Record<string, number>>;
  /** Further lines, of assigned seating: the units of their seats, by sku. */
  readonly seats?: Readonly<Record<string, readonly number[]>>;
  readonly customerId?: string;
  readonly customerLimit?: number;
  readonly fingerprint?: string;
  readonly acceptedAtMs?: number;
}

/** A request as accept-order makes it: no units yet, but for those of seats. */
export function requestOf({ saleId, letter, lines, seats = {}, ...rest }: Wanted): CommitRequest {
  const seated = Object.entries(seats).map(([sku, units]) => ({
    sku,
    quantity: units.length,
    unitPriceMinor: 4999,
    units: [...units],
    seats: units.map((unit) => `seat ${unit}`),
  }));
  return {
    order: {
      orderId: idOf(letter),
      saleId,
      customerId: rest.customerId ?? `customer-${letter}`,
      fingerprint: rest.fingerprint ?? `fingerprint-${letter}`,
      state: 'accepted',
      version: 0,
      currency: 'EUR',
      lines: [...Object.entries(lines).map(([sku, quantity]) => ({ sku, quantity, unitPriceMinor: 4999, units: [] })), ...seated],
      acceptedAtMs: rest.acceptedAtMs ?? nowMs,
      reference: `reference "${letter}" \u001e é`,
    },
    customerLimit: rest.customerLimit ?? 0,
    holdSeconds,
    gateVersion: 1,
  };
}

/** The order of a request at a version of the ledger; `held` at 1 unless told. */
export function imageOf(request: CommitRequest, changes: Partial<Order> = {}): Order {
  return {
    ...request.order,
    state: 'held',
    version: 1,
    heldAtMs: nowMs,
    holdExpiresAtMs: nowMs + holdSeconds * 1000,
    ...changes,
  };
}

/** The same lines with these units. */
export function linesWith(lines: readonly OrderLine[], units: Readonly<Record<string, readonly number[]>>): OrderLine[] {
  return lines.map((line) => ({ ...line, units: [...(units[line.sku] ?? [])] }));
}

export function claimOf(sku: string, unit: number, letter: string, changes: Partial<Claim> = {}): Claim {
  return {
    sku,
    unit,
    orderId: idOf(letter),
    version: 1,
    customerId: `customer-${letter}`,
    holdExpiresAtMs: nowMs + holdSeconds * 1000,
    ...changes,
  };
}

/** Units by sku. */
export function unitsOf(order: Order): Record<string, number[]> {
  return Object.fromEntries(order.lines.map((line) => [line.sku, line.units]));
}
