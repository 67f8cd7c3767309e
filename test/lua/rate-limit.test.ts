import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { connectRedis } from '../../lambdas/stores/redis/connect.ts';
import type { RedisConnection } from '../../lambdas/stores/redis/connection.ts';
import { RedisRateLimiter } from '../../lambdas/stores/redis/rate-limit.ts';
import { nowMs } from '../conformance/stock-gate-fixtures.ts';
import { onEachRedis } from '../support/each-redis.ts';
import type { RedisServer } from '../support/redis-server.ts';

onEachRedis((kind) => {
  let server: RedisServer;
  let connection: RedisConnection;
  let limiter: RedisRateLimiter;
  let redis: Redis;

  beforeAll(async () => {
    server = await kind.start({ cluster: false });
    connection = await connectRedis(server);
    limiter = new RedisRateLimiter(connection);
    redis = new Redis({ host: server.host, port: server.port, protocol: 2 });
  }, 30_000);
  afterAll(async () => {
    redis.disconnect();
    connection.close();
    await server.stop();
  });

  test('limit 2 in 60 s: two calls pass, the third waits until the window of the first is over', async () => {
    expect(await limiter.take('two', 2, 60, nowMs)).toEqual({ allowed: true, remaining: 1, resetSeconds: 60 });
    expect(await limiter.take('two', 2, 60, nowMs + 10_500)).toEqual({ allowed: true, remaining: 0, resetSeconds: 50 });
    expect(await limiter.take('two', 2, 60, nowMs + 59_999)).toEqual({ allowed: false, remaining: 0, resetSeconds: 1 });
    expect(await limiter.take('two', 2, 60, nowMs + 60_000)).toEqual({ allowed: true, remaining: 1, resetSeconds: 60 });
  });

  test('limit 0 allows nothing, and refusals are not counted', async () => {
    expect((await limiter.take('none', 0, 60, nowMs)).allowed).toBe(false);
    expect(await redis.exists('rate:{none}')).toBe(0);
  });

  test('buckets do not share a window', async () => {
    await limiter.take('one', 1, 60, nowMs);
    expect((await limiter.take('other', 1, 60, nowMs)).allowed).toBe(true);
    expect((await limiter.take('one', 1, 60, nowMs)).allowed).toBe(false);
  });

  test('a bucket leaves nothing behind when its window is over', async () => {
    await limiter.take('gone', 1, 60, nowMs);
    const leftMs = await redis.pttl('rate:{gone}');
    expect(leftMs).toBeGreaterThan(50_000);
    expect(leftMs).toBeLessThanOrEqual(60_000);
  });

  test('a clock far ahead cannot make a caller wait longer than one window', async () => {
    await limiter.take('skew', 1, 60, nowMs + 3_600_000);
    expect(await limiter.take('skew', 1, 60, nowMs)).toEqual({ allowed: true, remaining: 0, resetSeconds: 60 });
  });

  test('20 calls at once of limit 7: 7 pass', async () => {
    const decisions = await Promise.all(Array.from({ length: 20 }, () => limiter.take('crowd', 7, 60, nowMs)));
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(7);
  });
});
