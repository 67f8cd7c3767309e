import type { SoldOutMemory } from '../../lambdas/domain/stock/ports.ts';

/** Remembers for ever. */
export class LastingSoldOut implements SoldOutMemory {
  readonly #left = new Map<string, Readonly<Record<string, number>>>();

  remember(saleId: string, available: Readonly<Record<string, number>>): void {
    this.#left.set(saleId, available);
  }

  recall(saleId: string): Readonly<Record<string, number>> | undefined {
    return this.#left.get(saleId);
  }
}
