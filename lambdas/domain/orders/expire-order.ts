import { limits } from '../../contracts/limits.ts';
import type { Clock } from '../kernel/ports.ts';
import type { StockGate } from '../stock/ports.ts';
import type { Order } from './order.ts';
import type { OrderLedger } from './ports.ts';

/** True when the hold has run out by any clock: later than its end by more than the grace (protocol.md rule 18). */
export function isOverdue(order: Order, nowMs: number): boolean {
  return order.state === 'held' && order.holdExpiresAtMs !== undefined && order.holdExpiresAtMs < nowMs - limits.holdGraceMs;
}

/**
 * Ends an overdue hold (rule 18): ledger first, then gate. The order is as just read, strongly. True when its units
 * may be free now, by us or by whoever changed it meanwhile; false when it is not overdue.
 */
export async function expireOrder(
  {
    ledger,
    gate,
    clock,
  }: { readonly ledger: Pick<OrderLedger, 'release'>; readonly gate: Pick<StockGate, 'apply'>; readonly clock: Clock },
  order: Order,
): Promise<boolean> {
  const nowMs = clock.nowMs();
  if (!isOverdue(order, nowMs)) return false;
  const outcome = await ledger.release(order, 'expired', nowMs);
  if (outcome.kind === 'released') await gate.apply(outcome.order);
  return true;
}
