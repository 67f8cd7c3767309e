import { limits } from '../contracts/limits.ts';
import { UnavailableError } from '../domain/kernel/faults.ts';
import { atOnce } from '../domain/kernel/at-once.ts';
import type { Clock } from '../domain/kernel/ports.ts';
import type { SaleCatalog } from '../domain/sales/ports.ts';
import type { Sale } from '../domain/sales/sale.ts';
import type { SweepPosition, Swept } from '../domain/stock/sweep-sale.ts';
import type { Log } from '../runtime/log.ts';

/** What a run of the sweeper needs. */
export interface SweepSalesDependencies {
  readonly catalog: Pick<SaleCatalog, 'list'>;
  readonly sweep: (sale: Sale, from: SweepPosition | undefined) => Promise<Swept>;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of what no pass may meet: a bug, or stored data that contradicts an invariant. */
  readonly onFault: (error: unknown) => void;
}

/**
 * One run of the sweeper: limits.sweepPasses passes, limits.sweepPassMs apart, each over every sale that has opened and
 * has not been over for long. A sale that cannot be swept holds up no other, and is tried again by the next pass. Where
 * a pass stopped in a sale the next goes on, as long as the environment lives. Throws UnavailableError when its last pass
 * left a sale unswept, or did not come to the end of the catalog, so that the run counts as failed.
 */
export function sweepSales({ catalog, sweep, clock, log, onFault }: SweepSalesDependencies): () => Promise<void> {
  const positions = new Map<string, SweepPosition>();
  const tell = (error: unknown, facts: { readonly saleId: string; readonly pass: number }) => {
    log.error('sale not swept', error, facts);
    if (!(error instanceof UnavailableError)) onFault(error);
  };
  /** True when all of the sale was swept. */
  const sweepOne = async (sale: Sale, pass: number): Promise<boolean> => {
    const { saleId } = sale;
    try {
      const { next, faults, ...swept } = await sweep(sale, positions.get(saleId));
      if (next) positions.set(saleId, next);
      else positions.delete(saleId);
      if (swept.gate !== 'ready' || swept.resent + swept.stuck + swept.expired + swept.units > 0)
        log.info('sale swept', { saleId, pass, ...swept });
      for (const fault of faults) tell(fault, { saleId, pass });
      return faults.length === 0;
    } catch (error) {
      tell(error, { saleId, pass });
      return false;
    }
  };
  return async () => {
    const startMs = clock.nowMs();
    let unswept: string[] = [];
    let unread: string | undefined;
    for (let pass = 1; pass <= limits.sweepPasses; pass += 1) {
      const waitMs = startMs + (pass - 1) * limits.sweepPassMs - clock.nowMs();
      if (waitMs > 0) await clock.sleep(waitMs);
      // What took the time of whole passes is not followed by them all at once.
      if (waitMs < -limits.sweepPassMs) continue;
      const opened = await openedSales(catalog, clock.nowMs());
      [unswept, unread] = [[], opened.unreadAfter];
      await atOnce(limits.sweptSalesAtOnce, opened.sales.values(), async (sale) => {
        if (!(await sweepOne(sale, pass))) unswept.push(sale.saleId);
      });
    }
    if (unswept.length > 0) throw new UnavailableError('gate', `the last pass left ${unswept.length} sales unswept, ${unswept[0]} first`);
    if (unread !== undefined)
      throw new UnavailableError('catalog', `more sales than limits.sweptCatalogPages hold: none after ${unread} is swept`);
  };
}

/** From a little before it opens until its gate is dropped. */
function isSwept({ opensAtMs, closesAtMs }: Sale, nowMs: number): boolean {
  return opensAtMs - limits.sweepAheadMs <= nowMs && nowMs < closesAtMs + limits.gateDropMs + limits.gateDropWithinMs;
}

/** Sales to be swept, by id; `unreadAfter`: the last id that was read of a catalog with more pages than may be. */
interface Opened {
  readonly sales: readonly Sale[];
  readonly unreadAfter: string | undefined;
}

async function openedSales(catalog: Pick<SaleCatalog, 'list'>, nowMs: number): Promise<Opened> {
  const found: Sale[] = [];
  let after: string | undefined;
  for (let page = 0; page < limits.sweptCatalogPages; page += 1) {
    const { sales, more } = await catalog.list({ limit: limits.pageItemsMax, ...(after === undefined ? {} : { afterSaleId: after }) });
    found.push(...sales.filter((sale) => isSwept(sale, nowMs)));
    if (!more) return { sales: found, unreadAfter: undefined };
    after = sales.at(-1)?.saleId;
  }
  return { sales: found, unreadAfter: after };
}
