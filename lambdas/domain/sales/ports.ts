import type { Item, Sale } from './sale.ts';
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

/** An item of assigned seating, as far as its seats are concerned. */
export type SeatedItem = Pick<Item, 'sku' | 'capacity'> & { readonly seatMap: string };

/** The labels of seats, apart from the sale that names them: the seat at index u is unit u. Throws UnavailableError. */
export interface SeatMapReads {
  /**
   * Strongly consistent. Throws UnavailableError also where the list is not whole: whoever names it has read a version
   * of the sale that two later ones have replaced.
   */
  read(saleId: string, item: SeatedItem): Promise<string[]>;
}

/** What an operator's PUT needs beside. Every operation may be repeated. */
export interface SeatMaps extends SeatMapReads {
  write(saleId: string, item: SeatedItem, seats: readonly string[]): Promise<void>;
  /**
   * Removes the lists that were written for this version of the sale or an earlier one and that it does not name. Safe
   * beside other writers: a later version names only lists that this one names, or that were written for it.
   */
  prune(sale: Sale): Promise<void>;
}

/** The seats of an item, to be looked up both ways. */
export interface Seats {
  readonly labels: readonly string[];
  /** Undefined: there is no such seat. */
  readonly unitOf: (label: string) => number | undefined;
}

/** The near cache in front of the seat maps: one load at a time for each, kept for long, since a map never changes. */
export interface SeatMapReader {
  seats(saleId: string, item: SeatedItem): Promise<Seats>;
}

/** The near cache in front of the catalog: one load at a time for each key. */
export interface SaleReader {
  /** At most limits.saleCacheMs old. */
  sale(saleId: string): Promise<Sale | undefined>;
  idsByTag(tag: string): Promise<string[]>;
}
