import type { BookCounters } from './ports.ts';
import { Tally } from './tally.ts';

/**
 * Where the report's counters differ from what the orders themselves add up to: one line each, what, counted, true.
 * Counters are up to 2 s behind, so a difference counts only when a later look finds it again.
 */
export function compareReport(counted: Tally, orders: Tally): string[] {
  const differences: string[] = [];
  const compare = (what: string, is: number, should: number) => {
    if (is !== should) differences.push(`the report counts ${is} ${what}, the orders ${should}`);
  };
  for (const [state, count] of Object.entries(orders.orders))
    compare(`orders ${state}`, counted.orders[state as keyof Tally['orders']], count);
  for (const sku of new Set([...orders.units.keys(), ...counted.units.keys()])) {
    const is = counted.unitsOf(sku);
    for (const [kind, count] of Object.entries(orders.unitsOf(sku))) compare(`units of ${sku} ${kind}`, is[kind as keyof typeof is], count);
  }
  compare('revenue', counted.revenueMinor, orders.revenueMinor);
  return differences;
}

/** Orders in any state: as none is ever deleted, this only grows. */
export function totalOrders({ orders }: Tally): number {
  return Object.values(orders).reduce((sum, count) => sum + count, 0);
}

/** What all shards of a sale's counters add up to, and when the newest change in them was made (0: there is none). */
export async function sumCounters(counters: Pick<BookCounters, 'all'>, saleId: string): Promise<Tally & { readonly changedAtMs: number }> {
  const sum = Object.assign(new Tally(), { changedAtMs: 0 });
  for (const { tally, changedAtMs } of await counters.all(saleId)) {
    sum.add(tally);
    sum.changedAtMs = Math.max(sum.changedAtMs, changedAtMs);
  }
  return sum;
}
