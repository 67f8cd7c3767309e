import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { callAws } from '../../local/engines/call-aws.ts';
import { crowdUnder, expectNothingLost } from '../support/crowd-under-faults.ts';
import type { Engine } from '../support/engine-process.ts';
import { startFauxqs } from '../support/fauxqs.ts';
import { killFunctions } from '../support/kill-functions.ts';
import { available } from '../support/redis-server.ts';
import { type RunningSystem, startSystem } from '../support/running-system.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { describeWith } from '../support/skip.ts';

const startMs = 90_000;
const seed = Number(process.env['PENSTOCK_SEED'] ?? Date.now() % 1_000_000);

/** A batch whose worker was killed comes back after this instead of 180 s: what is shown here is the same, and takes seconds. */
const visibilitySeconds = 3;

async function shortenVisibility(endpoint: string): Promise<void> {
  const { QueueUrls } = await callAws<{ QueueUrls: string[] }>(endpoint, 'AmazonSQS.ListQueues', {});
  expect(QueueUrls.length).toBeGreaterThan(0);
  const Attributes = { VisibilityTimeout: String(visibilitySeconds) };
  for (const QueueUrl of QueueUrls) await callAws(endpoint, 'AmazonSQS.SetQueueAttributes', { QueueUrl, Attributes });
}

describeWith('redis-server', available(), () => {
  let queues: Engine;
  let system: RunningSystem;
  beforeAll(async () => {
    queues = await startFauxqs();
    system = await startSystem({ PENSTOCK_ISOLATION: 'process', SQS_URL: queues.endpoint });
    await shortenVisibility(queues.endpoint);
  }, startMs);
  afterAll(async () => {
    expect(await system.stop()).toBe(0);
    await queues.stop();
  }, startMs);

  test('kill -9 of orders, commit and changes all through a sale of 150 units to 300 buyers: nothing lost, nothing sold twice', async () => {
    const random = seededRandom(seed);
    let killed: Record<string, number> = {};
    const sale = { url: system.url, buyers: 300, stock: 150, ratePerSecond: 40 };
    const result = await crowdUnder(sale, async (stop) => {
      killed = await killFunctions({ runtime: system.pid, labels: ['orders', 'commit', 'changes'], everyMs: 250, random, stop });
    });
    expectNothingLost(`seed ${seed}, killed ${JSON.stringify(killed)}`, result);
    for (const count of Object.values(killed)) expect(count).toBeGreaterThan(0);
    expect(result.sold).toBe(sale.stock);
  }, 240_000);
});
