import { LRUCache } from 'lru-cache';
import { limits } from '../../contracts/limits.ts';
import { UnavailableError } from '../../domain/kernel/faults.ts';
import type { Clock } from '../../domain/kernel/ports.ts';
import type { StockGate, TakenSeats, TakenSeatsReader } from '../../domain/stock/ports.ts';

interface Wanted {
  readonly saleId: string;
  readonly sku: string;
  readonly capacity: number;
}

type Taken = Pick<TakenSeats, 'isTaken'> & { readonly asOfMs: number };

/**
 * Near cache of the taken seats of a sku, all of them at once (a bit each): limits.availabilityCacheMs, one read of the
 * gate at a time, however many pages are asked for. Seats that were added within that time show as free.
 */
export class NearTakenSeats implements TakenSeatsReader {
  readonly #taken: LRUCache<string, Taken, Wanted>;

  constructor(gate: Pick<StockGate, 'takenSeats'>, clock: Clock) {
    this.#taken = new LRUCache({
      max: limits.saleCacheEntries,
      ttl: limits.availabilityCacheMs,
      fetchMethod: async (_key, _stale, { context: { saleId, sku, capacity } }) => {
        const { state, isTaken } = await gate.takenSeats(saleId, sku, capacity);
        if (state !== 'ready') throw new UnavailableError('gate', `the gate is ${state}`, { retryAfterSeconds: 2 });
        return { isTaken, asOfMs: clock.nowMs() };
      },
    });
  }

  takenSeats(saleId: string, sku: string, capacity: number): Promise<Taken> {
    return this.#taken.forceFetch(`${saleId}#${sku}`, { context: { saleId, sku, capacity } });
  }
}
