import { UnavailableError } from '../../lambdas/domain/kernel/faults.ts';
import type { SeatedItem, SeatMapReader, SeatMaps, Seats } from '../../lambdas/domain/sales/ports.ts';
import type { Sale } from '../../lambdas/domain/sales/sale.ts';
import { seatMapName, seatMapVersion } from '../../lambdas/domain/sales/seat-map.ts';
import { itemOf } from './builders.ts';

/** An item of assigned seating with these seats, as the sale's version 1 brought them. */
export function seatedItem(seats: readonly string[], sku = 'stalls', version = 1): SeatedItem & ReturnType<typeof itemOf> {
  return { ...itemOf({ sku }), capacity: seats.length, seatMap: seatMapName(version, seats) };
}

/** Seat maps in a map, as store and as near cache at once. */
export class InMemorySeatMaps implements SeatMaps, SeatMapReader {
  /** `sku seatMap` → labels. */
  readonly stored = new Map<string, readonly string[]>();
  readonly effects: string[] = [];
  /** Runs before each write takes effect. */
  beforeWrite: () => void = () => {};

  constructor(...maps: readonly (readonly [SeatedItem, readonly string[]])[]) {
    for (const [{ sku, seatMap }, labels] of maps) this.stored.set(`${sku} ${seatMap}`, labels);
  }

  read(_saleId: string, { sku, seatMap }: SeatedItem): Promise<string[]> {
    this.effects.push(`read ${sku}`);
    const labels = this.stored.get(`${sku} ${seatMap}`);
    return labels ? Promise.resolve([...labels]) : Promise.reject(new UnavailableError('catalog', `no seats ${seatMap}`));
  }

  async seats(saleId: string, item: SeatedItem): Promise<Seats> {
    const labels = await this.read(saleId, item);
    return { labels, unitOf: (label) => (labels.includes(label) ? labels.indexOf(label) : undefined) };
  }

  write(_saleId: string, { sku, seatMap }: SeatedItem, seats: readonly string[]): Promise<void> {
    this.beforeWrite();
    this.effects.push(`write ${sku} v${seatMapVersion(seatMap)}`);
    this.stored.set(`${sku} ${seatMap}`, seats);
    return Promise.resolve();
  }

  prune({ items, version }: Sale): Promise<void> {
    const named = new Set(items.map(({ sku, seatMap }) => `${sku} ${seatMap}`));
    for (const name of this.stored.keys()) {
      if (!named.has(name) && seatMapVersion(name.split(' ')[1] ?? '') <= version) this.stored.delete(name);
    }
    this.effects.push(`prune v${version}`);
    return Promise.resolve();
  }
}
