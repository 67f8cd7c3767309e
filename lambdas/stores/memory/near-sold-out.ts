import { LRUCache, type Perf } from 'lru-cache';
import { limits } from '../../contracts/limits.ts';
import type { SoldOutMemory } from '../../domain/stock/ports.ts';

/** What was left when the gate last refused, by sale: at most limits.soldOutCacheMs old. Stale, a unit just given back is refused that long. */
export class NearSoldOut implements SoldOutMemory {
  readonly #left: LRUCache<string, Readonly<Record<string, number>>>;

  constructor(perf: Perf = performance) {
    this.#left = new LRUCache({ max: limits.soldOutCacheEntries, ttl: limits.soldOutCacheMs, ttlResolution: 0, perf });
  }

  /** A refusal tells of the skus it asked for only; what was known of the others stays until it is as old. */
  remember(saleId: string, available: Readonly<Record<string, number>>): void {
    const known = this.#left.get(saleId);
    // At its very end the rest is 0, which would mean for ever.
    const ttl = known ? Math.max(1, this.#left.getRemainingTTL(saleId)) : limits.soldOutCacheMs;
    const refreshed = known && Object.keys(known).every((sku) => available[sku] !== undefined);
    this.#left.set(saleId, { ...known, ...available }, { ttl: refreshed ? limits.soldOutCacheMs : ttl });
  }

  recall(saleId: string): Readonly<Record<string, number>> | undefined {
    return this.#left.get(saleId);
  }
}
