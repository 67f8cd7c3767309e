import type { SaleCatalog } from './ports.ts';
import type { Item, Sale } from './sale.ts';
import { recordStockOperation, type RecordOutcome, type StockOperation } from './stock-operation.ts';
import type { StockGate } from '../stock/ports.ts';

/** What an addition is answered. */
export type AddOutcome =
  | { readonly kind: 'added'; readonly sale: Sale; readonly item: Item; readonly replayed: boolean }
  | Exclude<RecordOutcome, { readonly kind: 'recorded' }>;

/**
 * Adds units (protocol.md rule 24): ledger first, once by its key, then the gate by maximum. Repeating it, also days
 * later, adds nothing and tells the gate again, in case we died in between. Throws UnavailableError.
 */
export async function addUnits(
  deps: {
    readonly catalog: Pick<SaleCatalog, 'read' | 'operation' | 'write'>;
    readonly gate: Pick<StockGate, 'setCapacity'>;
  },
  operation: StockOperation,
): Promise<AddOutcome> {
  const outcome = await recordStockOperation(deps.catalog, operation);
  if (outcome.kind !== 'recorded') return outcome;
  await deps.gate.setCapacity(outcome.sale, operation.sku, outcome.item.capacity);
  return { ...outcome, kind: 'added' };
}
