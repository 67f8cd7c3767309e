import { loadLimits } from './limits.ts';
import type { OrderSeen } from './shapes.ts';

/** What became of the accepted orders. Examples are order ids or units, at most loadLimits.examples of each. */
export interface SettlementSeen {
  readonly byState: Readonly<Record<string, number>>;
  readonly held: number;
  /** Distinct units over all live orders. */
  readonly units: number;
  /** First and last heldAt seen (epoch ms, the system's clock); undefined when none was held. */
  readonly heldFromMs?: number;
  readonly heldToMs?: number;
  readonly findings: Readonly<Record<SettlementFinding, { readonly count: number; readonly examples: readonly string[] }>>;
}

/** What can be wrong with an order that was answered 202. */
export const settlementFindings = [
  /** Two live orders list one unit. */
  'unit-twice',
  /** A live order lists a unit outside 0 … stock − 1. */
  'unit-unknown',
  /** A live order lists more or fewer units than it was sold, or a closed one lists any. */
  'unit-count',
  /** The API answers 404 to the id of an accepted order. */
  'vanished',
  /** Still accepted when the patience was over. */
  'unsettled',
  /** Rejected without saying why. */
  'no-reason',
  'rejected',
  /** Two buyers were given one order id. */
  'id-twice',
] as const;
/** Names what is wrong with an order. */
export type SettlementFinding = (typeof settlementFindings)[number];

const liveStates = new Set(['held', 'confirmed']);

/** Folds accepted orders, one by one, into what the verdict needs: a bit a unit, no order is kept. */
export class Settlement {
  readonly #quantity: number;
  readonly #taken: Uint8Array;
  readonly #byState: Record<string, number> = {};
  readonly #findings = Object.fromEntries(
    settlementFindings.map((name) => [name, { count: 0, examples: [] as string[] }]),
  ) as unknown as Record<SettlementFinding, { count: number; examples: string[] }>;
  #units = 0;
  #heldFromMs = Number.POSITIVE_INFINITY;
  #heldToMs = Number.NEGATIVE_INFINITY;

  constructor(sale: { readonly stock: number; readonly quantity: number }) {
    this.#quantity = sale.quantity;
    this.#taken = new Uint8Array(sale.stock);
  }

  /** Counts an order in the state it came to rest in. */
  settled(order: OrderSeen): void {
    this.#byState[order.state] = (this.#byState[order.state] ?? 0) + 1;
    const units = order.lines.flatMap((line) => line.units);
    const live = liveStates.has(order.state);
    if (units.length !== (live ? this.#quantity : 0)) this.found('unit-count', order.orderId);
    if (order.state === 'rejected') this.found(order.reason === undefined ? 'no-reason' : 'rejected', order.orderId);
    if (!live) return;
    for (const unit of units) this.#take(unit, order.orderId);
    const heldAtMs = Date.parse(order.heldAt ?? '');
    if (Number.isNaN(heldAtMs)) return;
    this.#heldFromMs = Math.min(this.#heldFromMs, heldAtMs);
    this.#heldToMs = Math.max(this.#heldToMs, heldAtMs);
  }

  /** Counts something wrong, with an example. */
  found(finding: SettlementFinding, example: string): void {
    const entry = this.#findings[finding];
    entry.count++;
    if (entry.examples.length < loadLimits.examples) entry.examples.push(example);
  }

  seen(): SettlementSeen {
    return {
      byState: this.#byState,
      held: [...liveStates].reduce((sum, state) => sum + (this.#byState[state] ?? 0), 0),
      units: this.#units,
      ...(this.#heldToMs >= this.#heldFromMs ? { heldFromMs: this.#heldFromMs, heldToMs: this.#heldToMs } : {}),
      findings: this.#findings,
    };
  }

  #take(unit: number, orderId: string): void {
    if (unit < 0 || unit >= this.#taken.length) return this.found('unit-unknown', `${orderId} unit ${unit}`);
    if (this.#taken[unit] === 1) return this.found('unit-twice', `${orderId} unit ${unit}`);
    this.#taken[unit] = 1;
    this.#units++;
  }
}
