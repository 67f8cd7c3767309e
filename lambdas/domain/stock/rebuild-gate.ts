import { limits } from '../../contracts/limits.ts';
import { metrics } from '../../contracts/metrics.ts';
import { assert } from '../kernel/assert.ts';
import { UnavailableError } from '../kernel/faults.ts';
import type { Clock, Meter } from '../kernel/ports.ts';
import { slicesOf } from '../kernel/slices.ts';
import type { Claim, OrderLedger, OrderQueue } from '../orders/ports.ts';
import type { SaleCatalog } from '../sales/ports.ts';
import type { Sale } from '../sales/sale.ts';
import type { GateOfSale, StockGate } from './ports.ts';

/** What making a gate again needs. */
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
  const { saleId, lanes, gateVersion } = sale;
  const begun = await deps.gate.beginRebuild(saleId, token, skus, { remake: false, lanes, gateVersion });
  if (begun === 'ready') return 'ready';
  if (begun === 'locked')
    throw new UnavailableError('gate', 'another rebuild of this gate is under way', { retryAfterSeconds: limits.rebuildRetryAfterSeconds });
  await finishRebuild(deps, sale, token);
  return 'rebuilt';
}

/**
 * The rest of a rebuild that was begun under the token: wait, load, publish. The sale is read after the beginning: a
 * capacity written before is read here, and one written later finds a gate in which it is kept (rule 7).
 */
export async function finishRebuild(deps: RebuildDependencies, { saleId, gateVersion }: GateOfSale, token: string): Promise<void> {
  await drain(deps, saleId, token);
  const sale = await deps.catalog.read(saleId);
  assert(sale, `a sale is never deleted: ${saleId}`);
  if (sale.gateVersion !== gateVersion) throw new UnavailableError('gate', 'the sale was put anew while its gate was being made');
  const chunks = await loadClaims(deps, sale, token);
  await publish(deps, sale, token, chunks);
}

/** Loads every claim of the sale, limits.rebuildChunksAtOnce chunks at a time. How many chunks it were. */
async function loadClaims(deps: RebuildDependencies, sale: Sale, token: string): Promise<number> {
  const chunks = claimChunks(deps, sale, token);
  let loaded = 0;
  const loader = async () => {
    // What leaves this loop by a fault ends the listing, and so the other loaders too.
    for await (const { sku, claims } of chunks) {
      if (!(await deps.gate.load(sale.saleId, token, sku, claims))) throw lostLock();
      loaded += 1;
    }
  };
  // All loaders end before we do: a fault of one is told when the others have stopped too.
  const ends = await Promise.allSettled(Array.from({ length: limits.rebuildChunksAtOnce }, loader));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return loaded;
}

async function* claimChunks(
  { gate, ledger }: RebuildDependencies,
  { saleId, items }: Sale,
  token: string,
): AsyncGenerator<{ readonly sku: string; readonly claims: readonly Claim[] }> {
  for (const { sku, capacity } of items) {
    // Reading a sku that nobody bought renews nothing, and a sale may have a hundred of them.
    if (!(await gate.renew(saleId, token))) throw lostLock();
    for await (const page of ledger.claims(saleId, sku, { fromUnit: 0, toUnit: capacity })) {
      for (const claims of slicesOf(page, limits.rebuildChunkClaims)) yield { sku, claims };
    }
  }
}

/** The end of a rebuild for a sale that nobody can have ordered from: nothing to wait for and nothing to load. */
export async function publishEmpty(deps: Pick<RebuildDependencies, 'gate'>, sale: Sale, token: string): Promise<void> {
  await publish(deps, sale, token, 0);
}

async function publish({ gate }: Pick<RebuildDependencies, 'gate'>, sale: Sale, token: string, chunks: number): Promise<void> {
  const capacities = Object.fromEntries(sale.items.map((item) => [item.sku, item.capacity]));
  if (!(await gate.publish(sale, token, chunks, capacities))) throw lostLock();
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
