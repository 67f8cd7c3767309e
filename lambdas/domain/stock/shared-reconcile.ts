import type { GateOfSale } from './ports.ts';
import { type ReconcileDependencies, reconcileSku } from './reconcile-sku.ts';

/** A comparison that has not begun. */
interface Waiting {
  capacity: number;
  readonly ended: Promise<void>;
}

/**
 * Gate and ledger compared once for many (protocol.md rule 15): in one environment at most one comparison of a sku
 * at a time. Who finds one under way does not join it, since it may have passed the units in question before they
 * came free: all who come meanwhile share the next one.
 */
export class SharedReconcile {
  readonly #deps: ReconcileDependencies;
  /** `sale#sku` → the comparison under way. */
  readonly #running = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, Waiting>();

  constructor(deps: ReconcileDependencies) {
    this.#deps = deps;
  }

  /**
   * Resolves when a comparison that began after this call has ended: within 2 × limits.reconcileMs and a call.
   * Throws its UnavailableError.
   */
  run(sale: GateOfSale, sku: string, capacity: number): Promise<void> {
    const key = `${sale.saleId}#${sku}`;
    const waiting = this.#waiting.get(key);
    if (waiting) {
      waiting.capacity = Math.max(waiting.capacity, capacity);
      return waiting.ended;
    }
    const running = this.#running.get(key);
    if (!running) return this.#start(key, sale, sku, capacity);
    const start = () => {
      const next = this.#waiting.get(key);
      this.#waiting.delete(key);
      return this.#start(key, sale, sku, next?.capacity ?? capacity);
    };
    // However the one under way ends: its fault is for those who asked for it.
    const ended = running.then(start, start);
    this.#waiting.set(key, { capacity, ended });
    return ended;
  }

  #start(key: string, sale: GateOfSale, sku: string, capacity: number): Promise<void> {
    const running = reconcileSku(this.#deps, sale, sku, capacity).finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    return running;
  }
}
