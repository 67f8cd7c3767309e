import { describe, expect, test } from '@jest/globals';
import type { ExpiryNotice } from '../../../lambdas/domain/orders/order.ts';
import { expireOrders } from '../../../lambdas/workers/expire-orders.ts';

const notice: ExpiryNotice = { orderId: 'ord_1', holdExpiresAtMs: 1_795_341_600_000, hops: 3 };

function system(expire: () => Promise<unknown> = () => Promise.resolve('sent-on')) {
  const seen: ExpiryNotice[] = [];
  const handle = expireOrders((told) => {
    seen.push(told);
    return expire();
  });
  return { seen, handle };
}

describe('a message of the expiries queue', () => {
  test('is handed on as it was sent, and done with whatever came of it', async () => {
    const { seen, handle } = system();
    await expect(handle(JSON.stringify(notice))).resolves.toBeUndefined();
    expect(seen).toEqual([notice]);
  });

  test('that fails comes back', async () => {
    const fault = new Error('away');
    await expect(system(() => Promise.reject(fault)).handle(JSON.stringify(notice))).rejects.toBe(fault);
  });

  test.each<[string, string]>([
    ['no JSON', 'hello'],
    ['null', 'null'],
    ['no order', JSON.stringify({ holdExpiresAtMs: 1, hops: 0 })],
    ['a member too many', JSON.stringify({ ...notice, extra: 1 })],
    ['−1 hops', JSON.stringify({ ...notice, hops: -1 })],
    ['a time that is text', JSON.stringify({ ...notice, holdExpiresAtMs: '1' })],
  ])('with %s is a fault, and expires nothing', async (_, body) => {
    const { seen, handle } = system();
    await expect(handle(body)).rejects.toThrow(Error);
    expect(seen).toEqual([]);
  });
});
