import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { expectLivesKept, type RestingOrders } from '../support/expect-lives-kept.ts';
import { HastySystem } from '../support/hasty-system.ts';
import { killFunctions } from '../support/kill-functions.ts';
import { OrderLives } from '../support/order-lives.ts';
import { available } from '../support/redis-server.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { describeWith } from '../support/skip.ts';

const startMs = 90_000;
const seed = Number(process.env['PENSTOCK_SEED'] ?? Date.now() % 1_000_000);
const [buyers, stock, overMs] = [150, 40, 13_000];
const labels = ['orders', 'order-reads', 'commit', 'changes', 'expiry', 'sweep'];
const expected = [
  '200',
  '202',
  '409 sold-out',
  '409 hold-expired',
  '409 order-state',
  '502 of the load balancer',
  '503 unavailable',
  '503 of the load balancer',
];

describeWith('redis-server', available(), () => {
  let system: HastySystem;
  beforeAll(async () => {
    system = await HastySystem.start();
  }, startMs);
  afterAll(() => system.stop(), startMs);

  test(`kill -9 of ${labels.join(', ')} all through the lives of the orders of ${buyers} buyers for ${stock} units: nothing lost, nothing sold twice, each as it was told`, async () => {
    const random = seededRandom(seed);
    const [lived, judged] = [new AbortController(), new AbortController()];
    await system.sell('mortal', stock);
    const sweeping = system.sweepUntil(judged.signal);
    const killing = killFunctions({ runtime: process.pid, labels, everyMs: 250, random, stop: lived.signal });
    const lives = new OrderLives(system.api, 'mortal', random);
    let killed: Record<string, number> = {};
    let resting: RestingOrders;
    try {
      const all = await lives.play(buyers, overMs).finally(() => lived.abort());
      killed = await killing;
      process.stderr.write(`faults: seed ${seed}, killed ${JSON.stringify(killed)}; answers ${JSON.stringify(lives.answers)}\n`);
      resting = await expectLivesKept({ api: system.api, saleId: 'mortal', stock, lives: all });
      process.stderr.write(`faults: orders ${JSON.stringify(resting)}\n`);
    } finally {
      judged.abort();
      await sweeping;
    }

    expect(Object.keys(lives.answers).filter((kind) => !expected.includes(kind))).toEqual([]);
    for (const count of [...Object.values(killed), ...Object.values(resting)]) expect(count).toBeGreaterThan(0);
    // Units that came back were sold again.
    expect(resting.confirmed + resting.cancelled + resting.expired).toBeGreaterThan(stock);
  }, 240_000);
});
