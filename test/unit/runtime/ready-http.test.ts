import { expect, test } from '@jest/globals';
import { metrics } from '../../../lambdas/contracts/metrics.ts';
import { UnavailableError } from '../../../lambdas/domain/kernel/faults.ts';
import type { AlbHandler } from '../../../lambdas/runtime/http-function.ts';
import { readyHttp } from '../../../lambdas/runtime/ready-http.ts';
import { albEvent } from '../../support/builders-alb.ts';
import { RecordingLog } from '../../support/fakes-log.ts';
import { CountingMeter } from '../../support/fakes-meter.ts';

const context = { getRemainingTimeInMillis: () => 10_000 };
const event = albEvent({ path: '/v1/sales', headers: { 'x-request-id': 'abc' } });
const served = { statusCode: 200, statusDescription: '200', multiValueHeaders: {}, body: '{}', isBase64Encoded: false };

/** Makes the function by the given starts, one after the other; the last one stays. */
function starting(...starts: readonly [Error | AlbHandler, ...(Error | AlbHandler)[]]) {
  const log = new RecordingLog();
  const meter = new CountingMeter();
  let made = 0;
  const handler = readyHttp({ log, meter }, () => {
    const start = starts[Math.min(made, starts.length - 1)] ?? starts[0];
    made += 1;
    return start instanceof Error ? Promise.reject(start) : Promise.resolve(start);
  });
  return { handler, log, meter, made: () => made };
}

test.each([
  ['dependency unavailable', new UnavailableError('secrets', 'secrets did not answer'), '1', { dependency: 'secrets' }],
  ['unexpected error', new Error('AccessDenied'), '5', {}],
])('a function that cannot be made answers the 503 of the contract: %s', async (message, error, retryAfter, facts) => {
  const { handler, log, meter } = starting(error);
  const { statusCode, multiValueHeaders, body } = await handler(event, context);
  expect(statusCode).toBe(503);
  expect(multiValueHeaders).toMatchObject({
    'content-type': ['application/problem+json'],
    'retry-after': [retryAfter],
    'x-content-type-options': ['nosniff'],
    'x-request-id': ['abc'],
  });
  expect(JSON.parse(body)).toMatchObject({ code: 'unavailable', status: 503, instance: '/v1/sales', requestId: 'abc' });
  expect(log.errors).toEqual([{ message, error, facts: { api: 'listSales', requestId: 'abc', ...facts } }]);
  expect(log.infos).toMatchObject([{ message: 'request', facts: { requestId: 'abc', status: 503 } }]);
  expect([meter.counts, meter.flushes]).toEqual([{ [metrics.unavailable]: 1 }, 1]);
});

test('a function that could not be made is made anew by the next request, and then kept', async () => {
  const { handler, made } = starting(new Error('no secret'), () => Promise.resolve(served));
  expect((await handler(event, context)).statusCode).toBe(503);
  expect(await handler(event, context)).toBe(served);
  expect(await handler(event, context)).toBe(served);
  expect(made()).toBe(2);
});
