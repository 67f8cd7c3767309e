import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { expectLivesKept, type RestingOrders } from '../support/expect-lives-kept.ts';
import { HastySystem } from '../support/hasty-system.ts';
import { killAll, killFunctions } from '../support/kill-functions.ts';
import { type MortalRedis, startMortalRedis } from '../support/mortal-redis.ts';
import { OrderLives } from '../support/order-lives.ts';
import { available } from '../support/redis-server.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { describeWith } from '../support/skip.ts';

const startMs = 90_000;
const seed = Number(process.env['PENSTOCK_SEED'] ?? Date.now() % 1_000_000);
const [buyers, stock, overMs] = [90, 30, 5000];
const expected = ['200', '202', '409 sold-out', '409 hold-expired', '409 order-state', '503 unavailable', '503 of the load balancer'];

describeWith('redis-server', available(), () => {
  let redis: MortalRedis;
  let system: HastySystem;
  beforeAll(async () => {
    redis = await startMortalRedis();
    system = await HastySystem.start(redis);
  }, startMs);
  afterAll(async () => {
    await system.stop();
    await redis.stop();
  }, startMs);

  test(`kill -9 of redis-server while ${buyers} buyers live with their orders for ${stock} units, and an empty one in its place; of expiry all through, and of the sweepers while one makes the gate again: nothing lost, nothing sold twice, and nobody operates`, async () => {
    const random = seededRandom(seed);
    // Late enough that units are sold which the new gate must not give again.
    const [beforeMs, awayMs, remakingMs] = [1500 + 2500 * random(), 1500 * random(), 500 + 3500 * random()];
    const [lived, judged] = [new AbortController(), new AbortController()];
    await system.sell('wiped', stock);
    const sweeping = system.sweepUntil(judged.signal);
    const killing = killFunctions({ runtime: process.pid, labels: ['expiry'], everyMs: 700, random, stop: lived.signal });
    const lives = new OrderLives(system.api, 'wiped', random);
    let killed: Record<string, number> = {};
    let resting: RestingOrders;
    try {
      const living = lives.play(buyers, overMs);
      await sleep(beforeMs);
      await redis.kill();
      await sleep(awayMs);
      await redis.startAgain();
      await sleep(remakingMs);
      const sweep = killAll(process.pid, 'sweep');
      const all = await living.finally(() => lived.abort());
      killed = { ...(await killing), sweep };
      const times = [beforeMs, awayMs, remakingMs].map(Math.round).join(', ');
      process.stderr.write(
        `faults: seed ${seed}: ms until redis-server was killed, started again, and the sweepers killed: ${times}; ` +
          `killed ${JSON.stringify(killed)}; answers ${JSON.stringify(lives.answers)}\n`,
      );
      resting = await expectLivesKept({ api: system.api, saleId: 'wiped', stock, lives: all });
      process.stderr.write(`faults: orders ${JSON.stringify(resting)}\n`);
    } finally {
      lived.abort();
      judged.abort();
      await sweeping;
    }

    expect(Object.keys(lives.answers).filter((kind) => !expected.includes(kind))).toEqual([]);
    for (const count of [...Object.values(killed), ...Object.values(resting), lives.answers['503 unavailable'] ?? 0])
      expect(count).toBeGreaterThan(0);
    expect(resting.confirmed + resting.cancelled + resting.expired).toBeGreaterThan(stock);
  }, 240_000);
});
