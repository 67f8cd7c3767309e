import type { Sale } from './sale.ts';

/** The sales (DynamoDB). Throws UnavailableError. */
export interface SaleCatalog {
  /** Strongly consistent. */
  read(saleId: string): Promise<Sale | undefined>;
  /** By sale id, those after the given one. */
  list(options: { readonly limit: number; readonly afterSaleId?: string }): Promise<{ readonly sales: Sale[]; readonly more: boolean }>;
  /** Written only if the stored version is `sale.version − 1` (version 1: only if there is none). */
  write(sale: Sale): Promise<'written' | 'conflict'>;
}

/** The near cache in front of the catalog's `read`: at most limits.saleCacheMs old, one load at a time for each sale. */
export interface SaleReader {
  sale(saleId: string): Promise<Sale | undefined>;
}
