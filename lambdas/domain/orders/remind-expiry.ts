import { limits } from '../../contracts/limits.ts';
import type { ExpiryNotice, Order } from './order.ts';
import type { ExpiryQueue } from './ports.ts';

/**
 * Has an order's end of hold told at its time (protocol.md rule 16), later by the grace, so that who is told finds it
 * overdue. As SQS delays at most limits.queueDelaySeconds, a longer wait is sent on when that is over. Throws UnavailableError.
 */
export async function remindExpiry(
  expiries: ExpiryQueue,
  { orderId, holdExpiresAtMs }: Pick<Order, 'orderId' | 'holdExpiresAtMs'>,
  nowMs: number,
  hops = 0,
): Promise<void> {
  if (holdExpiresAtMs === undefined) return;
  const waitSeconds = Math.ceil((holdExpiresAtMs + limits.holdGraceMs + 1 - nowMs) / 1000);
  const notice: ExpiryNotice = { orderId, holdExpiresAtMs, hops };
  await expiries.send(notice, { delaySeconds: Math.max(0, Math.min(waitSeconds, limits.queueDelaySeconds)) });
}
