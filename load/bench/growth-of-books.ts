import { benchRequest, heldOrder } from './bench-order.ts';
import { costOf } from './cost-of.ts';
import { putBenchSale } from './functions.ts';
import type { GrowthBench } from './growth-of-orders.ts';
import { type Run, runChild } from './run-child.ts';
import { writeOrders } from './write-orders.ts';

/** What the books of a sale with so many orders cost, each order of one unit and of a customer of its own. */
export interface BooksGrowth {
  readonly rebuildSeconds: number;
  readonly rebuildSecondsOfTenThousand: number;
  readonly rebuildUnits: number;
  readonly auditSeconds: number;
  readonly auditSecondsOfTenThousand: number;
  readonly restMegabytes: number;
  readonly peakMegabytes: number;
}

/** What the audit's own process measures. */
export interface AuditCost {
  readonly seconds: number;
  /** What is reachable in the function's process: before an audit, and at most during one. */
  readonly restMegabytes: number;
  readonly peakMegabytes: number;
}

/** Fills the ledger with a sold-out sale, loses its gate, has it rebuilt, and has the books audited. */
export async function booksAt(bench: GrowthBench, orders: number, progress: Run['progress']): Promise<BooksGrowth> {
  const { engines, subject, functions, adminBundle, sku } = bench;
  const saleId = `books-${orders}`;
  await putBenchSale(functions.admin, saleId, orders);
  await writeOrders(
    engines.tablesEndpoint,
    Array.from({ length: orders }, (_, unit) => subject.ledgerItems(heldOrder(benchRequest(subject, saleId, unit, 1), [unit]))),
  );
  await subject.countHeld(saleId, sku, orders);

  progress('its gate rebuilt');
  await engines.redis.flushall();
  let rebuildSeconds = 0;
  const rebuildCost = await costOf(engines, 1, async () => {
    const startedMs = performance.now();
    await subject.rebuild(saleId);
    rebuildSeconds = (performance.now() - startedMs) / 1000;
  });
  progress('its audit');
  // This process ends with the bench, and the audit's with it: nobody else is to stop it.
  const run = { signal: new AbortController().signal, progress };
  const audit = await runChild<AuditCost>(new URL('audit-child.ts', import.meta.url), run, { bundle: adminBundle, saleId });
  const tenThousand = 10_000 / orders;
  return {
    rebuildSeconds,
    rebuildSecondsOfTenThousand: rebuildSeconds * tenThousand,
    rebuildUnits: rebuildCost.units,
    auditSeconds: audit.seconds,
    auditSecondsOfTenThousand: audit.seconds * tenThousand,
    restMegabytes: audit.restMegabytes,
    peakMegabytes: audit.peakMegabytes,
  };
}
