import { describe, expect, test } from '@jest/globals';
import { metrics } from '../../../lambdas/contracts/metrics.ts';
import { CorruptionError, UnavailableError } from '../../../lambdas/domain/kernel/faults.ts';
import type { ApiHandler, ApiRequest, Caller } from '../../../lambdas/runtime/api.ts';
import { httpFunction } from '../../../lambdas/runtime/http-function.ts';
import { type AlbWish, albEvent } from '../../support/builders-alb.ts';
import { RecordingLog } from '../../support/fakes-log.ts';
import { CountingMeter } from '../../support/fakes-meter.ts';

const callers: Readonly<Record<string, Caller>> = {
  'Bearer customer': { kind: 'customer', customerId: 'ann' },
  'Bearer psk_operator': { kind: 'operator' },
};
const operator = { authorization: 'Bearer psk_operator' };
const json = { 'content-type': 'application/json' };

/** The admin function with one handler for all of its operations, and what it was called with. */
async function call(
  wish: AlbWish,
  handler: ApiHandler = () => Promise.resolve({ status: 200, body: {} }),
  context: { leftMs?: number } = {},
) {
  const requests: ApiRequest[] = [];
  const log = new RecordingLog();
  const meter = new CountingMeter();
  const one: ApiHandler = (request) => {
    requests.push(request);
    return handler(request);
  };
  const serve = httpFunction<'admin'>({
    operations: {
      putSale: one,
      getAdminSale: one,
      openSale: one,
      pauseSale: one,
      resumeSale: one,
      closeSale: one,
      changeStock: one,
      listSaleOrders: one,
      getReport: one,
      getAudit: one,
    },
    authenticator: { prove: (authorization) => Promise.resolve(callers[authorization ?? '']) },
    corsOrigins: ['https://shop.example', 'http://localhost:3000'],
    log,
    meter,
  });
  const result = await serve(albEvent(wish), { getRemainingTimeInMillis: () => context.leftMs ?? 60_000 });
  const headers = Object.fromEntries(Object.entries(result.multiValueHeaders).map(([name, values]) => [name, values.join()]));
  const body = (result.body === '' ? undefined : JSON.parse(result.body)) as Record<string, unknown> | undefined;
  return { status: result.statusCode, headers, body, result, requests, log, meter };
}

const sale = '/v1/admin/sales/drop';

describe('a request', () => {
  test('reaches its operation with parameters, caller, body, headers and query', async () => {
    const { requests, status } = await call({
      method: 'PUT',
      path: '/v1/admin/sales/spring%2Ddrop',
      headers: { ...operator, ...json, 'X-Custom': ['first', 'last'] },
      query: { 'a%20b': ['1', '2+3'], bad: ['%zz'] },
      body: '{"name":"é"}',
    });
    expect(status).toBe(200);
    const [request] = requests;
    expect(request).toMatchObject({
      operation: 'putSale',
      params: { saleId: 'spring-drop' },
      caller: { kind: 'operator' },
      clientAddress: '192.0.2.1',
      body: { name: 'é' },
      path: '/v1/admin/sales/spring%2Ddrop',
    });
    expect(request?.header('x-CUSTOM')).toBe('last');
    expect(request?.header('absent')).toBeUndefined();
    expect(request?.query('a b')).toBe('2 3');
    expect(request?.query('bad')).toBe('%zz');
    expect(request?.query('absent')).toBeUndefined();
  });

  test('has the very bytes of its body, however the load balancer handed them on', async () => {
    const body = ' {"name": "é"}\n';
    for (const sent of [body, Buffer.from(body)]) {
      const { requests } = await call({ method: 'PUT', path: sale, headers: { ...operator, ...json }, body: sent });
      expect(Buffer.from(requests[0]?.bytes() ?? []).toString()).toBe(body);
    }
  });

  test('tells the log what its answer says of it, refused or not', async () => {
    const facts = { orderId: 'ord_1' };
    const given = await call({ path: sale, headers: operator }, () => Promise.resolve({ status: 200, body: {}, facts }));
    const refused = await call({ path: sale, headers: operator }, () => Promise.resolve({ problem: 'order-state', detail: 'no', facts }));
    for (const { log, body } of [given, refused]) {
      expect(log.infos[0]?.facts).toMatchObject(facts);
      expect(body).not.toHaveProperty('facts');
    }
  });

  test('without X-Forwarded-For has an unknown address', async () => {
    const { requests } = await call({ path: sale, headers: { ...operator, 'x-forwarded-for': [] } });
    expect(requests[0]?.clientAddress).toBe('unknown');
  });

  test('leaves one log line with constant message and facts, and one line of metrics', async () => {
    const { log, meter } = await call({ path: sale, headers: { ...operator, 'x-request-id': 'abc' } });
    expect(log.infos).toEqual([
      { message: 'request', facts: { api: 'getAdminSale', requestId: 'abc', status: 200, durationMs: expect.any(Number) } },
    ]);
    expect(meter.flushes).toBe(1);
    expect(meter.counts).toEqual({});
  });
});

describe('an answer', () => {
  test('is JSON with every header of security, and no-store where the handler says nothing', async () => {
    const { headers, result } = await call({ path: sale, headers: operator });
    expect(headers).toEqual({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'content-type': 'application/json',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      vary: 'Origin',
    });
    expect(result).toMatchObject({ statusDescription: '200', isBase64Encoded: false });
  });

  test('that is a text goes out as it is, with the headers of its handler before our own, in small letters', async () => {
    const { headers, body } = await call({ path: sale, headers: operator }, () =>
      Promise.resolve({ status: 200, headers: { 'Cache-Control': 'public, max-age=1', ETag: '"v1"' }, body: '{"openapi":1}' }),
    );
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=1', etag: '"v1"', 'content-type': 'application/json' });
    expect(body).toEqual({ openapi: 1 });
  });

  test('without body has no content type', async () => {
    const { headers, result } = await call({ path: sale, headers: operator }, () =>
      Promise.resolve({ status: 304, headers: { etag: '"v1"' } }),
    );
    expect(result.body).toBe('');
    expect(headers).not.toHaveProperty('content-type');
  });

  test('to HEAD is that to GET: the load balancer takes its length from the body, and does not send it', async () => {
    const wish = { path: sale, headers: { ...operator, 'x-request-id': 'abc' } };
    const [get, head] = [await call(wish), await call({ ...wish, method: 'HEAD' })];
    expect(head.result).toEqual(get.result);
    expect(head.requests[0]?.operation).toBe('getAdminSale');
  });

  test.each([
    ['abc', true],
    ['~'.repeat(128), true],
    ['~'.repeat(129), false],
    ['', false],
    ['a b', false],
    ['é', false],
    ['a\r\nset-cookie:x', false],
  ])('echoes the request id %j: %s', async (id, echoed) => {
    const { headers } = await call({ path: '/nowhere', headers: { 'x-request-id': id } });
    expect(headers['x-request-id'] === id).toBe(echoed);
    if (!echoed) expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a problem', () => {
  test('has exactly the members of the contract, and those of its own', async () => {
    const { status, headers, body } = await call({ path: sale, headers: { ...operator, 'x-request-id': 'r9' } }, () =>
      Promise.resolve({ problem: 'sale-state', detail: 'the sale is closed', members: { state: 'closed' }, headers: { 'X-Note': 'n' } }),
    );
    expect(status).toBe(409);
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'x-note': 'n', 'cache-control': 'no-store' });
    expect(body).toEqual({
      type: '/problems/sale-state',
      title: 'Sale cannot change to that state',
      status: 409,
      detail: 'the sale is closed',
      instance: sale,
      code: 'sale-state',
      requestId: 'r9',
      state: 'closed',
    });
  });

  test('is named in the log line', async () => {
    const { log } = await call({ path: '/nowhere' });
    expect(log.infos[0]?.facts).toMatchObject({ api: 'not-found', status: 404, problem: 'not-found' });
  });
});

describe('the first refusal that applies is the answer', () => {
  const large = 'x'.repeat(65_537);
  test.each<[string, AlbWish, number, string]>([
    ['404 before 401', { method: 'PUT', path: '/v1/none', body: large }, 404, 'not-found'],
    ['405 before 401', { method: 'DELETE', path: sale, body: large }, 405, 'method-not-allowed'],
    ['401 before 413', { method: 'PUT', path: sale, body: large }, 401, 'unauthenticated'],
    ['401 before 415', { method: 'PUT', path: sale, body: 'x' }, 401, 'unauthenticated'],
    ['401 for a proof that is bad', { method: 'PUT', path: sale, headers: { authorization: 'Bearer x' } }, 401, 'unauthenticated'],
    ['403 before 413', { method: 'PUT', path: sale, headers: { authorization: 'Bearer customer' }, body: large }, 403, 'forbidden'],
    ['413 before 415', { method: 'PUT', path: sale, headers: operator, body: large }, 413, 'payload-too-large'],
    ['415 before 400', { method: 'PUT', path: sale, headers: operator, body: '{' }, 415, 'unsupported-media-type'],
    ['400 for what is no JSON', { method: 'PUT', path: sale, headers: { ...operator, ...json }, body: '{' }, 400, 'invalid-json'],
  ])('%s', async (_, wish, status, code) => {
    const answer = await call(wish);
    expect([answer.status, answer.body?.['code'], answer.requests]).toEqual([status, code, []]);
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Bearer realm="penstock"' : undefined);
    expect(answer.log.errors).toEqual([]);
    expect(answer.meter.counts).toEqual({});
  });

  test('the body of a GET is not read', async () => {
    const { status, requests } = await call({ path: sale, headers: operator, body: large });
    expect([status, requests[0]?.body]).toEqual([200, undefined]);
  });
});

describe('methods', () => {
  test.each([
    ['DELETE', sale, 'PUT, GET, HEAD, OPTIONS'],
    ['GET', '/v1/guests', 'POST, OPTIONS'],
    ['HEAD', '/v1/guests', 'POST, OPTIONS'],
    ['PATCH', '/v1/health', 'GET, HEAD, OPTIONS'],
    ['get2', '/v1/health', 'GET, HEAD, OPTIONS'],
  ])('%s %s is 405 and told %s', async (method, path, allow) => {
    const { status, headers } = await call({ method, path });
    expect([status, headers['allow']]).toEqual([405, allow]);
  });

  test('OPTIONS is 204 with Allow and needs no proof', async () => {
    const { status, headers, result } = await call({ method: 'OPTIONS', path: sale });
    expect([status, headers['allow'], result.body]).toEqual([204, 'PUT, GET, HEAD, OPTIONS', '']);
    expect(headers).not.toHaveProperty('access-control-allow-methods');
  });

  test('a preflight from a known origin is told methods and headers', async () => {
    const { status, headers } = await call({
      method: 'OPTIONS',
      path: '/v1/sales/drop/orders',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
    });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': expect.stringContaining('Idempotency-Key'),
      'access-control-max-age': '600',
      vary: 'Origin',
    });
  });

  test.each(['https://evil.example', 'https://shop.example.evil.example', 'HTTPS://SHOP.EXAMPLE', 'null', ''])(
    'the origin %j is told nothing',
    async (origin) => {
      for (const method of ['OPTIONS', 'GET']) {
        const { headers } = await call({ method, path: sale, headers: { ...operator, origin } });
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
    },
  );

  test('every answer to a known origin, a problem too, may be read by it', async () => {
    const { headers } = await call({ path: sale, headers: { origin: 'http://localhost:3000' } });
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'http://localhost:3000',
      'access-control-expose-headers': expect.stringContaining('Retry-After'),
    });
  });
});

describe('faults', () => {
  test('a dependency that is away: 503 with its Retry-After, logged with its name, counted', async () => {
    const fault = new UnavailableError('gate', 'ECONNREFUSED redis.internal', { retryAfterSeconds: 2 });
    const { status, headers, body, log, meter } = await call({ path: sale, headers: { ...operator, 'x-request-id': 'abc' } }, () =>
      Promise.reject(fault),
    );
    expect([status, headers['retry-after'], body?.['code']]).toEqual([503, '2', 'unavailable']);
    expect(JSON.stringify(body)).not.toContain('redis.internal');
    const facts = { api: 'getAdminSale', requestId: 'abc', dependency: 'gate' };
    expect(log.errors).toEqual([{ message: 'dependency unavailable', error: fault, facts }]);
    expect(meter.counts).toEqual({ [metrics.unavailable]: 1 });
  });

  test.each<[string, ApiHandler]>([
    ['rejected', () => Promise.reject(new TypeError('secret inside'))],
    [
      'thrown',
      () => {
        throw new TypeError('secret inside');
      },
    ],
  ])('an unexpected error that is %s: 503 with nothing of it, logged whole, counted', async (_, handler) => {
    const { status, headers, body, log, meter } = await call({ path: sale, headers: operator }, handler);
    expect([status, headers['retry-after'], body?.['code']]).toEqual([503, '5', 'unavailable']);
    expect(JSON.stringify([headers, body])).not.toContain('secret');
    const facts = { api: 'getAdminSale', requestId: headers['x-request-id'] };
    expect(log.errors).toEqual([{ message: 'unexpected error', error: expect.any(TypeError), facts }]);
    expect(meter.counts).toEqual({ [metrics.unavailable]: 1 });
    expect(headers).toHaveProperty('x-request-id');
  });

  test('stored data that contradicts an invariant: 503, logged, counted as an oversell', async () => {
    const { status, log, meter } = await call({ path: sale, headers: operator }, () => Promise.reject(new CorruptionError('two owners')));
    expect([status, log.errors.length]).toEqual([503, 1]);
    expect(meter.counts).toEqual({ [metrics.unavailable]: 1, [metrics.oversell]: 1 });
  });

  test('a path of another function is a fault of the deployment: 503, logged', async () => {
    const { status, log } = await call({ path: '/v1/health' });
    expect(status).toBe(503);
    expect(String(log.errors[0]?.error)).toContain('getHealth');
  });

  test('a handler that is still busy 300 ms before the end is answered for: 503', async () => {
    const { status, body, log, meter } = await call({ path: sale, headers: operator }, () => new Promise(() => {}), { leftMs: 305 });
    expect([status, body?.['code']]).toEqual([503, 'unavailable']);
    expect(log.errors[0]?.error).toMatchObject({ message: 'the request ran out of time' });
    expect(meter.flushes).toBe(1);
  });
});
