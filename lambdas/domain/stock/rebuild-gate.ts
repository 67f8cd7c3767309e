import { limits } from '../../contracts/limits.ts';
import { metrics } from '../../contracts/metrics.ts';
import { assert } from '../kernel/assert.ts';
import { UnavailableError } from '../kernel/faults.ts';
import type { Clock, Meter } from '../kernel/ports.ts';
import type { OrderLedger, OrderQueue } from '../orders/ports.ts';
import type { SaleCatalog } from '../sales/ports.ts';
import type { Sale } from '../sales/sale.ts';
import type { StockGate } from './ports.ts';

export interface RebuildDependencies {
  readonly gate: Pick<StockGate, 'beginRebuild' | 'load' | 'renew' | 'publish'>;
  readonly ledger: Pick<OrderLedger, 'claims'>;
  readonly queue: Pick<OrderQueue, 'depth'>;
  readonly catalog: Pick<SaleCatalog, 'read'>;
  readonly clock: Clock;
  readonly meter: Meter;
  /** A name of this rebuild that no other has. */
  readonly newToken: () => string;
}

/**
 * Makes the gate again from the claims if there is none (protocol.md rules 31–35); a ready gate is left as it is.
 * Orders answer 503 meanwhile; workers go on, and their images enter the new gate. Takes at least limits.takeMs + limits.takeMarginMs, and
 * waits at most limits.rebuildDrainMs for the queue, then counts it for an alarm. Throws UnavailableError; running it again goes on from the start.
 */
export async function rebuildGate(deps: RebuildDependencies, sale: Sale): Promise<'ready' | 'rebuilt'> {
  const token = deps.newToken();
  const skus = sale.items.map((item) => item.sku);
  const begun = await deps.gate.beginRebuild(sale.saleId, token, skus, { remake: false });
  if (begun === 'ready') return 'ready';
  if (begun === 'locked')
    throw new UnavailableError('gate', 'another rebuild of this gate is under way', { retryAfterSeconds: limits.rebuildRetryAfterSeconds });
  await finishRebuild(deps, sale.saleId, token);
  return 'rebuilt';
}

/**
 * The rest of a rebuild that was begun under the token: wait, load, publish. The sale is read after the beginning: a
 * capacity written before is read here, and one written later finds a gate in which it is kept (rule 7).
 */
export async function finishRebuild(deps: RebuildDependencies, saleId: string, token: string): Promise<void> {
  await drain(deps, saleId, token);
  const sale = await deps.catalog.read(saleId);
  assert(sale, `a sale is never deleted: ${saleId}`);
  let chunks = 0;
  for (const { sku, capacity } of sale.items) {
    // Reading a sku that nobody bought renews nothing, and a sale may have a hundred of them.
    if (!(await deps.gate.renew(saleId, token))) throw lostLock();
    for await (const page of deps.ledger.claims(saleId, sku, { fromUnit: 0, toUnit: capacity })) {
      for (let start = 0; start < page.length; start += limits.gateBulkUnits) {
        if (!(await deps.gate.load(saleId, token, sku, page.slice(start, start + limits.gateBulkUnits)))) throw lostLock();
        chunks += 1;
      }
    }
  }
  await publish(deps, sale, token, chunks);
}

/** The end of a rebuild for a sale that nobody can have ordered from: nothing to wait for and nothing to load. */
export async function publishEmpty(deps: Pick<RebuildDependencies, 'gate'>, sale: Sale, token: string): Promise<void> {
  await publish(deps, sale, token, 0);
}

async function publish({ gate }: Pick<RebuildDependencies, 'gate'>, sale: Sale, token: string, chunks: number): Promise<void> {
  const capacities = Object.fromEntries(sale.items.map((item) => [item.sku, item.capacity]));
  if (!(await gate.publish(sale.saleId, token, chunks, capacities))) throw lostLock();
}

/**
 * Rule 32: functions that reserved in the old gate have sent or given up by T_take; then every order they sent must
 * be committed, or its units would be handed out again.
 */
async function drain({ gate, queue, clock, meter }: RebuildDependencies, saleId: string, token: string): Promise<void> {
  const endMs = clock.nowMs() + limits.takeMs + limits.rebuildDrainMs;
  await clock.sleep(limits.takeMs + limits.takeMarginMs);
  for (let empty = 0; empty < limits.rebuildDrainLooks;) {
    if (!(await gate.renew(saleId, token))) throw lostLock();
    const { visible, inFlight } = await queue.depth();
    // Delayed messages are parked ones, which wait for this very rebuild: counting them would be a deadlock (CE-11).
    empty = visible + inFlight === 0 ? empty + 1 : 0;
    if (clock.nowMs() > endMs) {
      meter.count(metrics.rebuildsGivenUp);
      throw new UnavailableError('queue', 'the orders queue did not drain, so the gate cannot be rebuilt yet');
    }
    await clock.sleep(limits.rebuildDrainPollMs);
  }
}

function lostLock(): UnavailableError {
  return new UnavailableError('gate', 'another rebuild took over');
}
