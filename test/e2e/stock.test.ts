import { expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { type Answer, inParallel, item, lineOf, patiently } from '../support/api.ts';
import { describeSystem, type SystemOfSuite } from '../support/describe-system.ts';

describeSystem((api, system) => {
  const range = (count: number) => Array.from({ length: count }, (_, index) => index);
  const stock = (saleId: string, key: string, body: unknown) =>
    api.call('POST', `/v1/admin/sales/${saleId}/items/unit/stock`, { body, headers: { 'idempotency-key': key } });
  const change = (saleId: string, transition: string) => api.call('POST', `/v1/admin/sales/${saleId}/${transition}`);
  const cancel = (orderId: string, token?: string) =>
    api.call('POST', `/v1/orders/${orderId}/cancel`, token === undefined ? {} : { token });
  const settle = (answers: readonly Answer[]) =>
    inParallel(
      8,
      answers.map(
        ({ body }) =>
          async () =>
            (await api.settled(body.orderId)).body,
      ),
    );
  const books = async (saleId: string) => {
    const audit = await api.call('GET', `/v1/admin/sales/${saleId}/audit`);
    expect(audit.body.findings).toEqual([]);
    return (await api.call('GET', `/v1/admin/sales/${saleId}/report`)).body.items[0];
  };

  test('60 units, 200 buyers and 6 withdrawals of 5 at once: sold + withdrawn is 60, each answer is one or the other', async () => {
    await api.sell('race', { items: [item('unit', 60)] });
    const withdrawals = range(6).map((n) => () => stock('race', `w-${n}`, { withdraw: 5 }));
    const buyers = range(200).map((n) => () => api.order('race', `b-${n}`, lineOf(`b-${n}`)));
    const jobs = [
      ...buyers.slice(0, 10),
      ...withdrawals.slice(0, 3),
      ...buyers.slice(10, 30),
      ...withdrawals.slice(3),
      ...buyers.slice(30),
    ];
    const answers = await inParallel(32, jobs);
    const orders = answers.filter(({ body }) => body.orderId !== undefined);
    const taken = answers.filter(({ status, body }) => status < 300 && body.orders !== undefined);
    for (const { status, body } of answers.filter((answer) => answer.status >= 300)) {
      expect([status, ['sold-out', 'capacity-in-use'].includes(body.code)]).toEqual([409, true]);
    }
    const settled = await settle([...orders, ...taken.map((answer) => ({ ...answer, body: answer.body.orders[0] }))]);
    const withdrawn = settled.filter(({ state }) => state === 'withdrawn').length * 5;
    const held = settled.filter(({ state }) => state === 'held').length;
    expect(taken.length).toBeGreaterThan(0);
    expect(held + withdrawn).toBe(60);
    expect(await books('race')).toMatchObject({ capacity: 60, free: 0, held, withdrawn });
  }, 120_000);

  test('10 additions at once under one key add 5 units once; a sold-out sale sells them within 1 s', async () => {
    await api.sell('grown', { items: [item('unit', 3)] });
    await inParallel(
      8,
      range(8).map((n) => () => api.order('grown', `b-${n}`, lineOf(`b-${n}`))),
    );
    expect((await api.order('grown', 'late', lineOf('late'))).body).toMatchObject({ code: 'sold-out' });
    const answers = await Promise.all(range(10).map(() => stock('grown', 'more', { add: 5 })));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(answers.map(({ body }) => body.capacity)).toEqual(Array(10).fill(8));
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') !== 'true')).toHaveLength(1);
    expect((await stock('grown', 'more', { add: 6 })).body.code).toBe('idempotency-key-reused');
    expect((await stock('grown', 'more', { withdraw: 5 })).body.code).toBe('idempotency-key-reused');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const sold = await inParallel(
      8,
      range(8).map((n) => () => api.order('grown', `l-${n}`, lineOf(`l-${n}`))),
    );
    const accepted = sold.filter(({ status }) => status === 202);
    expect(accepted).toHaveLength(5);
    expect((await settle(accepted)).map(({ state }) => state)).toEqual(Array(5).fill('held'));
    expect(await books('grown')).toMatchObject({ capacity: 8, free: 0, held: 8 });
  }, 60_000);

  test('a withdrawal of 150 units is two orders; put back by cancelling them, the units are sold again', async () => {
    await api.sell('back', { items: [item('unit', 160)] });
    const done = await stock('back', 'w', { withdraw: 150 });
    expect([done.status, done.body.available, done.body.capacity]).toEqual([200, 10, 160]);
    expect(
      done.body.orders.map(({ state, lines }: { state: string; lines: [{ units: number[] }] }) => [state, lines[0].units.length]),
    ).toEqual([
      ['withdrawn', 97],
      ['withdrawn', 53],
    ]);
    const again = await stock('back', 'w', { withdraw: 150 });
    expect([again.status, again.headers.get('idempotency-replayed'), again.body]).toEqual([200, 'true', done.body]);
    const over = await stock('back', 'w2', { withdraw: 11 });
    expect([over.status, over.body.code, over.body.available]).toEqual([409, 'capacity-in-use', 10]);
    expect(await books('back')).toMatchObject({ free: 10, withdrawn: 150 });

    const [first, second] = done.body.orders;
    const guest = (await api.call('POST', '/v1/guests', { token: null })).body;
    expect((await cancel(first.orderId, guest.token)).status).toBe(404);
    const answers = await Promise.all([first, first, first, second].map(({ orderId }: { orderId: string }) => cancel(orderId)));
    expect(answers.map(({ status, body }) => `${status} ${body.state}`)).toEqual(Array(4).fill('200 cancelled'));
    expect(await books('back')).toMatchObject({ free: 160, withdrawn: 0 });
    const sold = await inParallel(
      4,
      range(4).map((n) => () => api.order('back', `b-${n}`, lineOf(`b-${n}`, 40))),
    );
    expect((await settle(sold)).map(({ state }) => state)).toEqual(Array(4).fill('held'));
    expect(await books('back')).toMatchObject({ free: 0, held: 160, withdrawn: 0 });
  }, 60_000);

  test('units are withdrawn while a sale is scheduled, paused and closed; less may not be put from then on, a lost gate keeps them', async () => {
    const times = { opensAt: new Date(Date.now() + 3_600_000).toISOString(), closesAt: new Date(Date.now() + 7_200_000).toISOString() };
    const items = [item('unit', 20)];
    await api.sell('states', { ...times, items });
    expect((await stock('states', 'scheduled', { withdraw: 5 })).status).toBe(200);
    expect((await api.sell('states', { ...times, items: [item('unit', 19)] })).body).toMatchObject({
      code: 'capacity-in-use',
      capacity: 20,
    });
    const renamed = await api.sell('states', { ...times, currency: 'USD', items });
    expect([renamed.status, renamed.body.currency]).toEqual([200, 'USD']);
    const stale = renamed.headers.get('etag') ?? '';
    expect((await stock('states', 'more', { add: 1 })).status).toBe(200);
    const body = { ...renamed.body, items };
    for (const member of ['saleId', 'state', 'lanes', 'waitingRoom']) delete body[member];
    const put = await api.call('PUT', '/v1/admin/sales/states', { body, headers: { 'if-match': stale } });
    expect([put.status, put.body.code]).toEqual([412, 'precondition-failed']);

    await change('states', 'open');
    await change('states', 'pause');
    expect((await stock('states', 'paused', { withdraw: 5 })).status).toBe(200);
    await change('states', 'close');
    expect((await stock('states', 'closed', { withdraw: 5 })).status).toBe(200);
    expect(await books('states')).toMatchObject({ capacity: 21, free: 6, withdrawn: 15 });

    await api.call('PUT', '/v1/admin/sales/states', {
      body: { ...body, opensAt: (await read('states')).opensAt, items: [item('unit', 21)] },
    });
    expect((await read('states')).state).toBe('closed');
    await flushRedis(system);
    expect((await patiently(() => change('states', 'open'))).body.state).toBe('open');
    expect(await books('states')).toMatchObject({ free: 6, withdrawn: 15 });
  }, 90_000);

  const read = async (saleId: string) => (await api.call('GET', `/v1/admin/sales/${saleId}`)).body;

  test('an order is cancelled by its customer before and after its commit, 60 times: the stock is whole again', async () => {
    await api.sell('cancels', { customerLimit: 50, items: [item('unit', 60)] });
    const guest = (await api.call('POST', '/v1/guests', { token: null })).body;
    const other = (await api.call('POST', '/v1/guests', { token: null })).body;
    const cancelled = await inParallel(
      16,
      range(60).map((n) => async () => {
        const order = await api.order('cancels', `k-${n}`, { lines: [{ sku: 'unit', quantity: 1 }] }, { token: guest.token });
        if (order.status !== 202) return order;
        // Every third is cancelled at once, every third while it is being committed, every third when it is held.
        if (n % 3 === 1) await new Promise((resolve) => setTimeout(resolve, n));
        if (n % 3 === 2) await api.settled(order.body.orderId, guest.token);
        expect((await cancel(order.body.orderId, other.token)).status).toBe(404);
        return cancel(order.body.orderId, guest.token);
      }),
    );
    expect(cancelled.map(({ status, body }) => `${status} ${body.state}`)).toEqual(Array(60).fill('200 cancelled'));
    const [first] = cancelled;
    const again = await cancel(first?.body.orderId, guest.token);
    expect([again.status, again.body]).toEqual([200, first?.body]);
    const replay = await api.order('cancels', 'k-0', { lines: [{ sku: 'unit', quantity: 1 }] }, { token: guest.token });
    expect([replay.status, replay.body.state]).toEqual([202, 'cancelled']);
    expect(await books('cancels')).toMatchObject({ free: 60, held: 0 });
    const whole = await api.order('cancels', 'whole', { lines: [{ sku: 'unit', quantity: 50 }] }, { token: guest.token });
    expect((await api.settled(whole.body.orderId, guest.token)).body.state).toBe('held');
  }, 90_000);

  test('a gate that forgot a customer’s count takes the order, and the transaction refuses it for the limit', async () => {
    await api.sell('limited', { customerLimit: 2 });
    const first = await api.order('limited', 'k1', lineOf('ann', 2));
    expect((await api.settled(first.body.orderId)).body.state).toBe('held');
    expect((await api.order('limited', 'k2', lineOf('ann'))).body).toMatchObject({ code: 'customer-limit', remaining: 0 });
    await onRedis(system, (client) => client.hdel('gate:{limited}:cust', 'ann'));
    const second = await api.order('limited', 'k2', lineOf('ann'));
    expect(second.status).toBe(202);
    expect((await api.settled(second.body.orderId)).body).toMatchObject({ state: 'rejected', reason: 'customer-limit' });
    // What the gate forgot stays a finding until its next rebuild; the ledger's own count is right.
    const { body: audit } = await api.call('GET', '/v1/admin/sales/limited/audit');
    expect(audit.findings.map(({ kind }: { kind: string }) => kind)).toEqual(['gate-customer-count-differs']);
    expect(audit.checked).toMatchObject({ orders: 2, claims: 2 });
  }, 60_000);

  test('1 s after a pause no environment takes a new order, and known orders are still answered; a resume opens it again', async () => {
    await api.sell('pausing', { items: [item('unit', 100_000)] });
    const known = await api.order('pausing', 'known', lineOf('known'));
    const sent: { readonly atMs: number; readonly answer: Answer }[] = [];
    const stop = new AbortController();
    const lanes = range(24).map(async (lane) => {
      for (let n = 0; !stop.signal.aborted; n += 1) {
        const atMs = performance.now();
        sent.push({ atMs, answer: await api.order('pausing', `${lane}-${n}`, lineOf(`c-${lane}`)) });
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 800));
    const paused = await change('pausing', 'pause');
    const pausedAtMs = performance.now();
    expect([paused.status, paused.body.state]).toEqual([200, 'paused']);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    stop.abort();
    await Promise.all(lanes);
    const codes = (of: typeof sent) =>
      new Set(of.map(({ answer }) => `${answer.status} ${answer.body.code ?? ''} ${answer.body.state ?? ''}`));
    expect(codes(sent.filter(({ atMs }) => atMs < pausedAtMs - 200))).toContain('202  accepted');
    const after = sent.filter(({ atMs }) => atMs > pausedAtMs + 1000);
    expect(after.length).toBeGreaterThan(24);
    expect(codes(after)).toEqual(new Set(['409 sale-not-open paused']));
    const replay = await api.order('pausing', 'known', lineOf('known'));
    expect([replay.status, replay.headers.get('idempotency-replayed'), replay.body.orderId]).toEqual([202, 'true', known.body.orderId]);

    expect((await change('pausing', 'open')).body).toMatchObject({ code: 'sale-state', state: 'paused' });
    expect((await change('pausing', 'resume')).body.state).toBe('open');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const resumed = await inParallel(
      24,
      range(24).map((n) => () => api.order('pausing', `after-${n}`, lineOf(`c-${n}`))),
    );
    expect(resumed.map(({ status }) => status)).toEqual(Array(24).fill(202));
  }, 60_000);
});

async function onRedis<T>({ redis }: SystemOfSuite, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({ host: redis.host, port: redis.port, protocol: 2 });
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

async function flushRedis(system: SystemOfSuite): Promise<void> {
  await onRedis(system, (client) => client.flushall());
}
