import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { limits } from '../../lambdas/contracts/limits.ts';
import { assert } from '../../lambdas/domain/kernel/assert.ts';
import { UnavailableError } from '../../lambdas/domain/kernel/faults.ts';
import { acceptOrder } from '../../lambdas/domain/orders/accept-order.ts';
import { OrderIds } from '../../lambdas/domain/orders/order-id.ts';
import { deriveKeys } from '../../lambdas/runtime/derive-keys.ts';
import { NearSeatMaps } from '../../lambdas/stores/memory/near-seat-maps.ts';
import { NearSoldOut } from '../../lambdas/stores/memory/near-sold-out.ts';
import { connectRedis } from '../../lambdas/stores/redis/connect.ts';
import { RedisStockGate } from '../../lambdas/stores/redis/redis-stock-gate.ts';
import { type Answer, Api, item, lineOf } from '../support/api.ts';
import { itemOf, saleOf } from '../support/builders.ts';
import { InMemoryCatalog } from '../support/fakes-catalog.ts';
import { ManualClock } from '../support/fakes-clock.ts';
import { RecordingQueue } from '../support/fakes-queue.ts';
import { InMemorySeatMaps } from '../support/fakes-seats.ts';
import { type RunningSystem, startSystem } from '../support/running-system.ts';

const startMs = 120_000;
const pollMs = 25;
/** The sweeper's first run comes a minute after the start, its passes 10 s apart; a rebuild waits T_take and looks at the queue. */
const sweptMs = 60_000 + limits.sweepPasses * limits.sweepPassMs + limits.takeMs + limits.takeMarginMs + 30_000;

/** A whole system whose secrets the test knows: it can do what a function does that dies half way. */
class Shop {
  readonly #dir = mkdtempSync(path.join(os.tmpdir(), 'penstock-test-'));
  #system: RunningSystem | undefined;

  async start(): Promise<void> {
    this.#system = await startSystem({ PENSTOCK_DATA_DIR: this.#dir });
  }

  async stop(): Promise<void> {
    if (this.#system !== undefined) expect(await this.#system.stop()).toBe(0);
    rmSync(this.#dir, { recursive: true });
  }

  get system(): RunningSystem {
    assert(this.#system, 'the system was started');
    return this.#system;
  }

  get url(): string {
    return this.system.url;
  }

  /** Takes an order as the function does, `agoMs` ago, with a queue that takes nothing. Returns its id. */
  async orderWithoutQueue(saleId: string, customerId: string, agoMs: number): Promise<string> {
    const secrets = Object.entries(JSON.parse(readFileSync(path.join(this.#dir, 'secrets.json'), 'utf8')) as Record<string, string>);
    const secret = secrets.find(([name]) => name.includes('DeploymentSecret'))?.[1];
    assert(secret !== undefined, 'the secret of the deployment is kept');
    const ids = new OrderIds(deriveKeys(secret).orderIds);
    const redis = await connectRedis(this.system.redis);
    const queue = new RecordingQueue();
    queue.refuse = new UnavailableError('queue', 'away');
    const nowMs = Date.now();
    const sale = saleOf({ saleId, items: [itemOf({ sku: 'unit' })], opensAtMs: nowMs - 3_600_000, closesAtMs: nowMs + 3_600_000 });
    const deps = {
      sales: new InMemoryCatalog(sale),
      seatMaps: new NearSeatMaps(new InMemorySeatMaps()),
      gate: new RedisStockGate(redis),
      ledger: { read: () => Promise.resolve(undefined) },
      queue,
      soldOut: new NearSoldOut(),
      ids,
      clock: new ManualClock(nowMs - agoMs),
    };
    const intent = { saleId, customerId, idempotencyKey: 'lost', lines: [{ sku: 'unit', quantity: 1 }] };
    await expect(acceptOrder(deps, intent)).rejects.toBe(queue.refuse);
    redis.close();
    return ids.derive(saleId, customerId, intent.idempotencyKey);
  }

  /** The gate's memory is gone. */
  async wipe(): Promise<void> {
    const { host, port } = this.system.redis;
    const client = new Redis({ host, port, protocol: 2 });
    await client.flushall();
    client.disconnect();
  }
}

/** Asks until the answer is the one wanted; returns when it was asked for, by performance.now. */
async function until(withinMs: number, ask: () => Promise<Answer>, wanted: (answer: Answer) => boolean): Promise<number> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const askedAtMs = performance.now();
    const answer = await ask();
    if (wanted(answer)) return askedAtMs;
    if (askedAtMs > endMs) throw new Error(`after ${withinMs} ms still ${answer.status} ${JSON.stringify(answer.body)}`);
    await sleep(pollMs);
  }
}

describe('what comes back by itself', () => {
  const shop = new Shop();
  const api = new Api(shop);
  beforeAll(() => shop.start(), startMs);
  afterAll(() => shop.stop(), 30_000);

  const oneUnit = { holdSeconds: limits.holdSecondsMin, items: [item('unit', 1)] };
  const buysAs = (saleId: string, customer: string) => () => api.order(saleId, customer, lineOf(customer));
  const isAccepted = ({ status }: Answer) => status === 202;

  test('a unit whose hold was not paid is another buyer’s within 4 s of holdExpiresAt, and not before it', async () => {
    expect((await api.sell('expiring', oneUnit)).status).toBe(201);
    const { body: taken } = await buysAs('expiring', 'ann')();
    const { body: held } = await api.settled(taken.orderId);
    const endsAtMs = Date.parse(held.holdExpiresAt);
    expect((await buysAs('expiring', 'bob')()).body.code).toBe('sold-out');

    await until(endsAtMs - Date.now() + 20_000, buysAs('expiring', 'bob'), isAccepted);
    const afterMs = Date.now() - endsAtMs;
    expect(afterMs).toBeGreaterThan(0);
    expect(afterMs).toBeLessThan(4000);
    console.log(`an expired unit was sold again ${afterMs} ms after holdExpiresAt`);
    expect((await api.settled(taken.orderId)).body).toMatchObject({ state: 'expired', lines: [{ units: [] }] });
  }, 90_000);

  test('a unit whose order was cancelled is another buyer’s within 1 s, also of one refused 200 ms before', async () => {
    expect((await api.sell('cancelling', oneUnit)).status).toBe(201);
    const { body: taken } = await buysAs('cancelling', 'ann')();
    expect((await api.settled(taken.orderId)).body.state).toBe('held');
    expect((await buysAs('cancelling', 'bob')()).body.code).toBe('sold-out');
    await sleep(200);
    expect((await api.call('POST', `/v1/orders/${taken.orderId}/cancel`)).status).toBe(200);
    const cancelledAtMs = performance.now();

    const afterMs = (await until(10_000, buysAs('cancelling', 'bob'), isAccepted)) - cancelledAtMs;
    expect(afterMs).toBeLessThan(1000);
    console.log(`a cancelled unit was sold again ${Math.round(afterMs)} ms after the cancellation`);
  }, 30_000);

  test(
    'an order whose send failed a minute ago, and whose buyer never came back, is sent again and held; a wiped gate is made again; nobody operates',
    async () => {
      expect((await api.sell('kept', { items: [item('unit', 3)] })).status).toBe(201);
      const lost = await shop.orderWithoutQueue('kept', 'cid', limits.pendingResendMs);
      const get = (orderId: string) => () => api.call('GET', `/v1/orders/${orderId}`);
      expect((await get(lost)()).body).toMatchObject({ state: 'accepted', customerId: 'cid' });
      await until(sweptMs, get(lost), ({ body }) => body.state === 'held');

      await shop.wipe();
      expect((await buysAs('kept', 'ann')()).status).toBe(503);
      const wipedAtMs = performance.now();
      const backAtMs = await until(sweptMs, buysAs('kept', 'ann'), isAccepted);
      console.log(`a wiped gate sold again after ${Math.round(backAtMs - wipedAtMs)} ms`);
      expect((await get(lost)()).body.state).toBe('held');
      const { body: own } = await buysAs('kept', 'ann')();
      expect((await api.settled(own.orderId)).body.state).toBe('held');
      expect((await api.call('GET', '/v1/admin/sales/kept/audit')).body).toMatchObject({ ok: true, findings: [], checked: { orders: 2 } });
    },
    2 * sweptMs,
  );
});
