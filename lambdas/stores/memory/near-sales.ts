import { LRUCache, type Perf } from 'lru-cache';
import { limits } from '../../contracts/limits.ts';
import type { SaleCatalog, SaleReader } from '../../domain/sales/ports.ts';
import type { Sale } from '../../domain/sales/sale.ts';

/** Stands for "there is none": a negative entry keeps guessed ids off the table. */
const none = Symbol('no such sale');

/**
 * Near cache of the sales: in the function's environment, limits.saleCacheMs, one load at a time for each key
 * (single flight). Stale by that much an order may be judged by the sale as it was; an absent sale is remembered
 * as long. Tags never change for a sale, so they are kept longer; an unknown tag is not kept.
 */
export class NearSales implements SaleReader {
  readonly #sales: LRUCache<string, Sale | typeof none, undefined>;
  readonly #tags: LRUCache<string, string[], undefined>;

  constructor(catalog: Pick<SaleCatalog, 'read' | 'idsByTag'>, perf: Perf = performance) {
    this.#sales = new LRUCache({
      max: limits.saleCacheEntries,
      ttl: limits.saleCacheMs,
      ttlResolution: 0,
      perf,
      fetchMethod: async (saleId, _, { options }) => {
        const begunMs = perf.now();
        const sale = await catalog.read(saleId);
        // It is as old as the begin of its read; a rest of 0 would mean for ever.
        options.ttl = Math.max(1, limits.saleCacheMs - (perf.now() - begunMs));
        return sale ?? none;
      },
    });
    this.#tags = new LRUCache({
      max: limits.saleCacheEntries,
      ttl: limits.saleTagCacheMs,
      ttlResolution: 0,
      perf,
      fetchMethod: async (tag) => {
        const ids = await catalog.idsByTag(tag);
        return ids.length === 0 ? undefined : ids;
      },
    });
  }

  async sale(saleId: string): Promise<Sale | undefined> {
    const found = await this.#sales.fetch(saleId);
    return found === none ? undefined : found;
  }

  async idsByTag(tag: string): Promise<string[]> {
    return (await this.#tags.fetch(tag)) ?? [];
  }
}
