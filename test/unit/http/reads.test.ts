import { describe, expect, test } from '@jest/globals';
import type { Audit } from '../../../lambdas/domain/books/audit-sale.ts';
import type { SaleReport } from '../../../lambdas/domain/books/report-sale.ts';
import { UnavailableError } from '../../../lambdas/domain/kernel/faults.ts';
import { getAdminSale } from '../../../lambdas/http/get-admin-sale.ts';
import { getAudit } from '../../../lambdas/http/get-audit.ts';
import { getAvailability } from '../../../lambdas/http/get-availability.ts';
import { getHealth } from '../../../lambdas/http/get-health.ts';
import { getOpenApi } from '../../../lambdas/http/get-open-api.ts';
import { getReady } from '../../../lambdas/http/get-ready.ts';
import { getReport } from '../../../lambdas/http/get-report.ts';
import { getSale } from '../../../lambdas/http/get-sale.ts';
import type { ApiHandler, ApiResponse } from '../../../lambdas/runtime/api.ts';
import { itemOf, nowMs, saleOf } from '../../support/builders.ts';
import { answerOf } from '../../support/builders-request.ts';
import { InMemoryCatalog } from '../../support/fakes-catalog.ts';
import { ManualClock } from '../../support/fakes-clock.ts';
import { RecordingLog } from '../../support/fakes-log.ts';

const sale = saleOf({ items: [itemOf(), itemOf({ sku: 'cap', capacity: 5 })] });
const clock = new ManualClock();
const times = { opensAt: '2026-11-22T09:00:00.000Z', closesAt: '2026-11-22T11:00:00.000Z' };
const report: SaleReport = {
  asOfMs: nowMs,
  orders: { accepted: null, held: 1, confirmed: 2, withdrawn: 0, rejected: 0, expired: 0, cancelled: 0 },
  items: [{ sku: 'shirt', capacity: 10, free: 7, held: 1, confirmed: 2, withdrawn: 0 }],
  revenueMinor: 9998,
  queue: { depth: 0, oldestSeconds: null, deadLetters: 0 },
};
const audit: Audit = {
  ok: false,
  asOfMs: nowMs,
  checked: { orders: 3, claims: 3, units: 10, pendingOrders: 0 },
  findings: [{ kind: 'gate-not-ready', invariant: 8, detail: 'd' }],
  findingCount: 1,
};

function etagOf(response: ApiResponse): string {
  return ('status' in response && response.headers?.['etag']) || 'none';
}

/** Every handler that names a sale in its path. */
const saleHandlers: Record<string, (catalog: InMemoryCatalog) => ApiHandler> = {
  getSale: (sales) => getSale({ sales, clock }),
  getAdminSale: (catalog) => getAdminSale({ catalog, clock }),
  getAvailability: (sales) =>
    getAvailability({ sales, clock, availability: { available: () => Promise.resolve({ available: { shirt: 3 }, asOfMs: nowMs - 500 }) } }),
  getReport: (catalog) => getReport({ catalog, report: () => Promise.resolve(report) }),
  getAudit: (catalog) => getAudit({ catalog, audit: () => Promise.resolve(audit), keysOf: (sale, { kind }) => [sale.saleId, kind] }),
};

function handlerOf(name: string, catalog: InMemoryCatalog): ApiHandler {
  const make = saleHandlers[name];
  if (!make) throw new Error(`no handler ${name}`);
  return make(catalog);
}

describe('reads of a sale', () => {
  test('as anybody sees it: no lanes, no rates', async () => {
    const { waitingRoom: _, ...response } = { waitingRoom: 0, ...(await answerOf(handlerOf('getSale', new InMemoryCatalog(sale)))) };
    expect(response).toEqual({
      status: 200,
      headers: { etag: expect.stringMatching(/^W\/"[\w-]{22}"$/), 'cache-control': 'public, max-age=1' },
      body: {
        saleId: 'drop',
        name: 'Drop',
        state: 'open',
        ...times,
        currency: 'EUR',
        holdSeconds: 600,
        customerLimit: 0,
        waitingRoom: { enabled: false },
        items: [
          { sku: 'shirt', name: 'Shirt', unitPrice: 4999, capacity: 10, orderLimit: 4, seating: 'general' },
          { sku: 'cap', name: 'Shirt', unitPrice: 4999, capacity: 5, orderLimit: 4, seating: 'general' },
        ],
      },
    });
  });

  test('as an operator sees it: with lanes, rates and the version as strong ETag', async () => {
    expect(await answerOf(handlerOf('getAdminSale', new InMemoryCatalog({ ...sale, version: 4 })))).toMatchObject({
      status: 200,
      headers: { etag: '"v4"' },
      body: { lanes: 1, waitingRoom: { enabled: false, admitPerSecond: 50, maxActive: 10_000, admissionSeconds: 600 } },
    });
  });

  test('what is left: a sku that the gate does not tell of is sold out', async () => {
    expect(await answerOf(handlerOf('getAvailability', new InMemoryCatalog(sale)))).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'public, max-age=1' },
      body: {
        saleId: 'drop',
        state: 'open',
        asOf: '2026-11-22T09:59:59.500Z',
        items: [
          { sku: 'shirt', available: 3, soldOut: false },
          { sku: 'cap', available: 0, soldOut: true },
        ],
      },
    });
  });

  test('the report, with a waiting room that nobody can have joined', async () => {
    expect(await answerOf(handlerOf('getReport', new InMemoryCatalog(sale)))).toEqual({
      status: 200,
      body: {
        asOf: '2026-11-22T10:00:00.000Z',
        orders: report.orders,
        items: report.items,
        revenue: 9998,
        waitingRoom: { joined: 0, admitted: 0, waiting: 0 },
        queue: report.queue,
      },
    });
  });

  test('the audit, as it was found', async () => {
    const { asOfMs: _, ...rest } = audit;
    const findings = rest.findings.map((finding) => ({ ...finding, keys: ['drop', finding.kind] }));
    expect(await answerOf(handlerOf('getAudit', new InMemoryCatalog(sale)))).toEqual({
      status: 200,
      body: { asOf: '2026-11-22T10:00:00.000Z', ...rest, findings },
    });
  });

  test.each(Object.keys(saleHandlers))('%s of a sale that is not there is sale-not-found', async (name) => {
    expect(await answerOf(handlerOf(name, new InMemoryCatalog()))).toMatchObject({ problem: 'sale-not-found' });
  });

  test.each(Object.keys(saleHandlers))('%s asks no store for a name that no sale can have', async (name) => {
    for (const saleId of ['DROP', 'x'.repeat(64), 'x'.repeat(3000), 'a/b', '%zz', '__proto__']) {
      const catalog = new InMemoryCatalog(sale);
      expect(await answerOf(handlerOf(name, catalog), { params: { saleId } })).toMatchObject({ problem: 'sale-not-found' });
      expect(catalog.effects).toEqual([]);
    }
  });

  test.each(['getSale', 'getAvailability'])('%s answers 304 without body to its own ETag, and 200 to another', async (name) => {
    const handler = handlerOf(name, new InMemoryCatalog(sale));
    const etag = etagOf(await answerOf(handler));
    for (const header of [etag, `"other", ${etag}`, `W/${etag.replace(/^W\//, '')}`, '*', ` ${etag} `]) {
      const again = await answerOf(handler, { headers: { 'if-none-match': header } });
      expect([header, again]).toEqual([header, expect.objectContaining({ status: 304, headers: expect.objectContaining({ etag }) })]);
      expect(again).not.toHaveProperty('body');
    }
    expect(await answerOf(handler, { headers: { 'if-none-match': '"other"' } })).toMatchObject({ status: 200 });
  });

  test('the ETag changes with the state, though the sale does not', async () => {
    const open = etagOf(await answerOf(getSale({ sales: new InMemoryCatalog(sale), clock })));
    const later = new ManualClock(sale.closesAtMs);
    expect(etagOf(await answerOf(getSale({ sales: new InMemoryCatalog(sale), clock: later })))).not.toBe(open);
  });
});

describe('the service', () => {
  test('health tells the version and touches nothing', async () => {
    expect(await answerOf(getHealth('1.2.3'))).toEqual({ status: 200, body: { status: 'ok', version: '1.2.3' } });
  });

  test('the OpenAPI document goes out as it was built', async () => {
    expect(await answerOf(getOpenApi('{"openapi":"3.1.0"}'))).toMatchObject({ status: 200, body: '{"openapi":"3.1.0"}' });
  });

  test('ready when every dependency answers', async () => {
    const probes = [
      { name: 'gate', touch: () => Promise.resolve('PONG') },
      { name: 'queue', touch: () => Promise.resolve({}) },
    ];
    expect(await answerOf(getReady(probes, new RecordingLog()))).toEqual({
      status: 200,
      body: { ready: true, dependencies: { gate: { ok: true }, queue: { ok: true } } },
    });
  });

  test('not ready when one does not: 503, each state told, the cause in the log only', async () => {
    const log = new RecordingLog();
    const secret = new Error('AccessDenied for arn:aws:iam::123:role/x');
    const probes = [
      { name: 'ledger', touch: () => Promise.resolve() },
      { name: 'gate', touch: () => Promise.reject(new UnavailableError('gate', 'away')) },
      { name: 'queue', touch: () => Promise.reject(secret) },
    ];
    const response = await answerOf(getReady(probes, log));
    expect(response).toEqual({
      status: 503,
      headers: { 'retry-after': '2' },
      body: {
        ready: false,
        dependencies: {
          ledger: { ok: true },
          gate: { ok: false, detail: 'away or slow' },
          queue: { ok: false, detail: 'refused or misconfigured: see the log' },
        },
      },
    });
    expect(log.errors.map(({ facts }) => facts)).toEqual([{ dependency: 'gate' }, { dependency: 'queue' }]);
    expect(log.errors[1]?.error).toBe(secret);
  });
});
