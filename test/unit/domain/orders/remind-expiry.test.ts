import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { isOverdue } from '../../../../lambdas/domain/orders/expire-order.ts';
import { remindExpiry } from '../../../../lambdas/domain/orders/remind-expiry.ts';
import { heldOrder, nowMs } from '../../../support/builders.ts';
import { RecordingExpiries } from '../../../support/fakes-queue.ts';

async function delayOf(holdExpiresAtMs: number): Promise<number | undefined> {
  const expiries = new RecordingExpiries();
  await remindExpiry(expiries, heldOrder({ changes: { holdExpiresAtMs } }), nowMs);
  return expiries.sent[0]?.delaySeconds;
}

describe('the message of the end of a hold', () => {
  test('names the order, the end it has now, and how often it was sent on', async () => {
    const expiries = new RecordingExpiries();
    const order = heldOrder();
    await remindExpiry(expiries, order, nowMs);
    await remindExpiry(expiries, order, nowMs, 7);
    const notice = { orderId: order.orderId, holdExpiresAtMs: order.holdExpiresAtMs };
    expect(expiries.sent).toEqual([
      { ...notice, hops: 0, delaySeconds: 603 },
      { ...notice, hops: 7, delaySeconds: 603 },
    ]);
  });

  test.each([
    ['ends in 30 s', 30_000, 33],
    ['ends in 1 ms less', 29_999, 32],
    ['is over for a minute', -60_000, 0],
    ['ends in 15 minutes, the grace before that', 898_000 - 1, limits.queueDelaySeconds],
    ['ends in a day', limits.holdSecondsMax * 1000, limits.queueDelaySeconds],
  ])('of a hold that %s comes after %i ms: in %i s', async (_, inMs, delaySeconds) => {
    expect(await delayOf(nowMs + inMs)).toBe(delaySeconds);
  });

  test('comes when the hold is overdue, and at most a second later', async () => {
    for (const restMs of [0, 1, 499, 998, 999]) {
      const holdExpiresAtMs = nowMs + 30_000 + restMs;
      const order = heldOrder({ changes: { holdExpiresAtMs } });
      const comesAtMs = nowMs + 1000 * ((await delayOf(holdExpiresAtMs)) ?? 0);
      expect(isOverdue(order, comesAtMs)).toBe(true);
      expect(isOverdue(order, comesAtMs - 1000)).toBe(false);
    }
  });

  test('of an order without an end, as one of the house, is none', async () => {
    const expiries = new RecordingExpiries();
    const { holdExpiresAtMs: _, ...endless } = heldOrder();
    await remindExpiry(expiries, endless, nowMs);
    expect(expiries.sent).toEqual([]);
  });
});
