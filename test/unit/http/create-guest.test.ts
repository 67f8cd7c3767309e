import { describe, expect, test } from '@jest/globals';
import type { RateDecision } from '../../../lambdas/domain/callers/ports.ts';
import { addressBucket } from '../../../lambdas/http/address-bucket.ts';
import { createGuest } from '../../../lambdas/http/create-guest.ts';
import { nowMs } from '../../support/builders.ts';
import { answerOf, pointersOf, type RequestWish } from '../../support/builders-request.ts';
import { ManualClock } from '../../support/fakes-clock.ts';

async function call(wish: RequestWish = {}, rate: RateDecision = { allowed: true, remaining: 9, resetSeconds: 42 }, allowed = true) {
  const taken: unknown[][] = [];
  const handler = createGuest({
    allowed,
    perMinute: 10,
    limiter: {
      take: (...args) => {
        taken.push(args);
        return Promise.resolve(rate);
      },
    },
    clock: new ManualClock(),
    newId: () => 'gst_1',
    sign: (customerId, expiresAtMs) => Promise.resolve(`signed ${customerId} ${expiresAtMs}`),
  });
  return { taken, response: await answerOf(handler, wish) };
}

describe('POST a guest', () => {
  test('gives a token for a day, and tells the rate', async () => {
    const { response, taken } = await call({ body: {} });
    expect(response).toEqual({
      status: 201,
      headers: { ratelimit: '"guests";r=9;t=42', 'ratelimit-policy': '"guests";q=10;w=60' },
      body: { token: `signed gst_1 ${nowMs + 86_400_000}`, customerId: 'gst_1', expiresAt: '2026-11-23T10:00:00.000Z' },
    });
    expect(taken).toEqual([['guests:192.0.2.1', 10, 60, nowMs]]);
  });

  test('over the rate is 429 with Retry-After and the same headers', async () => {
    const { response } = await call({}, { allowed: false, remaining: 0, resetSeconds: 7 });
    expect(response).toMatchObject({
      problem: 'rate-limited',
      headers: { 'retry-after': '7', ratelimit: '"guests";r=0;t=7', 'ratelimit-policy': '"guests";q=10;w=60' },
    });
  });

  test('is forbidden where the deployment takes none, whatever is sent, and uses up nothing', async () => {
    const { response, taken } = await call({ body: { x: 1 } }, undefined, false);
    expect(response).toMatchObject({ problem: 'forbidden' });
    expect(taken).toEqual([]);
  });

  test('with a member in its body is refused before it counts', async () => {
    const { response, taken } = await call({ body: { name: 'x' } });
    expect(pointersOf(response)).toEqual(['/name']);
    expect(taken).toEqual([]);
  });

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['unknown', 'unknown'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
    ['2001:DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['2001:db8:1::2:3:4:5', '2001:db8:1:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.2', '192.0.2.2'],
  ])('the address %s counts as %s', (address, bucket) => {
    expect(addressBucket(address)).toBe(bucket);
  });
});
