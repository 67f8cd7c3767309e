import { UnavailableError } from '../kernel/faults.ts';
import type { Clock } from '../kernel/ports.ts';
import { isLive, totalMinor, type Order, type OrderState } from '../orders/order.ts';
import type { DeadLetters, OrderLedger, OrderQueue } from '../orders/ports.ts';
import type { Sale } from '../sales/sale.ts';
import type { GateSummary, StockGate } from '../stock/ports.ts';

export interface ItemReport {
  readonly sku: string;
  readonly capacity: number;
  /** Units without a claim in the ledger. */
  readonly free: number;
  readonly held: number;
  readonly confirmed: number;
  readonly withdrawn: number;
}

/** What a sale sold and what waits. Null: only the gate knows, and it is away. */
export interface SaleReport {
  readonly asOfMs: number;
  readonly orders: Readonly<Record<Exclude<OrderState, 'accepted'>, number>> & { readonly accepted: number | null };
  readonly items: readonly ItemReport[];
  /** Confirmed orders, in minor units. */
  readonly revenueMinor: number;
  readonly queue: { readonly depth: number; readonly oldestSeconds: number | null; readonly deadLetters: number };
}

export interface ReportDependencies {
  readonly ledger: Pick<OrderLedger, 'orders'>;
  readonly gate: Pick<StockGate, 'summary'>;
  readonly queue: Pick<OrderQueue, 'depth'>;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
}

/** Counts the sale's orders in the ledger. Reads every order once: costs grow with the sale, memory does not. */
export async function reportSale(deps: ReportDependencies, sale: Sale): Promise<SaleReport> {
  const asOfMs = deps.clock.nowMs();
  const [tally, gate, depth, deadLetters] = await Promise.all([
    tallyOrders(deps.ledger, sale.saleId),
    gateSummary(deps.gate, sale.saleId),
    deps.queue.depth(),
    deps.deadLetters.count(),
  ]);
  const oldestAtMs = gate?.oldestPendingAtMs;
  return {
    asOfMs,
    orders: { accepted: gate ? gate.pendingOrders : null, ...tally.byState },
    items: sale.items.map(({ sku, capacity }) => {
      const { held, confirmed, withdrawn } = tally.bySku.get(sku) ?? { held: 0, confirmed: 0, withdrawn: 0 };
      return { sku, capacity, free: capacity - held - confirmed - withdrawn, held, confirmed, withdrawn };
    }),
    revenueMinor: tally.revenueMinor,
    queue: {
      depth: depth.visible + depth.inFlight + depth.delayed,
      oldestSeconds: gate ? (oldestAtMs === undefined ? 0 : Math.max(0, Math.round((asOfMs - oldestAtMs) / 1000))) : null,
      deadLetters,
    },
  };
}

type Counts = Record<'held' | 'confirmed' | 'withdrawn', number>;

class Tally {
  readonly byState = { held: 0, confirmed: 0, withdrawn: 0, rejected: 0, expired: 0, cancelled: 0 };
  readonly bySku = new Map<string, Counts>();
  revenueMinor = 0;

  add(order: Order): void {
    const { state } = order;
    if (state === 'accepted') return;
    this.byState[state] += 1;
    if (state === 'confirmed') this.revenueMinor += totalMinor(order);
    if (!isLive(state)) return;
    for (const { sku, units } of order.lines) {
      const counts = this.bySku.get(sku) ?? { held: 0, confirmed: 0, withdrawn: 0 };
      counts[state as keyof Counts] += units.length;
      this.bySku.set(sku, counts);
    }
  }
}

async function tallyOrders(ledger: Pick<OrderLedger, 'orders'>, saleId: string): Promise<Tally> {
  const tally = new Tally();
  for await (const page of ledger.orders(saleId)) for (const order of page) tally.add(order);
  return tally;
}

async function gateSummary(gate: Pick<StockGate, 'summary'>, saleId: string): Promise<GateSummary | undefined> {
  try {
    const summary = await gate.summary(saleId, []);
    return summary.state === 'none' ? undefined : summary;
  } catch (error) {
    if (error instanceof UnavailableError) return undefined;
    throw error;
  }
}
