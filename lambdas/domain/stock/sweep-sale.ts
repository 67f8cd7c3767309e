import { limits } from '../../contracts/limits.ts';
import { metrics } from '../../contracts/metrics.ts';
import { UnavailableError } from '../kernel/faults.ts';
import type { Clock, Meter } from '../kernel/ports.ts';
import { atOnce } from '../kernel/at-once.ts';
import { slicesOf } from '../kernel/slices.ts';
import { expireOrder } from '../orders/expire-order.ts';
import type { Order } from '../orders/order.ts';
import type { OrderLedger, OrderQueue } from '../orders/ports.ts';
import type { SaleCatalog } from '../sales/ports.ts';
import { isGateOver, type Sale } from '../sales/sale.ts';
import type { StockGate } from './ports.ts';
import { rebuildGate } from './rebuild-gate.ts';
import { reconcileUnits } from './reconcile-sku.ts';
import { tellGate } from './tell-gate.ts';

/** What a pass of the sweeper needs. */
export interface SweepSaleDependencies {
  readonly gate: StockGate;
  readonly ledger: Pick<OrderLedger, 'readAll' | 'claims' | 'release'>;
  readonly queue: OrderQueue;
  readonly catalog: Pick<SaleCatalog, 'read'>;
  readonly clock: Clock;
  readonly meter: Meter;
  /** A name of a rebuild that no other has. */
  readonly newToken: () => string;
}

/** Where the comparison of a sale's units goes on: the first unit of a sku that was not compared yet. */
export interface SweepPosition {
  readonly sku: string;
  readonly fromUnit: number;
}

/** What one pass found and mended. */
export interface Swept {
  gate: 'ready' | 'rebuilt' | 'dropped' | 'none';
  resent: number;
  stuck: number;
  expired: number;
  /** Units of the gate that differed from the ledger. */
  units: number;
  /** Where the next pass goes on; undefined: at the beginning. */
  next: SweepPosition | undefined;
  /** What went wrong on the way and was left to a later pass: the first limits.sweptFaults. */
  readonly faults: unknown[];
}

/**
 * One pass over one sale: mends what crashes and failovers left (protocol.md rules 26 to 29 and 34). Everything is read
 * in the gate first, then in the ledger, and acted on by a guarded script or a conditional write: whatever changes in
 * between wins, so passes may die anywhere, overlap, and repeat one another. One order that is stored corruptly, a slice or a step that
 * fails holds up nothing behind it, and is told in `faults`; without a dependency a step ends. Throws UnavailableError where there is no gate to work on; the next pass starts again.
 */
export async function sweepSale(deps: SweepSaleDependencies, sale: Sale, from: SweepPosition | undefined): Promise<Swept> {
  const swept: Swept = { gate: 'ready', resent: 0, stuck: 0, expired: 0, units: 0, next: undefined, faults: [] };
  swept.gate = isGateOver(sale, deps.clock.nowMs()) ? await drop(deps, sale) : await rebuildGate(deps, sale);
  if (swept.gate === 'dropped') return swept;
  await attempt(swept, () => expireOverdue(deps, sale, swept));
  await attempt(swept, () => resendPending(deps, sale, swept));
  // It goes once what keeps it has ended: a hold of 24 h may end after the day.
  if (swept.gate === 'none') return swept;
  await attempt(swept, () => compareOrders(deps, sale));
  await attempt(swept, () => compareUnits(deps, sale, from, swept));
  return swept;
}

/** A step or slice: what fails of it is left to a later pass, and holds up nothing behind it. */
async function attempt(swept: Swept, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    keep(swept, error);
  }
}

/** An order, or a batch of them. Where a dependency is away, so it is for those behind: their step ends, or each would wait for it in turn. */
async function attemptOne(swept: Swept, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    keep(swept, error);
  }
}

function keep({ faults }: Swept, fault: unknown): void {
  if (faults.length < limits.sweptFaults) faults.push(fault);
}

/** A sale that is over for a day keeps its orders in the ledger; nothing of it is needed fast any more. */
async function drop({ gate, meter }: SweepSaleDependencies, { saleId, items }: Sale): Promise<'dropped' | 'none'> {
  const dropped = await gate.drop(
    saleId,
    items.map(({ sku }) => sku),
  );
  if (dropped) meter.count(metrics.gatesDropped);
  return dropped ? 'dropped' : 'none';
}

/** Rule 28: holds that are over by the gate's list. Their own messages come first as a rule; this is for those that were lost. */
async function expireOverdue(deps: SweepSaleDependencies, { saleId }: Sale, swept: Swept): Promise<void> {
  const { gate, ledger, clock } = deps;
  const overdue = await gate.overdueHolds(saleId, clock.nowMs() - limits.holdGraceMs);
  for (const batch of slicesOf(overdue, limits.batchGetItems)) {
    await attemptOne(swept, async () => {
      const orders = (await ledger.readAll(batch)).values();
      await atOnce(limits.sweptOrdersAtOnce, orders, (order) => attemptOne(swept, () => endHold(deps, order, swept)));
    });
  }
}

async function endHold(deps: SweepSaleDependencies, order: Order, swept: Swept): Promise<void> {
  const { gate, clock, meter } = deps;
  if (await expireOrder(deps, order)) {
    swept.expired += 1;
    meter.count(metrics.ordersExpired);
  }
  // Ended or paid meanwhile, and the gate was not told: then this takes it off the list.
  else await gate.apply(order);
  // Or taken up again for a payment that came to nothing.
  if (order.state === 'expired') await gate.endRetake(order, clock.nowMs());
}

/**
 * Rule 27: orders that were accepted a while ago, and that the ledger does not know. While the queue is long they are
 * simply in it; sending them again would make it longer. It is asked only where there is such an order.
 */
async function resendPending(deps: SweepSaleDependencies, { saleId }: Sale, swept: Swept): Promise<void> {
  const { gate, ledger, queue, clock } = deps;
  const endMs = clock.nowMs() + limits.resendSliceMs;
  let visible: number | undefined;
  for await (const batch of oldPending(deps, saleId)) {
    visible ??= (await queue.depth()).visible;
    if (visible > limits.resendQueueMessages || swept.resent >= limits.resendsPerPass || clock.nowMs() > endMs) return;
    const stored = await ledger.readAll(batch);
    for (const order of stored) await gate.apply(order);
    const known = new Set(stored.map(({ orderId }) => orderId));
    const unknown = batch.filter((orderId) => !known.has(orderId));
    await atOnce(limits.sweptOrdersAtOnce, unknown.values(), (orderId) => attemptOne(swept, () => resend(deps, saleId, orderId, swept)));
  }
}

/** Ids of the orders that have been pending for limits.pendingResendMs, as many at a time as one read of the ledger takes. */
async function* oldPending({ gate, clock }: SweepSaleDependencies, saleId: string): AsyncGenerator<readonly string[]> {
  for await (const page of gate.pending(saleId)) {
    const acceptedBeforeMs = clock.nowMs() - limits.pendingResendMs;
    const old = page.filter(({ acceptedAtMs }) => acceptedAtMs <= acceptedBeforeMs).map(({ orderId }) => orderId);
    yield* slicesOf(old, limits.batchGetItems);
  }
}

/** Sent within T_take of the moment the gate said so, or not at all: a rebuild may have begun to count on that (rule 10). */
async function resend({ gate, queue, clock, meter }: SweepSaleDependencies, saleId: string, orderId: string, swept: Swept): Promise<void> {
  const askedAtMs = clock.nowMs();
  const outcome = await gate.resend(saleId, orderId, askedAtMs);
  if (outcome.kind === 'stuck') {
    swept.stuck += 1;
    meter.count(metrics.stuckOrders);
  }
  if (outcome.kind !== 'again') return;
  const withinMs = limits.takeMs - (clock.nowMs() - askedAtMs);
  if (withinMs < limits.queueRequestMs) return;
  await queue.send(outcome.request, { withinMs });
  swept.resent += 1;
  meter.count(metrics.ordersResent);
}

/**
 * After a failover the gate may know an order as it was before. The comparison of units finds those that it believes to have some;
 * of one whose units it knows as another's, or in another lane, only its own image says that it counts for nobody any more.
 */
async function compareOrders(deps: SweepSaleDependencies, { saleId }: Sale): Promise<void> {
  const { gate, clock } = deps;
  const endMs = clock.nowMs() + limits.doubtfulSliceMs;
  for await (const page of gate.doubtfulOrders(saleId)) {
    // Asking for this page has said that the one before is compared.
    if (clock.nowMs() > endMs) return;
    await tellGate(deps, page);
  }
}

/** Rules 26 and 29: slice by slice from where the last pass stopped, as long as this one has time. */
async function compareUnits(deps: SweepSaleDependencies, sale: Sale, from: SweepPosition | undefined, swept: Swept): Promise<void> {
  const { gate, clock, meter } = deps;
  const endMs = clock.nowMs() + limits.sweepSliceMs;
  const begin = Math.max(
    0,
    sale.items.findIndex(({ sku }) => sku === from?.sku),
  );
  for (const { sku, capacity } of sale.items.slice(begin)) {
    const first = sku === from?.sku ? from.fromUnit : 0;
    await gate.setCapacity(sale, sku, capacity);
    for (let fromUnit = first; fromUnit < capacity; fromUnit += limits.reconcileUnits) {
      if (clock.nowMs() > endMs) {
        swept.next = { sku, fromUnit };
        return;
      }
      const toUnit = Math.min(fromUnit + limits.reconcileUnits, capacity);
      await attempt(swept, async () => {
        const mended = await reconcileUnits(deps, sale.saleId, sku, { fromUnit, toUnit });
        swept.units += mended;
        if (mended > 0) meter.count(metrics.unitsMended, mended);
      });
    }
  }
}
