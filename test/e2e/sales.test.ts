import { spawn } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { item, lineOf, saleBody } from '../support/api.ts';
import { describeSystem } from '../support/describe-system.ts';
import { operatorKey } from '../support/running-system.ts';

describeSystem((api, system) => {
  test('health, ready and openapi.json answer; every answer has the security headers and echoes the request id', async () => {
    const health = await api.call('GET', '/v1/health', { token: null, headers: { 'x-request-id': 'mine-1' } });
    expect([health.status, health.body.status, health.headers.get('x-request-id')]).toEqual([200, 'ok', 'mine-1']);
    expect(health.headers.get('x-content-type-options')).toBe('nosniff');
    const ready = await api.call('GET', '/v1/ready', { token: null });
    expect(ready.body).toEqual({ ready: true, dependencies: { gate: { ok: true }, ledger: { ok: true }, queue: { ok: true } } });
    const document = await api.call('GET', '/v1/openapi.json', { token: null });
    expect(document.body.openapi).toBe('3.1.0');
    expect(Object.keys(document.body.paths)).toContain('/v1/sales/{saleId}/orders');
    const head = await api.call('HEAD', '/v1/health', { token: null });
    const { length } = JSON.stringify(health.body);
    expect([head.status, head.body, head.headers.get('content-length')]).toEqual([200, '', String(length)]);
    const options = await api.call('OPTIONS', '/v1/sales', { token: null });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
  }, 30_000);

  test('a scheduled sale refuses, opens by call within 1 s, sells, and closes within 1 s', async () => {
    const opensAt = new Date(Date.now() + 3_600_000).toISOString();
    const closesAt = new Date(Date.now() + 7_200_000).toISOString();
    const put = await api.sell('timed', { opensAt, closesAt });
    expect([put.status, put.body.state, put.headers.get('etag')]).toEqual([201, 'scheduled', '"v1"']);
    expect((await api.order('timed', 'k', lineOf('c'))).body).toMatchObject({ code: 'sale-not-open', state: 'scheduled', opensAt });

    const opened = await api.call('POST', '/v1/admin/sales/timed/open');
    expect([opened.status, opened.body.state, opened.headers.get('etag')]).toEqual([200, 'open', '"v2"']);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await api.order('timed', 'k', lineOf('c'))).status).toBe(202);
    expect((await api.call('POST', '/v1/admin/sales/timed/open')).status).toBe(200);

    expect((await api.call('POST', '/v1/admin/sales/timed/close')).body.state).toBe('closed');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await api.order('timed', 'k2', lineOf('c'))).body.code).toBe('sale-not-open');
    const reopened = await api.call('POST', '/v1/admin/sales/timed/open');
    expect([reopened.status, reopened.body.code]).toEqual([409, 'sale-state']);
  }, 30_000);

  test('before it opens a sale may lose items and units, after it may only gain them; its gate follows', async () => {
    const opensAt = new Date(Date.now() + 3_600_000).toISOString();
    const times = { opensAt, closesAt: new Date(Date.now() + 7_200_000).toISOString() };
    await api.sell('shaped', { ...times, items: [item('a', 10), item('b', 10)] });
    const smaller = await api.sell('shaped', { ...times, items: [item('a', 3)] });
    expect([smaller.status, smaller.body.items.length]).toEqual([200, 1]);
    await api.call('POST', '/v1/admin/sales/shaped/open');
    const left = async () => (await api.call('GET', '/v1/sales/shaped/availability', { token: null })).body.items;
    expect(await left()).toEqual([{ sku: 'a', available: 3, soldOut: false }]);

    const { body: current } = await api.call('GET', '/v1/admin/sales/shaped');
    const { saleId: _, state: __, waitingRoom, lanes: ___, ...draft } = current;
    const same = { ...draft, waitingRoom: { enabled: waitingRoom.enabled } };
    const fewer = await api.call('PUT', '/v1/admin/sales/shaped', { body: { ...same, items: [item('a', 2)] } });
    expect([fewer.status, fewer.body.code]).toEqual([409, 'capacity-in-use']);
    const more = await api.call('PUT', '/v1/admin/sales/shaped', { body: { ...same, items: [item('a', 4), item('c', 1)] } });
    expect(more.status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await left()).toEqual([
      { sku: 'a', available: 4, soldOut: false },
      { sku: 'c', available: 1, soldOut: false },
    ]);
    expect((await api.order('shaped', 'k', lineOf('c', 4, 'a'))).status).toBe(202);
    expect((await api.order('shaped', 'k2', lineOf('c', 1, 'c'))).status).toBe(202);
  }, 30_000);

  test('a guest orders for themselves, sees their own order, and nobody else’s', async () => {
    await api.sell('guests');
    const [ann, bob] = await Promise.all([1, 2].map(async () => (await api.call('POST', '/v1/guests', { token: null })).body));
    expect(ann.customerId).toMatch(/^gst_/);
    const order = await api.order('guests', 'k', { lines: [{ sku: 'unit', quantity: 2 }] }, { token: ann.token });
    expect([order.status, order.body.customerId, order.body.total]).toEqual([202, ann.customerId, 3000]);
    expect(order.headers.get('location')).toBe(`/v1/orders/${order.body.orderId}`);
    const mine = await api.settled(order.body.orderId, ann.token);
    expect(mine.body).toMatchObject({ state: 'held', lines: [{ sku: 'unit', quantity: 2, unitPrice: 1500 }] });
    expect(mine.body.lines[0].units).toHaveLength(2);
    expect(Date.parse(mine.body.holdExpiresAt) - Date.parse(mine.body.heldAt)).toBe(600_000);
    expect((await api.call('GET', `/v1/orders/${order.body.orderId}`, { token: bob.token })).status).toBe(404);
    const posing = await api.order('guests', 'k', { ...lineOf(bob.customerId) }, { token: ann.token });
    expect([posing.status, posing.body.errors[0].pointer]).toEqual([400, '/customerId']);
  }, 30_000);

  test('guests are limited by address: 429 with Retry-After when the minute’s share is used up', async () => {
    let answer = await api.call('POST', '/v1/guests', { token: null });
    for (let n = 0; n < 2000 && answer.status === 201; n += 1) answer = await api.call('POST', '/v1/guests', { token: null });
    expect([answer.status, answer.body.code]).toEqual([429, 'rate-limited']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.headers.get('ratelimit')).toMatch(/^"guests";r=0;t=\d+$/);
  }, 60_000);

  test('sales are listed in pages, each once, filtered by state, and not sent again when unchanged', async () => {
    for (let n = 0; n < 5; n += 1) await api.sell(`page-${n}`);
    const seen: string[] = [];
    let query = '?state=open&limit=2';
    for (let pages = 0; pages < 20; pages += 1) {
      const { body } = await api.call('GET', `/v1/sales${query}`, { token: null });
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...body.items.map((sale: { saleId: string }) => sale.saleId));
      if (body.nextCursor === undefined) break;
      query = `?state=open&limit=2&cursor=${body.nextCursor}`;
    }
    expect(seen.filter((saleId) => saleId.startsWith('page-'))).toEqual(['page-0', 'page-1', 'page-2', 'page-3', 'page-4']);
    expect(new Set(seen).size).toBe(seen.length);

    const first = await api.call('GET', '/v1/sales/page-0', { token: null });
    const again = await api.call('GET', '/v1/sales/page-0', { token: null, headers: { 'if-none-match': first.headers.get('etag') ?? '' } });
    expect([again.status, again.body]).toEqual([304, '']);
  }, 30_000);

  test('60 orders are listed by their sale and by their customers, each once, newest first, also while more come', async () => {
    await api.sell('listed', { items: [item('unit', 100)] });
    const placed: string[] = [];
    for (let n = 0; n < 60; n += 1) {
      const { body } = await api.order('listed', `k${n}`, lineOf(n % 3 === 0 ? 'ann' : 'bob'));
      placed.unshift(body.orderId);
      await api.settled(body.orderId);
    }
    const seen = async (path: string, between?: () => Promise<unknown>) => {
      const ids: string[] = [];
      for (let cursor = ''; ids.length < 100;) {
        const { status, body } = await api.call('GET', `${path}&limit=7${cursor}`);
        expect(status).toBe(200);
        ids.push(...body.items.map(({ orderId }: { orderId: string }) => orderId));
        if (body.nextCursor === undefined) return ids;
        cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
        await between?.();
      }
      return ids;
    };
    let more = 0;
    const another = async () => api.settled((await api.order('listed', `more${(more += 1)}`, lineOf('cat'))).body.orderId);
    expect(await seen('/v1/admin/sales/listed/orders?state=held', another)).toEqual(placed);
    expect(await seen('/v1/orders?customerId=ann')).toEqual(placed.filter((_, index) => (59 - index) % 3 === 0));
    expect(await seen('/v1/orders?customerId=cat&saleId=listed')).toHaveLength(more);
    expect((await api.call('GET', '/v1/admin/sales/listed/orders?state=expired')).body).toEqual({ items: [] });
    const first = await api.call('GET', '/v1/orders?customerId=ann&limit=1');
    const stolen = await api.call('GET', `/v1/orders?customerId=bob&limit=1&cursor=${first.body.nextCursor}`);
    expect([stolen.status, stolen.body.errors[0].pointer]).toEqual([400, '#query/cursor']);
  }, 60_000);

  test('an order is found by its idempotency key as soon as it is accepted; a key never used has none', async () => {
    await api.sell('keyed');
    const placed = await api.order('keyed', 'my-key/1', lineOf('dan'));
    const find = (key: string, saleId = 'keyed') =>
      api.call('GET', `/v1/orders?customerId=dan&saleId=${saleId}&idempotencyKey=${encodeURIComponent(key)}`);
    expect((await find('my-key/1')).body.items[0].orderId).toBe(placed.body.orderId);
    expect((await find('never')).body).toEqual({ items: [] });
    expect((await find('my-key/1', 'no-sale')).body.code).toBe('sale-not-found');
  }, 30_000);

  test('the report has an order within 2 s of its commit, and says of when it is', async () => {
    await api.sell('reported');
    for (let n = 0; n < 20; n += 1) await api.order('reported', `k${n}`, lineOf('c', 2));
    for (let n = 0; n < 20; n += 1) {
      const { body } = await api.order('reported', `k${n}`, lineOf('c', 2));
      await api.settled(body.orderId);
    }
    const settledMs = Date.now();
    const report = async () => (await api.call('GET', '/v1/admin/sales/reported/report')).body;
    let seen = await report();
    while (seen.items[0].held < 40 && Date.now() - settledMs < 5000) seen = await report();
    expect(Date.now() - settledMs).toBeLessThan(2000);
    expect(seen).toMatchObject({ orders: { accepted: 0, held: 20 }, items: [{ sku: 'unit', capacity: 50, free: 10, held: 40 }] });
    // The gate holds just these units: the report is of the moment it was asked for.
    expect(Date.parse(seen.asOf)).toBeGreaterThanOrEqual(settledMs);
    const audit = await api.call('GET', '/v1/admin/sales/reported/audit');
    expect(audit.body.findings).toEqual([]);
  }, 60_000);

  test('npm run audit prints the books and ends with 0; with a finding it names the keys and ends with 1', async () => {
    await api.sell('audited');
    const { body } = await api.order('audited', 'k', lineOf('c', 3));
    await api.settled(body.orderId);
    const audit = (...args: string[]) =>
      new Promise<{ code: number | null; out: string }>((resolve) => {
        const all = ['load/audit.ts', '--url', system.url, ...args];
        const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...all], {
          env: { ...process.env, NODE_OPTIONS: '', PENSTOCK_OPERATOR_KEY: operatorKey },
        });
        let out = '';
        for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
        child.once('close', (code) => resolve({ code, out }));
      });
    // The report is up to 2 s behind, and the table shows the report.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const clean = await audit('--sale', 'audited');
    expect(clean.out).toMatch(/unit +50 +47 +3 +0 +0\n/);
    expect([clean.code, clean.out]).toEqual([0, expect.stringContaining('audit    ok: no finding (1 order, 3 claims, 50 units')]);

    const { Redis } = await import('ioredis');
    const client = new Redis({ host: system.redis.host, port: system.redis.port, protocol: 2 });
    try {
      await client.setrange('gate:{audited}:own:unit', 40 * 26, body.orderId.slice(4));
    } finally {
      client.disconnect();
    }
    const broken = await audit('--sale', 'audited');
    expect([broken.code, broken.out]).toEqual([1, expect.stringContaining('gate-holds-free-unit (invariant 8)')]);
    expect(broken.out).toContain('redis gate:{audited}:own:unit bytes 1040 to 1065');

    const missing = await audit('--sale', 'nowhere');
    expect([missing.code, missing.out]).toEqual([3, 'There is no sale nowhere.\n']);
    const refused = await audit('--sale', 'audited', '--key', 'psk_wrong');
    expect([refused.code, refused.out]).toEqual([2, expect.stringContaining('The operator key was refused')]);
  }, 60_000);

  test('bounds at min, max and max + 1: units, lines, text, metadata, capacity, hold', async () => {
    const skus = Array.from({ length: 21 }, (_, n) => item(`s${n}`, 100));
    await api.sell('bounds', { items: skus });
    const lines = (count: number, quantity: number) => Array.from({ length: count }, (_, n) => ({ sku: `s${n}`, quantity }));
    const order = async (key: string, body: Record<string, unknown>) =>
      (await api.order('bounds', key, { customerId: 'c', ...body })).status;
    expect(await order('one', { lines: lines(1, 1) })).toBe(202);
    expect(await order('fifty', { lines: lines(1, 50) })).toBe(202);
    expect(await order('fifty-one', { lines: lines(1, 51) })).toBe(400);
    expect(await order('sum-50', { lines: lines(10, 5) })).toBe(202);
    expect(await order('sum-55', { lines: lines(11, 5) })).toBe(400);
    expect(await order('lines-20', { lines: lines(20, 1) })).toBe(202);
    expect(await order('lines-21', { lines: lines(21, 1) })).toBe(400);
    expect(await order('reference-100', { lines: lines(1, 1), reference: 'r'.repeat(100) })).toBe(202);
    expect(await order('reference-101', { lines: lines(1, 1), reference: 'r'.repeat(101) })).toBe(400);
    const pairs = (count: number, length: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 'v'.repeat(length)]));
    expect(await order('metadata-20', { lines: lines(1, 1), metadata: pairs(20, 100) })).toBe(202);
    expect(await order('metadata-21', { lines: lines(1, 1), metadata: pairs(21, 1) })).toBe(400);
    expect(await order('metadata-4k', { lines: lines(1, 1), metadata: pairs(9, 500) })).toBe(400);
    expect(await order('k'.repeat(255), { lines: lines(1, 1) })).toBe(202);
    expect((await api.order('bounds', 'customer-128', { lines: lines(1, 1), customerId: 'c'.repeat(128) })).status).toBe(202);
    expect((await api.order('bounds', 'customer-129', { lines: lines(1, 1), customerId: 'c'.repeat(129) })).status).toBe(400);

    const put = async (saleId: string, change: Record<string, unknown>) =>
      (await api.call('PUT', `/v1/admin/sales/${saleId}`, { body: { ...saleBody(), ...change } })).status;
    expect(await put('capacity-max', { items: [item('u', 10_000_000)] })).toBe(201);
    expect(await put('capacity-over', { items: [item('u', 10_000_001)] })).toBe(400);
    expect(await put('capacity-none', { items: [item('u', 0)] })).toBe(400);
    expect(await put('hold-30', { holdSeconds: 30 })).toBe(201);
    expect(await put('hold-29', { holdSeconds: 29 })).toBe(400);
    expect(await put('hold-86400', { holdSeconds: 86_400 })).toBe(201);
    expect(await put('hold-86401', { holdSeconds: 86_401 })).toBe(400);
    expect(await put('items-100', { items: Array.from({ length: 100 }, (_, n) => ({ ...item(`i${n}`, 1), name: 'n'.repeat(200) })) })).toBe(
      201,
    );
    expect(await put('items-101', { items: Array.from({ length: 101 }, (_, n) => item(`i${n}`, 1)) })).toBe(400);
    expect((await api.order('capacity-max', 'k', lineOf('c', 50, 'u'))).status).toBe(202);
    const audit = await api.call('GET', '/v1/admin/sales/bounds/audit');
    expect(audit.body.findings).toEqual([]);
  }, 60_000);
});
