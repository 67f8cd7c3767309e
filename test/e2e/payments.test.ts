import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { limits } from '../../lambdas/contracts/limits.ts';
import { assert } from '../../lambdas/domain/kernel/assert.ts';
import { expireOrder } from '../../lambdas/domain/orders/expire-order.ts';
import { DynamoOrderLedger } from '../../lambdas/stores/dynamodb/dynamo-order-ledger.ts';
import { connectRedis } from '../../lambdas/stores/redis/connect.ts';
import type { RedisConnection } from '../../lambdas/stores/redis/connection.ts';
import { RedisStockGate } from '../../lambdas/stores/redis/redis-stock-gate.ts';
import { startDynoxide, type TableEngine } from '../../local/engines/start-dynoxide.ts';
import { type Answer, Api, item, lineOf } from '../support/api.ts';
import { type RunningSystem, startSystem } from '../support/running-system.ts';
import { chargeRefunded, paymentSucceeded, stripeSignature } from '../support/stripe-messages.ts';
import { testCredentials, testRegion } from '../support/test-credentials.ts';

const startMs = 120_000;
const price = 1500;

/** A whole system on a DynamoDB engine that the test has a hand on too: to let a hold run out without waiting for it. */
class Shop {
  readonly #dir = mkdtempSync(path.join(os.tmpdir(), 'penstock-test-'));
  readonly #close: (() => Promise<unknown>)[] = [];
  #system: RunningSystem | undefined;
  #ledger: DynamoOrderLedger | undefined;
  #redis: RedisConnection | undefined;

  async start(): Promise<void> {
    const engine: TableEngine = await startDynoxide(this.#dir, false);
    this.#close.unshift(() => engine.stop());
    this.#system = await startSystem({ DYNAMODB_URL: engine.endpoint });
    const client = new DynamoDBClient({ endpoint: engine.endpoint, region: testRegion, credentials: testCredentials });
    const { TableNames = [] } = await client.send(new ListTablesCommand({}));
    const named = (word: string) => TableNames.find((name) => name.includes(word)) ?? `no table ${word}`;
    const backoff = { sleep: () => Promise.resolve(), random: () => 0 };
    this.#ledger = new DynamoOrderLedger({ client, ordersTable: named('Orders'), claimsTable: named('Claims'), backoff });
    this.#redis = await connectRedis(this.#system.redis);
    this.#close.unshift(async () => {
      client.destroy();
      this.#redis?.close();
    });
  }

  get url(): string {
    assert(this.#system, 'the system was started');
    return this.#system.url;
  }

  /** Ends an order's hold as its expiry does, by a clock that is that far. */
  async expire(orderId: string): Promise<void> {
    assert(this.#ledger && this.#redis, 'the system was started');
    const order = await this.#ledger.read(orderId);
    assert(order?.state === 'held', 'a held order');
    const nowMs = (order.holdExpiresAtMs ?? 0) + limits.holdGraceMs + 1;
    const clock = { nowMs: () => nowMs, sleep: () => Promise.resolve() };
    expect(await expireOrder({ ledger: this.#ledger, gate: new RedisStockGate(this.#redis), clock }, order)).toBe(true);
  }

  async stop(): Promise<number | null | undefined> {
    const code = await this.#system?.stop();
    for (const close of this.#close) await close();
    rmSync(this.#dir, { recursive: true });
    return code;
  }
}

describe('payments', () => {
  const shop = new Shop();
  const api = new Api(shop);
  beforeAll(() => shop.start(), startMs);
  afterAll(async () => {
    expect(await shop.stop()).toBe(0);
  }, startMs);

  /** An order of one unit that is held, of its sale. */
  const hold = async (saleId: string, customerId: string): Promise<string> => {
    const accepted = await api.order(saleId, `of-${customerId}`, lineOf(customerId));
    expect(accepted.status).toBe(202);
    const { body } = await api.settled(accepted.body.orderId);
    expect(body.state).toBe('held');
    return body.orderId;
  };
  const payment = (id: string, change: Record<string, unknown> = {}) => ({
    provider: 'bank',
    id,
    amount: price,
    currency: 'EUR',
    ...change,
  });
  const confirm = (orderId: string, id: string, change: Record<string, unknown> = {}): Promise<Answer> =>
    api.call('POST', `/v1/orders/${orderId}/confirm`, { body: { payment: payment(id, change) } });
  const stripe = (message: string, signature = stripeSignature(message)): Promise<Answer> =>
    api.call('POST', '/v1/payments/stripe', { raw: message, token: null, headers: { 'stripe-signature': signature } });
  const stateOf = async (orderId: string): Promise<Record<string, unknown>> => (await api.call('GET', `/v1/orders/${orderId}`)).body;
  /** The books once the counters have followed. */
  const books = async (saleId: string, wanted: Record<string, unknown>): Promise<void> => {
    const endMs = performance.now() + 10_000;
    for (;;) {
      const { body } = await api.call('GET', `/v1/admin/sales/${saleId}/report`);
      try {
        expect(body).toMatchObject(wanted);
        break;
      } catch (error) {
        if (performance.now() > endMs) throw error;
      }
    }
    const { body } = await api.call('GET', `/v1/admin/sales/${saleId}/audit`);
    expect(body).toMatchObject({ ok: true, findings: [] });
  };

  test('confirmed once: repeated, by another payment, of a wrong amount, then cancelled by an operator only', async () => {
    await api.sell('once', { items: [item('unit', 5)] });
    const orderId = await hold('once', 'ann');
    const wrong = await confirm(orderId, 'p1', { amount: price - 1 });
    expect([wrong.status, wrong.body.code]).toEqual([422, 'payment-mismatch']);
    expect(await stateOf(orderId)).toMatchObject({ state: 'held' });

    const answer = await confirm(orderId, 'p1');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ orderId, state: 'confirmed', payment: payment('p1'), confirmedAt: expect.stringMatching(/Z$/) });
    expect(answer.body.lines[0].units).toHaveLength(1);
    expect(await confirm(orderId, 'p1')).toMatchObject({ status: 200, body: answer.body });
    expect(await stateOf(orderId)).toEqual(answer.body);

    const second = await confirm(orderId, 'p2');
    expect([second.status, second.body.code, second.body.state]).toEqual([409, 'order-state', 'confirmed']);
    expect(await stateOf(orderId)).toEqual({ ...answer.body, refunds: [payment('p2')] });
    await books('once', { orders: { held: 0, confirmed: 1 }, items: [{ free: 4, held: 0, confirmed: 1 }], revenue: price });

    const cancelled = await api.call('POST', `/v1/orders/${orderId}/cancel`);
    expect(cancelled.body).toMatchObject({ state: 'cancelled', payment: payment('p1') });
    await books('once', { orders: { confirmed: 0, cancelled: 1 }, items: [{ free: 5 }], revenue: 0 });
  }, 60_000);

  test('a guest may not confirm; an order that is not there is not found', async () => {
    await api.sell('whose');
    const orderId = await hold('whose', 'ann');
    const { body } = await api.call('POST', '/v1/guests', { token: null });
    const asGuest = await api.call('POST', `/v1/orders/${orderId}/confirm`, { body: { payment: payment('p1') }, token: body.token });
    expect([asGuest.status, asGuest.body.code]).toEqual([403, 'forbidden']);
    expect((await confirm(`ord_${'0'.repeat(26)}`, 'p1')).status).toBe(404);
  }, 60_000);

  test('late, with its units free: taken up again, and sold out to everybody else', async () => {
    await api.sell('late', { items: [item('unit', 1)], customerLimit: 1 });
    const orderId = await hold('late', 'ann');
    await shop.expire(orderId);
    expect(await stateOf(orderId)).toMatchObject({ state: 'expired', lines: [{ units: [] }] });
    const answer = await confirm(orderId, 'p1');
    expect(answer).toMatchObject({ status: 200, body: { state: 'confirmed', lines: [{ units: [0] }], payment: payment('p1') } });
    expect(answer.body.closedAt).toBeUndefined();
    expect((await api.order('late', 'next', lineOf('bob'))).body.code).toBe('sold-out');
    expect((await api.order('late', 'more', lineOf('ann'))).body.code).toBe('customer-limit');
    await books('late', { orders: { expired: 0, confirmed: 1 }, items: [{ free: 0, confirmed: 1 }], revenue: price });
  }, 60_000);

  test('late, with its unit taken: hold-expired, to be paid back, and never taken up by the same payment again', async () => {
    await api.sell('taken', { items: [item('unit', 1)] });
    const orderId = await hold('taken', 'ann');
    await shop.expire(orderId);
    const next = await hold('taken', 'bob');
    for (const _ of [1, 2]) {
      const answer = await confirm(orderId, 'p1');
      expect([answer.status, answer.body.code, answer.body.state]).toEqual([409, 'hold-expired', 'expired']);
    }
    expect(await stateOf(orderId)).toMatchObject({ state: 'expired', refunds: [payment('p1')] });
    await api.call('POST', `/v1/orders/${next}/cancel`);
    expect((await confirm(orderId, 'p1')).body.code).toBe('hold-expired');
    expect((await confirm(orderId, 'p2')).body).toMatchObject({ state: 'confirmed', payment: payment('p2'), refunds: [payment('p1')] });
    await books('taken', { orders: { expired: 0, confirmed: 1, cancelled: 1 }, items: [{ free: 0, confirmed: 1 }], revenue: price });
  }, 60_000);

  test('20 payments of one order at once, half of them late in another: each confirms once, the rest is to be paid back', async () => {
    await api.sell('race', { items: [item('unit', 2)] });
    const [inTime, late] = [await hold('race', 'ann'), await hold('race', 'bob')];
    await shop.expire(late);
    for (const orderId of [inTime, late]) {
      const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => confirm(orderId, `p${n}`)));
      const kinds = answers.map(({ status, body }) => `${status} ${body.code ?? body.state}`);
      // Ten write one item at once: a loser may be told to come again, which it then does.
      const again = await Promise.all(kinds.flatMap((kind, n) => (kind.startsWith('503') ? [confirm(orderId, `p${n}`)] : [])));
      const settled = [...kinds.filter((kind) => !kind.startsWith('503')), ...again.map(({ status, body }) => `${status} ${body.code}`)];
      expect(settled.filter((kind) => kind === '200 confirmed')).toHaveLength(1);
      expect(settled.filter((kind) => kind === '409 order-state')).toHaveLength(9);
      expect((await stateOf(orderId))['refunds']).toHaveLength(9);
    }
    await books('race', { orders: { confirmed: 2 }, items: [{ free: 0, confirmed: 2 }], revenue: 2 * price });
  }, 60_000);

  test('Stripe: paid twice, paid back in part and then whole; out of order; a wrong amount', async () => {
    await api.sell('stripe', { items: [item('unit', 5)] });
    const [first, second, third] = [await hold('stripe', 'ann'), await hold('stripe', 'bob'), await hold('stripe', 'cat')];
    const received = { status: 200, body: { received: true } };
    for (const _ of [1, 2]) expect(await stripe(paymentSucceeded(first, 'pi_1', price))).toMatchObject(received);
    const paid = { provider: 'stripe', id: 'pi_1', amount: price, currency: 'EUR' };
    expect(await stateOf(first)).toMatchObject({ state: 'confirmed', payment: paid });
    expect(await stripe(chargeRefunded(first, 'pi_1', price, { amount_refunded: 100, refunded: false }))).toMatchObject(received);
    expect(await stateOf(first)).toMatchObject({ state: 'confirmed' });
    expect(await stripe(chargeRefunded(first, 'pi_1', price))).toMatchObject(received);
    expect(await stripe(paymentSucceeded(first, 'pi_1', price))).toMatchObject(received);
    const cancelled = await stateOf(first);
    expect(cancelled).toMatchObject({ state: 'cancelled', payment: paid });
    expect(cancelled['refunds']).toBeUndefined();

    expect(await stripe(chargeRefunded(second, 'pi_2', price))).toMatchObject(received);
    expect(await stripe(paymentSucceeded(second, 'pi_2', price))).toMatchObject(received);
    expect(await stateOf(second)).toMatchObject({ state: 'cancelled' });

    expect(await stripe(paymentSucceeded(third, 'pi_3', price - 1))).toMatchObject(received);
    expect(await stateOf(third)).toMatchObject({ state: 'held', refunds: [{ provider: 'stripe', id: 'pi_3', amount: price - 1 }] });
    await books('stripe', { orders: { held: 1, cancelled: 2 }, items: [{ free: 4, held: 1 }], revenue: 0 });
  }, 60_000);

  test('Stripe: another’s events are taken note of; forged, altered or old ones are refused', async () => {
    await api.sell('theirs');
    const orderId = await hold('theirs', 'ann');
    const message = paymentSucceeded(orderId, 'pi_1', price);
    const ignored = [paymentSucceeded('ord_1', 'pi_1', price), paymentSucceeded(`ord_${'0'.repeat(26)}`, 'pi_1', price)];
    for (const one of [...ignored, JSON.stringify({ type: 'invoice.paid', data: { object: {} } })])
      expect(await stripe(one)).toMatchObject({ status: 200, body: { received: true } });
    const signatures = [
      stripeSignature(message, { secret: 'whsec_other' }),
      stripeSignature(`${message} `),
      stripeSignature(message, { atMs: Date.now() - (limits.stripeToleranceSeconds + 5) * 1000 }),
      'nothing like it',
    ];
    for (const signature of signatures) {
      const answer = await stripe(message, signature);
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid-signature']);
    }
    expect(await stateOf(orderId)).toMatchObject({ state: 'held' });
    // Signed are bytes, of which this has more than characters.
    expect(await stripe(message.replace('somebody', 'jémand'))).toMatchObject({ status: 200 });
    expect(await stateOf(orderId)).toMatchObject({ state: 'confirmed' });
  }, 60_000);
});
