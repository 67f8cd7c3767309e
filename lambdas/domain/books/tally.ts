import { isLive, totalMinor, type Order, type OrderState } from '../orders/order.ts';

/** States that the ledger knows: what can be counted there. */
export type LedgerState = Exclude<OrderState, 'accepted'>;
/** Units of one sku by what they are. */
export type UnitCounts = Record<'held' | 'confirmed' | 'withdrawn', number>;

/** What orders add up to. In a tally of changes a number may be negative. */
export class Tally {
  readonly orders: Record<LedgerState, number> = { held: 0, confirmed: 0, withdrawn: 0, rejected: 0, expired: 0, cancelled: 0 };
  readonly units = new Map<string, UnitCounts>();
  /** Confirmed orders, in minor units. */
  revenueMinor = 0;

  /** Counts an order in, or out of, what was counted before. */
  count(order: Order, times: 1 | -1): void {
    const { state } = order;
    if (state === 'accepted') return;
    this.orders[state] += times;
    if (state === 'confirmed') this.revenueMinor += times * totalMinor(order);
    if (!isLive(state)) return;
    for (const { sku, units } of order.lines) this.unitsOf(sku)[state as keyof UnitCounts] += times * units.length;
  }

  /** Adds another tally to this one. */
  add(other: Tally): void {
    for (const [state, count] of Object.entries(other.orders)) this.orders[state as LedgerState] += count;
    for (const [sku, counts] of other.units) {
      const own = this.unitsOf(sku);
      for (const [kind, count] of Object.entries(counts)) own[kind as keyof UnitCounts] += count;
    }
    this.revenueMinor += other.revenueMinor;
  }

  /** The counts of a sku, to be changed; zeros at first. */
  unitsOf(sku: string): UnitCounts {
    let counts = this.units.get(sku);
    if (!counts) this.units.set(sku, (counts = { held: 0, confirmed: 0, withdrawn: 0 }));
    return counts;
  }
}
