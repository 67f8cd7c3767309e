import { OrderIds } from '../../lambdas/domain/orders/order-id.ts';
import type { CommitRequest, Order, Payment } from '../../lambdas/domain/orders/order.ts';
import type { Claim, OrderLedger } from '../../lambdas/domain/orders/ports.ts';

/** When the samples were accepted. Times are made up; nothing here looks at a clock. */
export const acceptedAtMs = Date.UTC(2026, 10, 22, 10, 0, 0);
/** When they are committed. */
export const heldAtMs = acceptedAtMs + 150;
const holdSeconds = 600;
/** When their holds end. */
export const holdExpiresAtMs = heldAtMs + holdSeconds * 1000;

const ids = new OrderIds(new TextEncoder().encode('a key for tests'));
let sales = 0;

/** A sale id that no other test of this process uses. */
export function newSaleId(): string {
  sales += 1;
  return `spring-drop-${sales}`;
}

/** What an order is to be like; all but the sale has a default. */
export interface Wish {
  readonly saleId: string;
  readonly customerId?: string;
  /** Idempotency key: another key is another order. */
  readonly key?: string;
  /** Units of the sku `shirt`, unless lines are given. */
  readonly units?: readonly number[];
  readonly lines?: readonly { readonly sku: string; readonly units: readonly number[] }[];
  readonly limit?: number;
  readonly fingerprint?: string;
  readonly extra?: Partial<Order>;
}

/** The commit request of a wish. */
export function requestOf({
  saleId,
  customerId = 'ann',
  key = 'k1',
  units = [0],
  lines,
  limit = 0,
  fingerprint,
  extra,
}: Wish): CommitRequest {
  return {
    order: {
      orderId: ids.derive(saleId, customerId, key),
      saleId,
      customerId,
      fingerprint: fingerprint ?? 'Zm9yIHRlc3RzIG9ubHkuLi',
      state: 'accepted',
      version: 0,
      currency: 'EUR',
      lines: (lines ?? [{ sku: 'shirt', units }]).map((line) => ({
        sku: line.sku,
        quantity: line.units.length,
        unitPriceMinor: 4999,
        units: [...line.units],
      })),
      acceptedAtMs,
      ...extra,
    },
    customerLimit: limit,
    holdSeconds,
    gateVersion: 1,
  };
}

/** The image that the ledger must hold after a commit of the request. */
export function heldImage({ order, customerLimit }: CommitRequest): Order {
  const counted = order.lines.reduce((sum, line) => sum + line.quantity, 0);
  return {
    ...order,
    state: 'held',
    version: 1,
    heldAtMs,
    holdExpiresAtMs,
    ...(customerLimit > 0 ? { countedUnits: counted, customerLimit } : {}),
  };
}

/** The tombstone of an order that never was live. */
export function closedImage({ order }: CommitRequest, state: 'rejected' | 'cancelled' = 'cancelled'): Order {
  return {
    ...order,
    state,
    version: 1,
    closedAtMs: heldAtMs,
    ...(state === 'rejected' ? { reason: 'sold-out' as const } : {}),
    lines: order.lines.map((line) => ({ ...line, units: [] })),
  };
}

/** A payment of 49.99 EUR by its id. */
export function paymentOf(id = 'pay-1'): Payment {
  return { provider: 'bank', id, amountMinor: 4999, currency: 'EUR' };
}

/** The claims of an image's units, in the order of the units. */
export function claimsOf({ orderId, customerId, version, lines, holdExpiresAtMs: end }: Order): Claim[] {
  return lines.flatMap(({ sku, units }) =>
    units.map((unit) => ({ sku, unit, orderId, version, customerId, ...(end === undefined ? {} : { holdExpiresAtMs: end }) })),
  );
}

/** Units counted against one customer's limit. */
export async function allowanceOf(ledger: OrderLedger, saleId: string, customerId: string): Promise<number | undefined> {
  return (await ledger.allowances(saleId, [customerId])).get(customerId);
}

/** All claims of a sku, by unit. */
export async function readClaims(ledger: OrderLedger, saleId: string, sku = 'shirt', toUnit = 10_000_000): Promise<Claim[]> {
  const found: Claim[] = [];
  for await (const page of ledger.claims(saleId, sku, { fromUnit: 0, toUnit })) found.push(...page);
  return found.toSorted((a, b) => a.unit - b.unit);
}

/** [0, count) */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
