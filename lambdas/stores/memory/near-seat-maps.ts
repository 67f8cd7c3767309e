import { LRUCache } from 'lru-cache';
import { limits } from '../../contracts/limits.ts';
import type { SeatedItem, SeatMapReader, SeatMapReads, Seats } from '../../domain/sales/ports.ts';

interface Wanted {
  readonly saleId: string;
  readonly item: SeatedItem;
}

/**
 * Near cache of seat maps: in the function's environment, limits.seatCacheLabels labels over all maps, one load at a
 * time for each. What a name stands for never changes, so nothing here is ever stale, and nothing ends but by room.
 */
export class NearSeatMaps implements SeatMapReader {
  readonly #maps: LRUCache<string, Seats, Wanted>;

  constructor(maps: SeatMapReads) {
    this.#maps = new LRUCache({
      maxSize: limits.seatCacheLabels,
      sizeCalculation: ({ labels }) => labels.length,
      fetchMethod: async (_key, _stale, { context: { saleId, item } }) => {
        const labels = await maps.read(saleId, item);
        const units = new Map(labels.map((label, unit) => [label, unit]));
        return { labels, unitOf: (label) => units.get(label) };
      },
    });
  }

  seats(saleId: string, item: SeatedItem): Promise<Seats> {
    return this.#maps.forceFetch(`${saleId}#${item.sku}#${item.seatMap}`, { context: { saleId, item } });
  }
}
