import { expect, test } from '@jest/globals';
import { type Answer, type Api, inParallel, item, lineOf, patiently, saleBody } from '../support/api.ts';
import { describeSystem, type SystemOfSuite } from '../support/describe-system.ts';

const stock = 50;
const buyers = 400;
const atOnce = 64;

describeSystem((api, system) => {
  /** Buyer b sends its order 1 + b mod 3 times: every other one all at once, the rest one after the other. */
  async function buy(saleId: string, buyer: number): Promise<Answer[]> {
    const send = () => api.order(saleId, `key-${buyer}`, lineOf(`buyer-${buyer}`));
    const times = 1 + (buyer % 3);
    if (buyer % 2 === 0) return Promise.all(Array.from({ length: times }, send));
    const answers: Answer[] = [];
    for (let time = 0; time < times; time += 1) answers.push(await send());
    return answers;
  }

  test.each([1, 4])(
    '50 units in %d lanes and 400 buyers, 64 at once, each order sent one to three times: exactly 50 orders, each unit once, books clean',
    async (lanes) => {
      const saleId = `drop-${lanes}`;
      expect((await api.sell(saleId, { lanes })).status).toBe(201);

      const answers = await inParallel(
        atOnce,
        Array.from({ length: buyers }, (_, buyer) => () => buy(saleId, buyer)),
      );

      const statuses = new Set(answers.flat().map(({ status }) => status));
      expect([...statuses].toSorted((a, b) => a - b)).toEqual([202, 409]);
      const winners = answers.flatMap((sent, buyer) => (sent.some(({ status }) => status === 202) ? [buyer] : []));
      expect(winners).toHaveLength(stock);
      for (const buyer of winners) {
        const accepted = (answers[buyer] ?? []).filter(({ status }) => status === 202);
        expect(new Set(accepted.map(({ body }) => body.orderId)).size).toBe(1);
        expect(accepted.filter(({ headers }) => headers.get('idempotency-replayed') !== 'true')).toHaveLength(1);
      }
      for (const refused of answers.flat().filter(({ status }) => status === 409)) {
        expect(refused.body).toMatchObject({ code: 'sold-out', available: { unit: 0 } });
      }

      const orders = await inParallel(
        8,
        winners.map((buyer) => () => api.settled(answers[buyer]?.find(({ status }) => status === 202)?.body.orderId)),
      );
      expect(orders.map(({ body }) => body.state)).toEqual(winners.map(() => 'held'));
      const units = orders.flatMap(({ body }) => body.lines[0].units as number[]).toSorted((a, b) => a - b);
      expect(units).toEqual(Array.from({ length: stock }, (_, unit) => unit));

      // The same answer to each repetition, also after the sale is sold out.
      for (const [index, buyer] of winners.entries()) {
        const again = await api.order(saleId, `key-${buyer}`, lineOf(`buyer-${buyer}`));
        expect(again.status).toBe(202);
        expect(again.headers.get('idempotency-replayed')).toBe('true');
        expect(again.body).toEqual(orders[index]?.body);
      }

      const report = await api.call('GET', `/v1/admin/sales/${saleId}/report`);
      expect(report.body).toMatchObject({
        orders: { accepted: 0, held: stock, rejected: 0 },
        items: [{ sku: 'unit', capacity: stock, free: 0, held: stock, confirmed: 0, withdrawn: 0 }],
        queue: { deadLetters: 0 },
      });
      const audit = await api.call('GET', `/v1/admin/sales/${saleId}/audit`);
      expect(audit.body).toMatchObject({ ok: true, findings: [], checked: { orders: stock, claims: stock, units: stock } });
    },
    120_000,
  );

  test('orders of several lines are all or none: two skus of 10 units, 40 buyers of both, exactly 10 orders', async () => {
    const items = ['left', 'right'].map((sku) => ({
      sku,
      name: sku,
      unitPrice: 100,
      capacity: sku === 'left' ? 10 : 12,
      orderLimit: 5,
      seating: 'general',
    }));
    expect((await api.sell('pairs', { items })).status).toBe(201);
    const lines = [
      { sku: 'left', quantity: 1 },
      { sku: 'right', quantity: 1 },
    ];
    const answers = await inParallel(
      32,
      Array.from({ length: 40 }, (_, buyer) => () => api.order('pairs', `pair-${buyer}`, { lines, customerId: `pair-${buyer}` })),
    );
    const accepted = answers.filter(({ status }) => status === 202);
    expect(accepted).toHaveLength(10);
    await inParallel(
      8,
      accepted.map(
        ({ body }) =>
          () =>
            api.settled(body.orderId),
      ),
    );
    const audit = await api.call('GET', '/v1/admin/sales/pairs/audit');
    expect(audit.body).toMatchObject({ ok: true, checked: { claims: 20 } });
    const left = await api.call('GET', '/v1/admin/sales/pairs/report');
    expect(left.body.items).toMatchObject([
      { free: 0, held: 10 },
      { free: 2, held: 10 },
    ]);
  }, 60_000);

  test('a customer limit of 3 holds under 20 orders of one customer at once', async () => {
    expect((await api.sell('limited', { customerLimit: 3 })).status).toBe(201);
    const answers = await inParallel(
      20,
      Array.from({ length: 20 }, (_, n) => () => api.order('limited', `n-${n}`, lineOf('greedy'))),
    );
    const accepted = answers.filter(({ status }) => status === 202);
    expect(accepted).toHaveLength(3);
    for (const { status, body } of answers.filter((answer) => answer.status !== 202)) {
      expect([status, body.code, body.remaining]).toEqual([409, 'customer-limit', 0]);
    }
    await inParallel(
      3,
      accepted.map(
        ({ body }) =>
          () =>
            api.settled(body.orderId),
      ),
    );
    expect((await api.order('limited', 'other', lineOf('modest'))).status).toBe(202);
    const audit = await api.call('GET', '/v1/admin/sales/limited/audit');
    expect(audit.body.findings).toEqual([]);
  }, 60_000);

  test('the gate wiped during a sale: 503 with Retry-After, polls go on, opening again rebuilds it, the rest sells once', async () => {
    expect(
      (await api.sell('wiped', { items: [{ sku: 'unit', name: 'u', unitPrice: 1, capacity: 8, orderLimit: 8, seating: 'general' }] }))
        .status,
    ).toBe(201);
    const before = await inParallel(
      5,
      Array.from({ length: 5 }, (_, n) => () => api.order('wiped', `b-${n}`, lineOf(`b-${n}`))),
    );
    await inParallel(
      5,
      before.map(
        ({ body }) =>
          () =>
            api.settled(body.orderId),
      ),
    );

    await flushRedis(system);
    const refused = await api.order('wiped', 'during', lineOf('during'));
    expect([refused.status, refused.body.code]).toEqual([503, 'unavailable']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const poll = await api.call('GET', `/v1/orders/${before[0]?.body.orderId}`);
    expect([poll.status, poll.body.state]).toEqual([200, 'held']);

    // The sweeper may have begun to make it, and then the call has to wait.
    expect((await patiently(() => api.call('POST', '/v1/admin/sales/wiped/open'))).status).toBe(200);
    const replay = await api.order('wiped', 'b-0', lineOf('b-0'));
    expect([replay.status, replay.headers.get('idempotency-replayed'), replay.body.orderId]).toEqual([
      202,
      'true',
      before[0]?.body.orderId,
    ]);
    const reused = await api.order('wiped', 'b-1', lineOf('b-1', 2));
    expect([reused.status, reused.body.code]).toEqual([422, 'idempotency-key-reused']);
    const after = await inParallel(
      6,
      Array.from({ length: 6 }, (_, n) => () => api.order('wiped', `a-${n}`, lineOf(`a-${n}`))),
    );
    const accepted = after.filter(({ status }) => status === 202);
    expect(accepted).toHaveLength(3);
    const settled = await inParallel(
      3,
      accepted.map(
        ({ body }) =>
          () =>
            api.settled(body.orderId),
      ),
    );
    expect(settled.map(({ body }) => body.state)).toEqual(['held', 'held', 'held']);
    const audit = await api.call('GET', '/v1/admin/sales/wiped/audit');
    expect(audit.body).toMatchObject({ ok: true, checked: { claims: 8 } });
  }, 90_000);

  test('the gate wiped after the sale closed: the retry of a held order is 503 until it is rebuilt, then 202 as before; a new one 409', async () => {
    const sale = { ...saleBody(), items: [item('unit', 1)] };
    expect((await api.sell('ended', sale)).status).toBe(201);
    const first = await api.order('ended', 'mine', lineOf('ann'));
    const held = await api.settled(first.body.orderId);
    expect(held.body.state).toBe('held');
    const closed = await api.call('POST', '/v1/admin/sales/ended/close');
    expect(closed.body.state).toBe('closed');
    await refusedAsClosed(api, 'ended');
    const again = async () => {
      const { status, headers, body } = await api.order('ended', 'mine', lineOf('ann'));
      return [status, headers.get('idempotency-replayed'), status === 202 ? body : body.code];
    };
    expect(await again()).toEqual([202, 'true', held.body]);

    await flushRedis(system);
    expect(await again()).toEqual([503, null, 'unavailable']);
    const other = await api.order('ended', 'other', lineOf('bob'));
    expect([other.status, other.body.code, Number(other.headers.get('retry-after'))]).toEqual([503, 'unavailable', 2]);

    // Put as it is: still closed, and the gate is made again.
    expect((await patiently(() => api.sell('ended', { ...sale, closesAt: closed.body.closesAt }))).status).toBe(200);
    expect(await again()).toEqual([202, 'true', held.body]);
    const refused = await api.order('ended', 'other', lineOf('bob'));
    expect([refused.status, refused.body.code, refused.body.state]).toEqual([409, 'sale-not-open', 'closed']);
  }, 90_000);
});

/** Resolves once the near caches know that the sale is closed; they have 1 s. */
async function refusedAsClosed(api: Api, saleId: string): Promise<void> {
  const endMs = performance.now() + 5000;
  for (;;) {
    const { body } = await api.order(saleId, 'late', lineOf('late'));
    if (body.code === 'sale-not-open') return;
    if (performance.now() > endMs) throw new Error(`still ${body.code} 5 s after the sale was closed`);
  }
}

async function flushRedis({ redis }: SystemOfSuite): Promise<void> {
  const { Redis } = await import('ioredis');
  const client = new Redis({ host: redis.host, port: redis.port, protocol: 2 });
  await client.flushall();
  client.disconnect();
}
