import { limits } from '../../contracts/limits.ts';
import { UnavailableError } from '../kernel/faults.ts';
import type { SaleCatalog } from './ports.ts';
import { isSeated, type Item, type Sale } from './sale.ts';

/** What an operator asked of a stock under an Idempotency-Key; kept for ever, so that a key means one thing. */
export interface StockOperation {
  readonly saleId: string;
  readonly idempotencyKey: string;
  readonly kind: 'add' | 'withdraw';
  readonly sku: string;
  readonly units: number;
}

/** What became of the record of an operation. */
export type RecordOutcome =
  /** `replayed`: recorded before, by the same request. */
  | { readonly kind: 'recorded'; readonly sale: Sale; readonly item: Item; readonly replayed: boolean }
  | { readonly kind: 'sale-not-found' }
  | { readonly kind: 'unknown-sku' }
  /** Units that may still be added. */
  | { readonly kind: 'over-capacity'; readonly units: number }
  /** A unit of assigned seating has a seat: it is added by a put that names it. */
  | { readonly kind: 'seats-needed' }
  | { readonly kind: 'idempotency-key-reused' };

/**
 * Records an operation together with the change of its sale, both or neither, once and for ever by its key (protocol.md
 * rules 24 and 25): an addition raises the capacity; either pins the stock, which may only grow from then on. Throws
 * UnavailableError; the same call may then be repeated.
 * @param admit Asked before an operation that is not recorded yet is: what it refuses leaves no trace.
 */
export async function recordStockOperation<Refusal = never>(
  catalog: Pick<SaleCatalog, 'read' | 'operation' | 'write'>,
  operation: StockOperation,
  admit?: () => Promise<Refusal | undefined>,
): Promise<RecordOutcome | Refusal> {
  for (let attempt = 0; attempt < limits.saleWriteAttempts; attempt += 1) {
    // Before the sale is read, so that a sale read for a known operation has it in.
    const known = await catalog.operation(operation.saleId, operation.idempotencyKey);
    const stored = await catalog.read(operation.saleId);
    if (!stored) return { kind: 'sale-not-found' };
    const item = stored.items.find(({ sku }) => sku === operation.sku);
    if (!item) return { kind: 'unknown-sku' };
    if (known && !isSame(known, operation)) return { kind: 'idempotency-key-reused' };
    if (known) return { kind: 'recorded', sale: stored, item, replayed: true };
    if (operation.kind === 'add' && isSeated(item)) return { kind: 'seats-needed' };
    const added = operation.kind === 'add' ? operation.units : 0;
    if (item.capacity + added > limits.capacityUnits) return { kind: 'over-capacity', units: limits.capacityUnits - item.capacity };
    const refusal = await admit?.();
    if (refusal) return refusal;
    const changed = { ...item, capacity: item.capacity + added };
    const sale: Sale = {
      ...stored,
      version: stored.version + 1,
      stockInUse: true,
      items: stored.items.map((one) => (one === item ? changed : one)),
    };
    if ((await catalog.write(sale, operation)) === 'written') return { kind: 'recorded', sale, item: changed, replayed: false };
  }
  throw new UnavailableError('catalog', `the sale changed ${limits.saleWriteAttempts} times while it was being written`);
}

function isSame(a: StockOperation, b: StockOperation): boolean {
  return a.kind === b.kind && a.sku === b.sku && a.units === b.units;
}
