import type { Sale } from './sale.ts';
import type { StockOperation } from './stock-operation.ts';

/** The sales (DynamoDB). Throws UnavailableError. */
export interface SaleCatalog {
  /** Strongly consistent. */
  read(saleId: string): Promise<Sale | undefined>;
  /** By sale id, those after the given one. */
  list(options: { readonly limit: number; readonly afterSaleId?: string }): Promise<{ readonly sales: Sale[]; readonly more: boolean }>;
  /** Ids of the sales with this tag: one as a rule, a few at most. Never changes for a sale. */
  idsByTag(tag: string): Promise<string[]>;
  /**
   * Written only if the stored version is `sale.version − 1` (version 1: only if there is none); with an operation also
   * only if none is recorded under its key, and then both are written or neither.
   */
  write(sale: Sale, operation?: StockOperation): Promise<'written' | 'conflict'>;
  /** What was recorded under the key. Strongly consistent. */
  operation(saleId: string, idempotencyKey: string): Promise<StockOperation | undefined>;
}

/** The near cache in front of the catalog: one load at a time for each key. */
export interface SaleReader {
  /** At most limits.saleCacheMs old. */
  sale(saleId: string): Promise<Sale | undefined>;
  idsByTag(tag: string): Promise<string[]>;
}
