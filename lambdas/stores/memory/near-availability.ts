import { LRUCache } from 'lru-cache';
import { limits } from '../../contracts/limits.ts';
import { UnavailableError } from '../../domain/kernel/faults.ts';
import type { Clock } from '../../domain/kernel/ports.ts';
import type { AvailabilityReader, StockGate } from '../../domain/stock/ports.ts';

interface Left {
  readonly available: Readonly<Record<string, number>>;
  readonly asOfMs: number;
}

/** Near cache of what is left of a sale: limits.availabilityCacheMs, one read of the gate at a time for each sale. */
export class NearAvailability implements AvailabilityReader {
  readonly #left: LRUCache<string, Left, readonly string[]>;

  constructor(gate: Pick<StockGate, 'summary'>, clock: Clock) {
    this.#left = new LRUCache({
      max: limits.saleCacheEntries,
      ttl: limits.availabilityCacheMs,
      fetchMethod: async (saleId, _, { context: skus }) => {
        const { state, available } = await gate.summary(saleId, skus);
        if (state !== 'ready')
          throw new UnavailableError('gate', `the gate is ${state}`, { retryAfterSeconds: limits.gateRetryAfterSeconds });
        return { available, asOfMs: clock.nowMs() };
      },
    });
  }

  async available(saleId: string, skus: readonly string[]): Promise<Left> {
    const left = await this.#left.fetch(saleId, { context: skus });
    if (!left) throw new UnavailableError('gate', 'the availability could not be read');
    return left;
  }
}
