import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, type CallOptions, item, lineOf, saleBody } from '../support/api.ts';
import { describeSystem } from '../support/describe-system.ts';

describeSystem((api) => {
  beforeAll(async () => {
    await api.sell('open', { items: [item('unit', 20, 5), item('rare', 2)], customerLimit: 4 });
    await api.sell('gone', { items: [item('unit', 1)] });
    const last = await api.order('gone', 'last', lineOf('first'));
    await api.settled(last.body.orderId);
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    await api.sell('soon', { opensAt: inAnHour, closesAt: new Date(Date.now() + 7_200_000).toISOString() });
  }, 30_000);

  const expectProblem = (answer: Answer, status: number, code: string) => {
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ type: `/problems/${code}`, status, code, requestId: answer.headers.get('x-request-id') });
    for (const member of ['title', 'detail', 'instance']) expect(typeof answer.body[member]).toBe('string');
  };

  const one = { lines: [{ sku: 'unit', quantity: 1 }], customerId: 'c' };
  const orders = '/v1/sales/open/orders';
  const key = { 'idempotency-key': 'k' };

  describe('bad input gets its problem and changes nothing', () => {
    const cases: readonly [
      title: string,
      method: string,
      path: string,
      options: CallOptions,
      status: number,
      code: string,
      pointer?: string,
    ][] = [
      ['unknown path', 'GET', '/v1/nothing', {}, 404, 'not-found'],
      ['unknown path below an order', 'POST', '/v1/sales/a/b/orders', { body: one, headers: key }, 404, 'not-found'],
      ['method not there', 'DELETE', orders, {}, 405, 'method-not-allowed'],
      ['GET of a path that only takes POST', 'GET', orders, {}, 405, 'method-not-allowed'],
      ['no proof', 'POST', orders, { body: one, headers: key, token: null }, 401, 'unauthenticated'],
      ['a wrong operator key', 'POST', orders, { body: one, headers: key, token: 'psk_wrong' }, 401, 'unauthenticated'],
      [
        'a forged token',
        'POST',
        orders,
        { body: one, headers: key, token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.' },
        401,
        'unauthenticated',
      ],
      ['a body over 64 KiB', 'POST', orders, { raw: `{"x":"${'y'.repeat(65_536)}"}`, headers: key }, 413, 'payload-too-large'],
      [
        'a form',
        'POST',
        orders,
        { raw: 'a=b', headers: { ...key, 'content-type': 'application/x-www-form-urlencoded' } },
        415,
        'unsupported-media-type',
      ],
      [
        'Latin-1',
        'POST',
        orders,
        { raw: '{}', headers: { ...key, 'content-type': 'application/json; charset=latin1' } },
        415,
        'unsupported-media-type',
      ],
      ['half a JSON', 'POST', orders, { raw: '{"lines":[', headers: key }, 400, 'invalid-json'],
      [
        'bytes that are no UTF-8 (the load balancer hands them on as U+FFFD)',
        'POST',
        orders,
        { raw: new Uint8Array([0x22, 0xff, 0x22]), headers: key },
        400,
        'invalid-request',
      ],
      ['no Idempotency-Key', 'POST', orders, { body: one }, 400, 'idempotency-key-required'],
      [
        'an Idempotency-Key of 256 characters',
        'POST',
        orders,
        { body: one, headers: { 'idempotency-key': 'k'.repeat(256) } },
        400,
        'invalid-request',
        '#header/Idempotency-Key',
      ],
      ['no body', 'POST', orders, { headers: key }, 400, 'invalid-request', ''],
      ['an array', 'POST', orders, { body: [], headers: key }, 400, 'invalid-request', ''],
      ['no lines', 'POST', orders, { body: { customerId: 'c' }, headers: key }, 400, 'invalid-request', '/lines'],
      ['an unknown member', 'POST', orders, { body: { ...one, coupon: 'x' }, headers: key }, 400, 'invalid-request', '/coupon'],
      [
        'an unknown member of a line',
        'POST',
        orders,
        { body: { ...one, lines: [{ sku: 'unit', quantity: 1, seat: 'A1' }] }, headers: key },
        400,
        'invalid-request',
        '/lines/0/seat',
      ],
      ['quantity 0', 'POST', orders, { body: lineOf('c', 0), headers: key }, 400, 'invalid-request', '/lines/0/quantity'],
      ['quantity 1.5', 'POST', orders, { body: lineOf('c', 1.5), headers: key }, 400, 'invalid-request', '/lines/0/quantity'],
      [
        'quantity over the order limit',
        'POST',
        orders,
        { body: lineOf('c', 6), headers: key },
        400,
        'invalid-request',
        '/lines/0/quantity',
      ],
      [
        'the same sku twice',
        'POST',
        orders,
        { body: { lines: [...one.lines, ...one.lines], customerId: 'c' }, headers: key },
        400,
        'invalid-request',
        '/lines/1',
      ],
      [
        'an operator who names no customer',
        'POST',
        orders,
        { body: { lines: one.lines }, headers: key },
        400,
        'invalid-request',
        '/customerId',
      ],
      ['no such sale', 'POST', '/v1/sales/none/orders', { body: one, headers: key }, 404, 'sale-not-found'],
      ['no such sku', 'POST', orders, { body: lineOf('c', 1, 'other'), headers: key }, 422, 'unknown-sku', '/lines/0/sku'],
      ['a sale not yet open', 'POST', '/v1/sales/soon/orders', { body: one, headers: key }, 409, 'sale-not-open'],
      ['more than the customer may have', 'POST', orders, { body: lineOf('c', 5), headers: key }, 409, 'customer-limit'],
      ['more than there are', 'POST', orders, { body: lineOf('c', 3, 'rare'), headers: key }, 409, 'sold-out'],
      ['a sale sold out', 'POST', '/v1/sales/gone/orders', { body: one, headers: key }, 409, 'sold-out'],
      ['an order nobody made', 'GET', `/v1/orders/ord_${'0'.repeat(26)}`, {}, 404, 'not-found'],
      ['an order id that is none', 'GET', '/v1/orders/%00', {}, 404, 'not-found'],
      ['a sale nobody made', 'GET', '/v1/sales/none', {}, 404, 'sale-not-found'],
      ['a page of 101', 'GET', '/v1/sales?limit=101', {}, 400, 'invalid-request', '#query/limit'],
      ['a cursor that is none', 'GET', '/v1/sales?cursor=abc', {}, 400, 'invalid-request', '#query/cursor'],
      ['a state that is none', 'GET', '/v1/sales?state=ajar', {}, 400, 'invalid-request', '#query/state'],
      ['a sale id that is none', 'PUT', '/v1/admin/sales/Upper', { body: saleBody() }, 400, 'invalid-request', '#path/saleId'],
      [
        'a sale with a waiting room',
        'PUT',
        '/v1/admin/sales/new',
        { body: { ...saleBody(), waitingRoom: { enabled: true } } },
        400,
        'invalid-request',
        '/waitingRoom/enabled',
      ],
      [
        'assigned seating without seats',
        'PUT',
        '/v1/admin/sales/new',
        { body: { ...saleBody(), items: [{ ...item('a', 1), seating: 'assigned' }] } },
        400,
        'invalid-request',
        '/items/0/seats',
      ],
      [
        'a sale that ends before it begins',
        'PUT',
        '/v1/admin/sales/new',
        { body: { ...saleBody(), closesAt: '2020-01-01T00:00:00Z' } },
        400,
        'invalid-request',
        '/closesAt',
      ],
      [
        'a lower capacity after the opening',
        'PUT',
        '/v1/admin/sales/open',
        { body: { ...saleBody(), customerLimit: 4 } },
        409,
        'sale-already-opened',
      ],
      [
        'a stale If-Match',
        'PUT',
        '/v1/admin/sales/open',
        { body: saleBody(), headers: { 'if-match': '"v99"' } },
        412,
        'precondition-failed',
      ],
      [
        'If-None-Match of what is there',
        'PUT',
        '/v1/admin/sales/open',
        { body: saleBody(), headers: { 'if-none-match': '*' } },
        412,
        'precondition-failed',
      ],
      ['a report of no sale', 'GET', '/v1/admin/sales/none/report', {}, 404, 'sale-not-found'],
      ['an operator call without a key', 'GET', '/v1/admin/sales/open/audit', { token: null }, 401, 'unauthenticated'],
    ];

    test.each(cases)('%s', async (...row) => {
      const [, method, path, options, status, code, pointer] = row;
      const before = await api.call('GET', '/v1/admin/sales/open/report');
      const answer = await api.call(method, path, options);
      expectProblem(answer, status, code);
      if (pointer !== undefined) expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
      if (status === 405) expect(answer.headers.get('allow')).toBe('POST, OPTIONS');
      if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      const after = await api.call('GET', '/v1/admin/sales/open/report');
      // The queue is the whole deployment's, and its counts are approximate.
      const books = ({ orders, items, revenue }: Record<string, unknown>) => ({ orders, items, revenue });
      expect(books(after.body)).toEqual(books(before.body));
    });
  });

  describe('of two faults the first in the order of precedence is told', () => {
    const big = `{"x":"${'y'.repeat(65_536)}"}`;
    const cases: readonly [string, string, string, CallOptions, string][] = [
      ['404 before 401', 'GET', '/v1/admin/nothing', { token: null }, 'not-found'],
      ['405 before 401', 'DELETE', orders, { token: null }, 'method-not-allowed'],
      ['401 before 413', 'POST', orders, { raw: big, token: null }, 'unauthenticated'],
      ['413 before 415', 'POST', orders, { raw: big, headers: { 'content-type': 'text/plain' } }, 'payload-too-large'],
      ['415 before 400', 'POST', orders, { raw: '{', headers: { 'content-type': 'text/plain' } }, 'unsupported-media-type'],
      ['400 before sale-not-found', 'POST', '/v1/sales/none/orders', { body: {}, headers: key }, 'invalid-request'],
      ['sale-not-found before unknown-sku', 'POST', '/v1/sales/none/orders', { body: lineOf('c', 1, 'x'), headers: key }, 'sale-not-found'],
      ['unknown-sku before sale-not-open', 'POST', '/v1/sales/soon/orders', { body: lineOf('c', 1, 'x'), headers: key }, 'unknown-sku'],
      ['customer-limit before sold-out', 'POST', orders, { body: lineOf('c', 5, 'rare'), headers: key }, 'customer-limit'],
    ];

    test.each(cases)('%s', async (_, method, path, options, code) => {
      expect((await api.call(method, path, options)).body.code).toBe(code);
    });

    test('403 before 413: a guest at an operator call', async () => {
      const { body: guest } = await api.call('POST', '/v1/guests', { token: null });
      const answer = await api.call('PUT', '/v1/admin/sales/open', { raw: big, token: guest.token });
      expectProblem(answer, 403, 'forbidden');
    });

    test('a known order before sold-out, customer-limit and a closed sale', async () => {
      await api.sell('known', { items: [item('unit', 1)], customerLimit: 1 });
      const first = await api.order('known', 'k', lineOf('c'));
      expect(first.status).toBe(202);
      await api.settled(first.body.orderId);
      expect((await api.order('known', 'k2', lineOf('c'))).body.code).toBe('customer-limit');
      expect((await api.order('known', 'k3', lineOf('d'))).body.code).toBe('sold-out');
      const again = await api.order('known', 'k', lineOf('c'));
      expect([again.status, again.body.orderId, again.body.state]).toEqual([202, first.body.orderId, 'held']);
      expect((await api.order('known', 'k', { ...lineOf('c'), reference: 'other' })).body.code).toBe('idempotency-key-reused');

      expect((await api.call('POST', '/v1/admin/sales/known/close')).body.state).toBe('closed');
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const closed = await api.order('known', 'k', lineOf('c'));
      expect([closed.status, closed.headers.get('idempotency-replayed'), closed.body.orderId]).toEqual([202, 'true', first.body.orderId]);
      const late = await api.order('known', 'k4', lineOf('e'));
      expectProblem(late, 409, 'sale-not-open');
      expect(late.body.state).toBe('closed');
    });
  });
});
