import { limits } from '../../contracts/limits.ts';
import { CorruptionError } from '../kernel/faults.ts';
import type { Clock } from '../kernel/ports.ts';
import type { StockGate } from '../stock/ports.ts';
import { expireOrder, isOverdue } from './expire-order.ts';
import type { ExpiryNotice } from './order.ts';
import type { ExpiryQueue, OrderLedger } from './ports.ts';
import { remindExpiry } from './remind-expiry.ts';

interface ExpireOnTimeDependencies {
  readonly ledger: Pick<OrderLedger, 'read' | 'release'>;
  readonly gate: Pick<StockGate, 'apply'>;
  readonly expiries: ExpiryQueue;
  readonly clock: Clock;
}

/**
 * What to do when an order's hold should have ended: end it if it has (rule 18), be told again if it has not (a long
 * hold, or a clock behind the sender's), and else tell the gate how the order stands, in case whoever changed it died
 * before. May run any number of times, early and late. Throws UnavailableError.
 */
export async function expireOnTime(deps: ExpireOnTimeDependencies, notice: ExpiryNotice): Promise<'expired' | 'sent-on' | 'settled'> {
  const order = await deps.ledger.read(notice.orderId);
  if (!order) throw new CorruptionError(`${notice.orderId} was held, and the ledger does not have it`);
  const nowMs = deps.clock.nowMs();
  if (isOverdue(order, nowMs)) {
    await expireOrder(deps, order);
    return 'expired';
  }
  if (order.state !== 'held') {
    await deps.gate.apply(order);
    return 'settled';
  }
  // Beyond the bound the gate's own list of holds still has it, and the sweeper reads that.
  if (notice.hops < limits.expiryHops) await remindExpiry(deps.expiries, order, nowMs, notice.hops + 1);
  return 'sent-on';
}
