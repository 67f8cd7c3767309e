import { describe, expect, test } from '@jest/globals';
import { listSales } from '../../../lambdas/http/list-sales.ts';
import type { ApiResponse } from '../../../lambdas/runtime/api.ts';
import { Cursors } from '../../../lambdas/runtime/cursors.ts';
import { nowMs, saleOf } from '../../support/builders.ts';
import { answerOf, pointersOf } from '../../support/builders-request.ts';
import { InMemoryCatalog } from '../../support/fakes-catalog.ts';
import { ManualClock } from '../../support/fakes-clock.ts';

const cursors = new Cursors(new Uint8Array(32).fill(7));

function call(query: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) {
  const catalog = new InMemoryCatalog(
    ...['a', 'b', 'c'].map((saleId) => saleOf({ saleId, closesAtMs: saleId === 'b' ? nowMs : nowMs + 1 })),
  );
  return { catalog, response: answerOf(listSales({ catalog, cursors, clock: new ManualClock() }), { query, headers }) };
}

/** Ids of the page, and its cursor. */
function pageOf(response: ApiResponse): { ids: string[]; nextCursor?: string } {
  const body = ('status' in response ? response.body : undefined) as { items: { saleId: string }[]; nextCursor?: string } | undefined;
  const { items = [], nextCursor } = body ?? {};
  return { ids: items.map(({ saleId }) => saleId), ...(nextCursor === undefined ? {} : { nextCursor }) };
}

describe('GET sales', () => {
  test('page by page, by the cursor of the page before', async () => {
    const first = pageOf(await call({ limit: '2' }).response);
    expect(first.ids).toEqual(['a', 'b']);
    const second = pageOf(await call({ limit: '2', cursor: first.nextCursor ?? '' }).response);
    expect(second).toEqual({ ids: ['c'] });
  });

  test('of one state', async () => {
    expect(pageOf(await call({ state: 'closed' }).response)).toEqual({ ids: ['b'] });
    expect(pageOf(await call({ state: 'paused' }).response)).toEqual({ ids: [] });
  });

  test.each([
    [undefined, 25],
    ['1', 1],
    ['9', 9],
    ['10', 10],
    ['99', 99],
    ['100', 100],
  ])('limit %j reads pages of %i', async (limit, size) => {
    const { catalog, response } = call(limit === undefined ? {} : { limit });
    await response;
    expect(catalog.effects[0]).toBe(`list ${size} after `);
  });

  test.each([
    ['limit', '0'],
    ['limit', '101'],
    ['limit', '-1'],
    ['limit', '1.5'],
    ['limit', '1e2'],
    ['limit', ''],
    ['limit', ' 5'],
    ['state', 'OPEN'],
    ['state', ''],
    ['cursor', ''],
    ['cursor', 'abc'],
    ['cursor', cursors.seal('orders', 'a')],
  ])('%s=%j is refused', async (name, value) => {
    const { catalog, response } = call({ [name]: value });
    expect(pointersOf(await response)).toEqual([`#query/${name}`]);
    expect(catalog.effects).toEqual([]);
  });

  test('304 to its own ETag', async () => {
    const response = await call({}).response;
    const etag = ('status' in response && response.headers?.['etag']) || '';
    expect(await call({}, { 'if-none-match': etag }).response).toMatchObject({ status: 304 });
    expect(await call({ limit: '1' }, { 'if-none-match': etag }).response).toMatchObject({ status: 200 });
  });
});
