import { limits } from '../../contracts/limits.ts';
import type { GateOfSale } from './ports.ts';
import { type Compared, type ReconcileDependencies, reconcileSku, type Round } from './reconcile-sku.ts';

/** Who asks for a comparison. */
export interface Asker {
  /** When its order was accepted: a sku that takes several calls must have been compared from then on. */
  readonly sinceMs: number;
  /** The gate's, as just read (StockGate.incarnation). */
  readonly incarnation: string;
}

/** A comparison that has not begun. */
interface Waiting {
  capacity: number;
  readonly ended: Promise<void>;
}

/**
 * Gate and ledger compared once for many (protocol.md rule 15): in one environment at most one comparison of a sku
 * at a time. Who finds one under way does not join it, since it may have passed the units in question before they
 * came free: all who come meanwhile share the next one. A sku of more units than one call has time for is compared in
 * rounds of several calls; where a round stopped is kept here, so another environment begins its own.
 */
export class SharedReconcile {
  readonly #deps: ReconcileDependencies;
  /** `sale#sku` → the comparison under way. */
  readonly #running = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, Waiting>();
  /** `sale#sku` → the last round, of limits.comparedSkus. */
  readonly #rounds = new Map<string, Round>();

  constructor(deps: ReconcileDependencies) {
    this.#deps = deps;
  }

  /**
   * True when all units were compared in this incarnation of the gate by a comparison that began after this call, or, of a sku
   * of over limits.reconcileUnits, after the asker's order was accepted. False: it takes more calls. Within 2 × limits.reconcileMs
   * and a call. Throws its UnavailableError.
   */
  async run(sale: GateOfSale, { sku, capacity }: Compared, { sinceMs, incarnation }: Asker): Promise<boolean> {
    const key = `${sale.saleId}#${sku}`;
    // By this clock: that of the acceptance may be ahead.
    const afterMs = Math.min(sinceMs, this.#deps.clock.nowMs());
    const isCompared = () => {
      const round = this.#rounds.get(key);
      return round?.isWhole === true && round.incarnation === incarnation && round.beganMs >= afterMs;
    };
    if (capacity > limits.reconcileUnits && isCompared()) return true;
    await this.#next(key, sale, { sku, capacity }, incarnation);
    return isCompared();
  }

  /** A comparison that begins from now on. */
  #next(key: string, sale: GateOfSale, { sku, capacity }: Compared, incarnation: string): Promise<void> {
    const waiting = this.#waiting.get(key);
    if (waiting) {
      waiting.capacity = Math.max(waiting.capacity, capacity);
      return waiting.ended;
    }
    const running = this.#running.get(key);
    if (!running) return this.#start(key, sale, { sku, capacity }, incarnation);
    const start = () => {
      const next = this.#waiting.get(key);
      this.#waiting.delete(key);
      return this.#start(key, sale, { sku, capacity: next?.capacity ?? capacity }, incarnation);
    };
    // However the one under way ends: its fault is for those who asked for it.
    const ended = running.then(start, start);
    this.#waiting.set(key, { capacity, ended });
    return ended;
  }

  #start(key: string, sale: GateOfSale, compared: Compared, incarnation: string): Promise<void> {
    const running = reconcileSku(this.#deps, sale, compared, this.#roundOf(key, incarnation)).finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    return running;
  }

  /** The one that was begun and has not come to its end, unless the gate has failed over since. */
  #roundOf(key: string, incarnation: string): Round {
    const begun = this.#rounds.get(key);
    if (begun && !begun.isWhole && begun.nextUnit > 0 && begun.incarnation === incarnation) return begun;
    const round: Round = { beganMs: this.#deps.clock.nowMs(), incarnation, nextUnit: 0, isWhole: false };
    if (this.#rounds.size >= limits.comparedSkus) this.#rounds.clear();
    this.#rounds.set(key, round);
    return round;
  }
}
