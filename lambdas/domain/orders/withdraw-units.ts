import { limits } from '../../contracts/limits.ts';
import { assert } from '../kernel/assert.ts';
import { UnavailableError } from '../kernel/faults.ts';
import { endOrder, type EndOrderDependencies } from './cancel-order.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type CommitRequest, house, type Order, totalUnits, withoutUnits } from './order.ts';
import type { OrderIds } from './order-id.ts';
import { gateIsBeingBuilt, placeOrder, type PlaceOrderDependencies } from './place-order.ts';
import type { SaleCatalog } from '../sales/ports.ts';
import type { Item, Sale } from '../sales/sale.ts';
import { recordStockOperation, type RecordOutcome, type StockOperation } from '../sales/stock-operation.ts';
import type { StockGate } from '../stock/ports.ts';

interface WithdrawDependencies extends PlaceOrderDependencies, EndOrderDependencies {
  readonly catalog: Pick<SaleCatalog, 'read' | 'operation' | 'write'>;
  readonly gate: Pick<StockGate, 'reserve' | 'apply' | 'order' | 'summary'>;
  readonly ledger: PlaceOrderDependencies['ledger'] & EndOrderDependencies['ledger'];
  readonly ids: OrderIds;
}

/** What a withdrawal is answered: all its units, or none. */
export type WithdrawOutcome =
  /** The orders as they stand: `withdrawn`, `accepted` where the commit took longer than the wait, `cancelled` where put back. */
  | { readonly kind: 'taken'; readonly orders: readonly Order[]; readonly sale: Sale; readonly item: Item; readonly replayed: boolean }
  /** Fewer units are free; nothing is withdrawn. */
  | { readonly kind: 'capacity-in-use'; readonly available: number }
  | Exclude<RecordOutcome, { readonly kind: 'recorded' } | { readonly kind: 'over-capacity' }>;

/**
 * Takes free units out of sale (protocol.md rule 25), in any state of the sale: orders of the house, each at most
 * limits.transactionUnits, by the way of every order: gate, queue, transaction. All or none: where some order finds no
 * units, one of them is rejected in the ledger, which is the decision, and then the others are cancelled. Whoever
 * repeats the call goes on where it ended. Throws UnavailableError.
 */
export async function withdrawUnits(deps: WithdrawDependencies, operation: StockOperation): Promise<WithdrawOutcome> {
  const recorded = await recordStockOperation(deps.catalog, operation, () => refuseHopeless(deps, operation));
  assert(recorded.kind !== 'over-capacity', 'a withdrawal leaves the capacity as it is');
  if (recorded.kind !== 'recorded') return recorded;
  let placedAny = recorded.replayed;
  const parts = partsOf(deps, recorded.sale, operation);
  for (let attempt = 0; attempt < limits.orderChangeAttempts; attempt += 1) {
    const known = await lookAt(deps, parts);
    if (known.some((order) => order?.state === 'rejected')) return refuse(deps, operation, parts);
    const { short, placed } = await takeMissing(deps, operation, parts, known);
    placedAny ||= placed;
    if (!short) {
      const orders = await awaitCommits(deps, parts);
      // A commit that found no units has decided; the next look meets that.
      if (orders.some(({ state }) => state === 'rejected')) continue;
      const { sale, item, replayed } = recorded;
      return { kind: 'taken', orders, sale, item, replayed };
    }
    const now = await lookAt(deps, parts);
    // Another call of the same operation is taking them, or we took some: judge that.
    if (countKnown(now) !== countKnown(known)) continue;
    // Where an order was ever placed, its message may still come though the gate has forgotten it: only a rejection in the ledger meets that.
    if (countKnown(now) === 0 && !placedAny) return { kind: 'capacity-in-use', available: short.available };
    await reject(deps, short.part);
  }
  throw new UnavailableError('gate', `the orders of a withdrawal changed ${limits.orderChangeAttempts} times while they were being placed`);
}

/** Before anything is recorded: an operation that cannot be leaves the sale as it is, and its key unused. */
async function refuseHopeless(deps: WithdrawDependencies, operation: StockOperation) {
  const available = await availableOf(deps, operation);
  return available < operation.units ? ({ kind: 'capacity-in-use', available } as const) : undefined;
}

/** The orders of an operation: the same for every repetition, but for the time. */
function partsOf(deps: WithdrawDependencies, sale: Sale, { sku, units, idempotencyKey }: StockOperation): CommitRequest[] {
  const parts: CommitRequest[] = [];
  for (let left = units; left > 0; left -= limits.transactionUnits) {
    parts.push({
      order: {
        // No Idempotency-Key has a space, so no other operation has this order.
        orderId: deps.ids.derive(sale.saleId, house, `${idempotencyKey} ${parts.length}`),
        saleId: sale.saleId,
        customerId: house,
        fingerprint: fingerprintOf({ lines: [{ sku, quantity: units }] }),
        state: 'accepted',
        version: 0,
        currency: sale.currency,
        lines: [{ sku, quantity: Math.min(left, limits.transactionUnits), unitPriceMinor: 0, units: [] }],
        acceptedAtMs: deps.clock.nowMs(),
      },
      customerLimit: 0,
      holdSeconds: 0,
      gateVersion: sale.gateVersion,
    });
  }
  return parts;
}

/** The orders as gate or ledger knows them; undefined where neither does. */
async function lookAt({ gate, ledger }: WithdrawDependencies, parts: readonly CommitRequest[]): Promise<(Order | undefined)[]> {
  return Promise.all(
    parts.map(async ({ order: { saleId, orderId } }) => (await gate.order(saleId, orderId))?.order ?? (await ledger.read(orderId))),
  );
}

function countKnown(orders: readonly (Order | undefined)[]): number {
  return orders.filter((order) => order !== undefined).length;
}

async function availableOf({ gate }: WithdrawDependencies, { saleId, sku }: StockOperation): Promise<number> {
  const { state, available } = await gate.summary(saleId, [sku]);
  if (state !== 'ready') throw gateIsBeingBuilt();
  return available[sku] ?? 0;
}

/**
 * Places the orders that nobody knows, and sends again what is not committed yet. It looks before it takes, so that a
 * hopeless withdrawal leaves buyers their units. Answers the order for which there were too few units, if any.
 */
async function takeMissing(
  deps: WithdrawDependencies,
  operation: StockOperation,
  parts: readonly CommitRequest[],
  known: readonly (Order | undefined)[],
): Promise<{ readonly placed: boolean; readonly short?: { readonly part: CommitRequest; readonly available: number } }> {
  const missing = parts.filter((_, index) => known[index] === undefined);
  const [first] = missing;
  if (first) {
    const available = await availableOf(deps, operation);
    if (available < totalUnits(missing.flatMap(({ order }) => order.lines))) return { placed: false, short: { part: first, available } };
  }
  let count = 0;
  for (const [index, part] of parts.entries()) {
    if ((known[index] ?? part.order).state !== 'accepted') continue;
    const placed = await placeOrder(deps, part);
    if (placed.kind === 'sold-out') return { placed: count > 0, short: { part, available: placed.available[operation.sku] ?? 0 } };
    assert(placed.kind === 'accepted', `an order of the house is never refused for ${placed.kind}`);
    count += 1;
  }
  return { placed: count > 0 };
}

/** The orders once none is accepted any more, at the latest after limits.withdrawalWaitMs. */
async function awaitCommits(deps: WithdrawDependencies, parts: readonly CommitRequest[]): Promise<Order[]> {
  const endMs = deps.clock.nowMs() + limits.withdrawalWaitMs;
  for (;;) {
    const orders = (await lookAt(deps, parts)).map((order, index) => order ?? orderOf(parts, index));
    if (orders.every(({ state }) => state !== 'accepted') || deps.clock.nowMs() + limits.waitPollMs > endMs) return orders;
    await deps.clock.sleep(limits.waitPollMs);
  }
}

/** Placed, and not seen: a gate lost in between. It is in the queue. */
function orderOf(parts: readonly CommitRequest[], index: number): Order {
  const part = parts[index];
  assert(part, 'there is an order for each part');
  return part.order;
}

/** Rule 17: from here on no repetition can complete the withdrawal. No effect where the ledger has the order. */
async function reject({ ledger, gate, clock }: WithdrawDependencies, { order }: CommitRequest): Promise<void> {
  const { lines } = order;
  const closedAtMs = clock.nowMs();
  const closed = await ledger.close({
    ...order,
    state: 'rejected',
    reason: 'sold-out',
    version: 1,
    closedAtMs,
    lines: withoutUnits(lines),
  });
  await gate.apply(closed.order);
}

/** Each order that was not rejected is cancelled, known or not: what a late message brings then meets that. */
async function refuse(deps: WithdrawDependencies, operation: StockOperation, parts: readonly CommitRequest[]): Promise<WithdrawOutcome> {
  for (const { order } of parts) await endOrder(deps, order, 'operator');
  return { kind: 'capacity-in-use', available: await availableOf(deps, operation) };
}
