import { describe, expect, test } from '@jest/globals';
import { listSeats } from '../../../lambdas/http/list-seats.ts';
import { Cursors } from '../../../lambdas/runtime/cursors.ts';
import { itemOf, nowMs, saleOf } from '../../support/builders.ts';
import { answerOf, pointersOf, type RequestWish } from '../../support/builders-request.ts';
import { InMemoryCatalog } from '../../support/fakes-catalog.ts';
import { InMemorySeatMaps, seatedItem } from '../../support/fakes-seats.ts';

const rows = ['A1', 'A2', 'B1', 'B2', 'C1'];
const boxes = ['A1', 'A2'];
const hall = Array.from({ length: 5001 }, (_, index) => `S${index}`);
const sale = saleOf({ items: [itemOf(), seatedItem(rows), seatedItem(boxes, 'boxes'), seatedItem(hall, 'hall')] });
const params = { saleId: 'drop', sku: 'stalls' };

function handler() {
  const asked: unknown[] = [];
  return {
    asked,
    list: listSeats({
      sales: new InMemoryCatalog(sale),
      seatMaps: new InMemorySeatMaps([seatedItem(rows), rows], [seatedItem(boxes, 'boxes'), boxes], [seatedItem(hall, 'hall'), hall]),
      taken: {
        takenSeats: (...args) => {
          asked.push(args);
          return Promise.resolve({ asOfMs: nowMs - 500, isTaken: (unit) => unit % 3 === 1 });
        },
      },
      cursors: new Cursors(new TextEncoder().encode('a key for tests')),
    }),
  };
}

interface Page {
  readonly sku: string;
  readonly asOf: string;
  readonly seats: { readonly seat: string; readonly taken: boolean }[];
  readonly nextCursor?: string;
}

async function page(wish: RequestWish): Promise<Page> {
  const answer = await answerOf(handler().list, { params, ...wish });
  if (!('status' in answer)) throw new Error(`expected a page, got ${answer.problem}`);
  return answer.body as Page;
}

describe('GET the seats of an item', () => {
  test('all of them on one page: in their order, taken or not, as of when the gate was asked', async () => {
    const { list, asked } = handler();
    expect(await answerOf(list, { params })).toEqual({
      status: 200,
      headers: { etag: expect.stringMatching(/^W\/"[\w-]{22}"$/), 'cache-control': 'public, max-age=1' },
      body: {
        sku: 'stalls',
        asOf: '2026-11-22T09:59:59.500Z',
        seats: rows.map((seat, unit) => ({ seat, taken: unit === 1 || unit === 4 })),
      },
    });
    expect(asked).toEqual([['drop', 'stalls', 5]]);
  });

  test('page by page, each seat once, and no cursor on the last page, also where it is full', async () => {
    for (const [limit, pages] of [
      ['1', 5],
      ['2', 3],
      ['5', 1],
    ] as const) {
      let asked = 0;
      const seen: Page['seats'] = [];
      let cursor: string | undefined;
      do {
        const body: Page = await page({ query: { limit, ...(cursor === undefined ? {} : { cursor }) } });
        expect(body.seats.length).toBeLessThanOrEqual(Number(limit));
        seen.push(...body.seats);
        cursor = body.nextCursor;
        asked += 1;
      } while (cursor !== undefined && asked < 10);
      expect(asked).toBe(pages);
      expect(seen).toEqual(rows.map((seat, unit) => ({ seat, taken: unit === 1 || unit === 4 })));
    }
  });

  test.each([
    [undefined, 1000],
    ['1', 1],
    ['999', 999],
    ['5000', 5000],
  ])('a limit of %s is a page of %d', async (limit, length) => {
    const body = await page({ params: { saleId: 'drop', sku: 'hall' }, query: limit === undefined ? {} : { limit } });
    expect([body.seats.length, body.nextCursor !== undefined]).toEqual([length, true]);
  });

  test.each(['0', '5001', '-1', '1.5', '', '10000', 'all', '٣'])('a limit of "%s" is refused', async (limit) => {
    const { list, asked } = handler();
    expect(new Set(pointersOf(await answerOf(list, { params, query: { limit } })))).toEqual(new Set(['#query/limit']));
    expect(asked).toEqual([]);
  });

  test('a cursor of another item, of another sale, or of nobody is refused', async () => {
    const { nextCursor = '' } = await page({ query: { limit: '1' } });
    const foreign = { params: { saleId: 'drop', sku: 'boxes' }, query: { cursor: nextCursor } };
    for (const wish of [foreign, { query: { cursor: `${nextCursor}A` } }, { query: { cursor: '1' } }]) {
      expect(pointersOf(await answerOf(handler().list, { params, ...wish }))).toEqual(['#query/cursor']);
    }
  });

  test('no such sale is sale-not-found; no such item, or one without seats, not-found', async () => {
    const problem = async (saleId: string, sku: string) => answerOf(handler().list, { params: { saleId, sku } });
    expect(await problem('other', 'stalls')).toMatchObject({ problem: 'sale-not-found' });
    expect(await problem('drop', 'nothing')).toMatchObject({ problem: 'not-found' });
    expect(await problem('drop', 'shirt')).toMatchObject({ problem: 'not-found' });
  });

  test('is not sent again to who has it: 304', async () => {
    const { list } = handler();
    const first = await answerOf(list, { params });
    const etag = ('status' in first && first.headers?.['etag']) || '';
    const again = await answerOf(list, { params, headers: { 'if-none-match': etag } });
    expect(again).toEqual({ status: 304, headers: { etag, 'cache-control': 'public, max-age=1' } });
  });
});
