import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Api } from '../support/api.ts';
import { crowdUnder, expectNothingLost } from '../support/crowd-under-faults.ts';
import { type MortalRedis, startMortalRedis } from '../support/mortal-redis.ts';
import { available } from '../support/redis-server.ts';
import { type RunningSystem, startSystem } from '../support/running-system.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { describeWith } from '../support/skip.ts';

const startMs = 90_000;
const openMs = 60_000;
const seed = Number(process.env['PENSTOCK_SEED'] ?? Date.now() % 1_000_000);

describeWith('redis-server', available(), () => {
  let redis: MortalRedis;
  let system: RunningSystem;
  beforeAll(async () => {
    redis = await startMortalRedis();
    system = await startSystem({}, redis);
  }, startMs);
  afterAll(async () => {
    expect(await system.stop()).toBe(0);
  }, startMs);

  /** What an operator does whose gate is gone: opens the sale again, until it is. */
  async function open(saleId: string): Promise<void> {
    const api = new Api(system);
    const endMs = performance.now() + openMs;
    for (;;) {
      const { status } = await api.call('POST', `/v1/admin/sales/${saleId}/open`);
      if (status === 200) return;
      if (status !== 503 || performance.now() > endMs) throw new Error(`POST …/open: ${status}`);
      await sleep(500);
    }
  }

  test('kill -9 of redis-server in the middle of a sale of 150 units to 300 buyers, and an empty one in its place: nothing lost, nothing sold twice', async () => {
    const random = seededRandom(seed);
    const sale = { url: system.url, buyers: 300, stock: 150, ratePerSecond: 60 };
    // Late enough that units are sold which the new gate must not give again.
    const beforeMs = 1000 + 1500 * random();
    const awayMs = 1500 * random();
    const result = await crowdUnder(sale, async (_, saleId) => {
      await sleep(beforeMs);
      await redis.kill();
      await sleep(awayMs);
      await redis.startAgain();
      await open(saleId);
    });
    const [killedAt, away] = [beforeMs, awayMs].map(Math.round);
    expectNothingLost(`seed ${seed}, redis-server killed after ${killedAt} ms, away for ${away} ms and its start`, result);
    expect(result.statuses['502']).toBeUndefined();
    expect(result.statuses['503']).toBeGreaterThan(0);
    expect(result.sold).toBe(sale.stock);
  }, 240_000);
});
