import { limits } from '../../contracts/limits.ts';
import type { Clock } from '../kernel/ports.ts';
import type { StockGate } from '../stock/ports.ts';
import type { Order } from './order.ts';

/** What a wait for a commit needs: it looks at the gate only. */
export interface AwaitCommitDependencies {
  readonly gate: Pick<StockGate, 'order' | 'summary' | 'enterWait' | 'leaveWait'>;
  readonly clock: Clock;
  /** A name of one wait that no other has: never the caller's, who could wait many times under one. */
  readonly newWaitId: () => string;
}

/**
 * Waits until an order is no longer accepted, at most so long: only while the queue is young enough for the wait to pay, and
 * in one of a bounded number of places (`waited`). Throws UnavailableError.
 */
export async function awaitCommit(
  { gate, clock, newWaitId }: AwaitCommitDependencies,
  accepted: Order,
  waitSeconds: number,
): Promise<{ readonly order: Order; readonly waited: boolean }> {
  const { saleId, orderId } = accepted;
  const place = { customerId: accepted.customerId, waitId: newWaitId() };
  const startMs = clock.nowMs();
  const untilMs = startMs + waitSeconds * 1000;
  const { oldestPendingAtMs } = await gate.summary(saleId, []);
  const young = oldestPendingAtMs === undefined || startMs - oldestPendingAtMs < waitSeconds * 1000;
  if (!young || !(await gate.enterWait(saleId, place, startMs, untilMs))) return { order: accepted, waited: false };
  let order = accepted;
  try {
    while (order.state === 'accepted' && clock.nowMs() + limits.waitPollMs <= untilMs) {
      await clock.sleep(limits.waitPollMs);
      order = (await gate.order(saleId, orderId))?.order ?? order;
    }
  } finally {
    await gate.leaveWait(saleId, place);
  }
  return { order, waited: true };
}
