import { UnavailableError } from '../kernel/faults.ts';
import type { Clock } from '../kernel/ports.ts';
import type { DeadLetters, OrderQueue } from '../orders/ports.ts';
import type { Item, Sale } from '../sales/sale.ts';
import type { GateSummary, StockGate } from '../stock/ports.ts';
import { sumCounters } from './compare-report.ts';
import type { BookCounters } from './ports.ts';
import type { LedgerState, Tally } from './tally.ts';

interface ItemReport {
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
  /** Now, or when the newest change that is counted was made (epoch ms): see reportSale. */
  readonly asOfMs: number;
  readonly orders: Readonly<Record<LedgerState, number>> & { readonly accepted: number | null };
  readonly items: readonly ItemReport[];
  /** Confirmed orders, in minor units. */
  readonly revenueMinor: number;
  readonly queue: { readonly depth: number; readonly oldestSeconds: number | null; readonly deadLetters: number };
}

interface ReportDependencies {
  readonly counters: Pick<BookCounters, 'all'>;
  readonly gate: Pick<StockGate, 'summary'>;
  readonly queue: Pick<OrderQueue, 'depth'>;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
}

/**
 * The report of a sale, from counters that follow the ledger's stream: its cost does not grow with the orders. It is of
 * now while the gate, which the workers tell first, holds exactly the units that are counted and waits for no order; else
 * of the newest change that is counted. What leaves the units as they are (a rejection, a confirmation) does not show in that,
 * and one shard of the stream may be behind another: how far it can be is for the alarm on the stream's age.
 */
export async function reportSale(deps: ReportDependencies, sale: Sale): Promise<SaleReport> {
  const nowMs = deps.clock.nowMs();
  const skus = sale.items.map(({ sku }) => sku);
  // The gate first: what it holds and the counters do not have yet must not pass unseen.
  const gate = await gateSummary(deps.gate, sale.saleId, skus);
  const [tally, depth, deadLetters] = await Promise.all([
    sumCounters(deps.counters, sale.saleId),
    deps.queue.depth(),
    deps.deadLetters.count(),
  ]);
  const oldestAtMs = gate?.oldestPendingAtMs;
  const items = sale.items.map((item) => reportItem(item, tally));
  return {
    asOfMs: isCurrent(gate, items) ? nowMs : Math.min(nowMs, tally.changedAtMs > 0 ? tally.changedAtMs : sale.opensAtMs),
    orders: { accepted: gate ? gate.pendingOrders : null, ...tally.orders },
    items,
    revenueMinor: tally.revenueMinor,
    queue: {
      depth: depth.visible + depth.inFlight + depth.delayed,
      oldestSeconds: gate ? (oldestAtMs === undefined ? 0 : Math.max(0, Math.round((nowMs - oldestAtMs) / 1000))) : null,
      deadLetters,
    },
  };
}

function reportItem({ sku, capacity }: Item, tally: Tally): ItemReport {
  const { held, confirmed, withdrawn } = tally.unitsOf(sku);
  return { sku, capacity, free: capacity - held - confirmed - withdrawn, held, confirmed, withdrawn };
}

/** True while the gate waits for no order and holds as many units of each sku as are counted. */
function isCurrent(gate: GateSummary | undefined, items: readonly ItemReport[]): boolean {
  if (gate?.state !== 'ready' || gate.pendingOrders > 0) return false;
  return items.every(({ sku, free }) => gate.available[sku] === free);
}

async function gateSummary(gate: Pick<StockGate, 'summary'>, saleId: string, skus: readonly string[]): Promise<GateSummary | undefined> {
  try {
    const summary = await gate.summary(saleId, skus);
    return summary.state === 'ready' ? summary : undefined;
  } catch (error) {
    if (error instanceof UnavailableError) return undefined;
    throw error;
  }
}
