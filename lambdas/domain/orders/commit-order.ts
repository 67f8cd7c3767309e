import { limits } from '../../contracts/limits.ts';
import { metrics } from '../../contracts/metrics.ts';
import { UnavailableError } from '../kernel/faults.ts';
import type { Clock, Meter } from '../kernel/ports.ts';
import type { SaleCatalog } from '../sales/ports.ts';
import type { StockGate } from '../stock/ports.ts';
import type { Asker, SharedReconcile } from '../stock/shared-reconcile.ts';
import { expireOrder } from './expire-order.ts';
import { type CommitRequest, type Order, withoutUnits } from './order.ts';
import type { Claim, ExpiryQueue, OrderLedger, OrderQueue } from './ports.ts';
import { remindExpiry } from './remind-expiry.ts';

/** What the commit worker works with. */
export interface CommitOrderDependencies {
  readonly gate: Pick<StockGate, 'apply' | 'draw' | 'beginComparison' | 'incarnation'>;
  readonly ledger: OrderLedger;
  readonly reconcile: Pick<SharedReconcile, 'run'>;
  readonly queue: Pick<OrderQueue, 'send'>;
  readonly expiries: ExpiryQueue;
  readonly sales: Pick<SaleCatalog, 'read'>;
  readonly clock: Clock;
  readonly meter: Meter;
}

/** Settled: the ledger has the order and the gate was told. Parked: a copy of the message comes back later. */
export type CommitResult = 'settled' | 'parked';

/**
 * Commits an accepted order (protocol.md rules 13–17). May run any number of times, late, in any order and on old
 * data: each run ends at what the ledger decided first. Throws UnavailableError when the message must come back.
 */
export async function commitOrder(deps: CommitOrderDependencies, accepted: CommitRequest): Promise<CommitResult> {
  let request = accepted;
  let expiredOverdue = false;
  let comparedIn: string | undefined;
  const collided = new Set<string>();
  for (let turn = 0; turn <= limits.redrawsPerDelivery; turn += 1) {
    const outcome = await deps.ledger.commit(request, deps.clock.nowMs());
    switch (outcome.kind) {
      case 'committed':
        deps.meter.count(metrics.ordersCommitted);
        await settle(deps, outcome.order);
        if (comparedIn === undefined) await compareAfterCollision(deps, accepted.order, collided);
        return 'settled';
      case 'exists':
        return settleExisting(deps, accepted, outcome.order);
      case 'customer-limit':
        if (expiredOverdue || !(await expireOverdueOrders(deps, accepted.order))) return reject(deps, accepted, 'customer-limit');
        expiredOverdue = true;
        break;
      case 'collided': {
        deps.meter.count(metrics.collisions, outcome.claims.length);
        if (await expireOverdueOwners(deps, outcome.claims)) break;
        for (const { sku } of outcome.claims) collided.add(sku);
        const drawn = await redraw(deps, request, outcome.claims, comparedIn);
        comparedIn = drawn.comparedIn;
        if (drawn.kind === 'parked') return 'parked';
        if (drawn.kind === 'none') return reject(deps, accepted, drawn.reason);
        request = drawn.request;
        break;
      }
    }
  }
  throw new UnavailableError('gate', `an order collided ${limits.redrawsPerDelivery + 1} times in one delivery`);
}

/** Rule 16. Both steps are repeated by every redelivery, so dying here leaves nothing behind for good. */
async function settle(deps: CommitOrderDependencies, order: Order): Promise<'settled'> {
  if (order.state === 'held') await remindExpiry(deps.expiries, order, deps.clock.nowMs());
  await deps.gate.apply(order);
  return 'settled';
}

async function settleExisting(deps: CommitOrderDependencies, { order }: CommitRequest, stored: Order): Promise<'settled'> {
  if (stored.fingerprint !== order.fingerprint) deps.meter.count(metrics.fingerprintsDiffering);
  return settle(deps, stored);
}

/** Rule 17: a rejection is written only where the ledger has no such order yet. */
async function reject(deps: CommitOrderDependencies, request: CommitRequest, reason: NonNullable<Order['reason']>): Promise<'settled'> {
  const rejected: Order = {
    ...request.order,
    state: 'rejected',
    version: 1,
    reason,
    closedAtMs: deps.clock.nowMs(),
    lines: withoutUnits(request.order.lines),
  };
  const outcome = await deps.ledger.close(rejected);
  if (outcome.kind === 'exists') return settleExisting(deps, request, outcome.order);
  deps.meter.count(metrics.ordersRejected);
  return settle(deps, rejected);
}

/** Rule 14: the customer's own overdue holds may stand in the way of the limit. True when any was ended. */
async function expireOverdueOrders(deps: CommitOrderDependencies, order: Order): Promise<boolean> {
  const overdue = await deps.ledger.overdueOrders(order, deps.clock.nowMs());
  for (const hold of overdue) await expireOrder(deps, hold);
  return overdue.length > 0;
}

/** Rule 15: a unit whose hold has run out is freed by its own order's expiry, then tried again. True when any was ended. */
async function expireOverdueOwners(deps: CommitOrderDependencies, claims: readonly Claim[]): Promise<boolean> {
  let ended = false;
  for (const orderId of new Set(claims.map((claim) => claim.orderId))) {
    const owner = await deps.ledger.read(orderId);
    if (owner && (await expireOrder(deps, owner))) ended = true;
  }
  return ended;
}

/** `comparedIn`: the gate's incarnation before it was compared with the ledger; undefined: it was not, in this delivery. */
type Redraw = { readonly comparedIn: string | undefined } & (
  | { readonly kind: 'drawn'; readonly request: CommitRequest }
  | { readonly kind: 'none'; readonly reason: 'sold-out' | 'seat-taken' }
  | { readonly kind: 'parked' }
);

/**
 * Rules 4 and 15: other units from the gate; before an order is refused for want of units, gate and ledger are compared
 * once. A seat has no other: after the comparison the same seat is tried once more, and the ledger has the last word.
 */
async function redraw(
  deps: CommitOrderDependencies,
  request: CommitRequest,
  collided: readonly Claim[],
  comparedBefore: string | undefined,
): Promise<Redraw> {
  let outcome = await deps.gate.draw(request, collided);
  let comparedIn = comparedBefore;
  if ((outcome.kind === 'none' || outcome.kind === 'seat-taken') && comparedIn === undefined) {
    const { saleId, lines, acceptedAtMs } = request.order;
    const incarnation = await deps.gate.incarnation(saleId);
    const skus = lines.map(({ sku }) => sku);
    if (await compareSkus(deps, saleId, skus, { sinceMs: acceptedAtMs, incarnation })) {
      comparedIn = incarnation;
      outcome = await deps.gate.draw(request, []);
    }
    // Too many units for one call: it comes back, and goes on where this one stopped.
    else outcome = { kind: 'park' };
  }
  switch (outcome.kind) {
    case 'drawn':
      return { kind: 'drawn', request: outcome.request, comparedIn };
    case 'done':
      // The ledger knows the order by now: the next commit meets it.
      return { kind: 'drawn', request, comparedIn };
    case 'none':
    case 'seat-taken':
      await mustStillKnow(deps, request.order, comparedIn);
      return { kind: 'none', reason: outcome.kind === 'none' ? 'sold-out' : 'seat-taken', comparedIn };
    case 'park':
      await park(deps, request);
      return { kind: 'parked', comparedIn };
  }
}

/** A gate that has failed over since it was compared may have forgotten which units are free: nobody is refused by it. Throws UnavailableError: the message comes back. */
async function mustStillKnow({ gate }: CommitOrderDependencies, { saleId }: Order, comparedIn: string | undefined): Promise<void> {
  if ((await gate.incarnation(saleId)) !== comparedIn)
    throw new UnavailableError('gate', 'it failed over between its comparison with the ledger and the refusal of an order');
}

/**
 * The gate gave a unit that the ledger says is another's: it has lost writes, hardly this one alone. The sku is compared at
 * once, by one worker in limits.comparisonEveryMs, before others collide. The order is settled by then.
 */
async function compareAfterCollision(
  deps: CommitOrderDependencies,
  { saleId, acceptedAtMs }: Order,
  collided: ReadonlySet<string>,
): Promise<void> {
  const skus: string[] = [];
  for (const sku of collided) if (await deps.gate.beginComparison(saleId, sku)) skus.push(sku);
  if (skus.length === 0) return;
  await compareSkus(deps, saleId, skus, { sinceMs: acceptedAtMs, incarnation: await deps.gate.incarnation(saleId) });
}

/** True when all of them are compared. Throws UnavailableError where its worker would run out of time. */
async function compareSkus(
  { sales, reconcile, clock }: CommitOrderDependencies,
  saleId: string,
  skus: readonly string[],
  asker: Asker,
): Promise<boolean> {
  const sale = await sales.read(saleId);
  const endMs = clock.nowMs() + limits.reconcileMs;
  let compared = true;
  for (const sku of skus) {
    const capacity = sale?.items.find((item) => item.sku === sku)?.capacity;
    if (!sale || capacity === undefined) continue;
    if (clock.nowMs() > endMs) throw new UnavailableError('gate', `comparing the skus of an order took over ${limits.reconcileMs} ms`);
    if (!(await reconcile.run(sale, { sku, capacity }, asker))) compared = false;
  }
  return compared;
}

/**
 * A copy of the message, so that waiting for the gate uses up none of its receives (rule 15). It waits half as long again as the
 * order has waited: the rebuild waits for a queue in which nothing moves, and many that came back every few seconds would never
 * leave it one (CE-11).
 */
async function park({ queue, clock, meter }: CommitOrderDependencies, request: CommitRequest): Promise<void> {
  const waitedMs = clock.nowMs() - request.order.acceptedAtMs;
  if (waitedMs > limits.parkMaxMs) throw new UnavailableError('gate', 'put off for a day, and still no gate');
  meter.count(metrics.ordersParked);
  const delaySeconds = Math.min(limits.queueDelaySeconds, Math.max(limits.parkSeconds, Math.ceil(waitedMs / 2000)));
  await queue.send(request, { delaySeconds });
}
