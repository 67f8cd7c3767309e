import { describe, expect, test } from '@jest/globals';
import type { FindOrderOutcome } from '../../../lambdas/domain/orders/find-order.ts';
import type { OwnOrdersQuery } from '../../../lambdas/domain/orders/list-own-orders.ts';
import type { SaleOrdersQuery } from '../../../lambdas/domain/orders/list-sale-orders.ts';
import type { OrderPage } from '../../../lambdas/domain/orders/order-page.ts';
import { listOwnOrders } from '../../../lambdas/http/list-own-orders.ts';
import { listSaleOrders } from '../../../lambdas/http/list-sale-orders.ts';
import { orderAnswer } from '../../../lambdas/http/order-answer.ts';
import type { ApiResponse } from '../../../lambdas/runtime/api.ts';
import { Cursors } from '../../../lambdas/runtime/cursors.ts';
import { heldOrder, nowMs, saleOf } from '../../support/builders.ts';
import { answerOf, pointersOf, type RequestWish } from '../../support/builders-request.ts';
import { InMemoryCatalog } from '../../support/fakes-catalog.ts';

const cursors = new Cursors(new Uint8Array(32).fill(7));
const order = heldOrder();
const after = { acceptedAtMs: nowMs, orderId: order.orderId };
const operator = { kind: 'operator' } as const;

async function own(wish: RequestWish, page: OrderPage | 'too-many' = { orders: [order] }, found: FindOrderOutcome = { kind: 'none' }) {
  const queries: OwnOrdersQuery[] = [];
  const list = (query: OwnOrdersQuery) => {
    queries.push(query);
    return Promise.resolve(page);
  };
  return { response: await answerOf(listOwnOrders({ list, find: () => Promise.resolve(found), cursors }), wish), query: queries[0] };
}

async function ofSale(wish: RequestWish, page: OrderPage = { orders: [order] }, catalog = new InMemoryCatalog(saleOf())) {
  const queries: SaleOrdersQuery[] = [];
  const list = (query: SaleOrdersQuery) => {
    queries.push(query);
    return Promise.resolve(page);
  };
  return { response: await answerOf(listSaleOrders({ catalog, list, cursors }), { caller: operator, ...wish }), query: queries[0] };
}

function cursorOf(response: ApiResponse): string {
  return (('status' in response ? response.body : undefined) as { nextCursor?: string } | undefined)?.nextCursor ?? 'none';
}

describe('GET own orders', () => {
  test('a customer’s own, 25 a page, for no cache', async () => {
    const { response, query } = await own({});
    expect(query).toEqual({ customerId: 'ann', limit: 25 });
    expect(response).toEqual({ status: 200, headers: { 'cache-control': 'no-store' }, body: { items: [orderAnswer(order)] } });
  });

  test('of one sale, from a cursor on', async () => {
    const { response } = await own({ query: { saleId: 'drop' } }, { orders: [order], after });
    const { query } = await own({ query: { saleId: 'drop', limit: '100', cursor: cursorOf(response) } });
    expect(query).toEqual({ customerId: 'ann', saleId: 'drop', limit: 100, after });
  });

  test('a cursor of another customer, another sale, changed by a character, or of nothing is refused', async () => {
    const cursor = cursorOf((await own({}, { orders: [order], after })).response);
    const changed = cursor.slice(0, -1) + (cursor.endsWith('A') ? 'B' : 'A');
    for (const wish of [
      { caller: { kind: 'customer', customerId: 'bob' }, query: { cursor } },
      { query: { cursor, saleId: 'drop' } },
      { query: { cursor: changed } },
      { query: { cursor: '' } },
      { query: { cursor: 'x'.repeat(3000) } },
    ] satisfies RequestWish[]) {
      const { response, query } = await own(wish);
      expect([wish, pointersOf(response)]).toEqual([wish, ['#query/cursor']]);
      expect(query).toBeUndefined();
    }
  });

  test('an operator names the customer, a customer nobody', async () => {
    expect((await own({ caller: operator, query: { customerId: 'bob' } })).query?.customerId).toBe('bob');
    expect(pointersOf((await own({ caller: operator })).response)).toEqual(['#query/customerId']);
    expect(pointersOf((await own({ query: { customerId: 'bob' } })).response)).toEqual(['#query/customerId']);
    expect(pointersOf((await own({ caller: operator, query: { customerId: 'b b' } })).response)).toEqual(['#query/customerId']);
  });

  test.each(['0', '101', '-1', '1.5', 'x', ''])('limit %j is refused', async (limit) => {
    expect(pointersOf((await own({ query: { limit } })).response)).toEqual(['#query/limit']);
  });

  test('too many orders: the answer says how to ask instead', async () => {
    expect(pointersOf((await own({}, 'too-many')).response)).toEqual(['#query/saleId']);
    const { response } = await own({ query: { saleId: 'drop' } }, 'too-many');
    expect(response).toMatchObject({ detail: expect.stringContaining('an operator can list the orders of the sale') });
  });

  test('by idempotency key: the one order, or none, or no such sale; it needs a sale', async () => {
    const query = { saleId: 'drop', idempotencyKey: 'k1' };
    const body = async (found: FindOrderOutcome) => (await own({ query }, undefined, found)).response;
    expect(await body({ kind: 'found', order })).toMatchObject({ status: 200, body: { items: [orderAnswer(order)] } });
    expect(await body({ kind: 'none' })).toMatchObject({ status: 200, body: { items: [] } });
    expect(await body({ kind: 'sale-not-found' })).toMatchObject({ problem: 'sale-not-found' });
    expect(pointersOf((await own({ query: { idempotencyKey: 'k1' } })).response)).toEqual(['#query/saleId']);
    expect(pointersOf((await own({ query: { saleId: 'drop', idempotencyKey: 'ü' } })).response)).toEqual(['#query/idempotencyKey']);
  });
});

describe('GET orders of a sale', () => {
  test('all, 25 a page; of one state from a cursor on', async () => {
    expect((await ofSale({})).query).toEqual({ saleId: 'drop', limit: 25 });
    const { response } = await ofSale({ query: { state: 'held' } }, { orders: [order], after });
    const { query } = await ofSale({ query: { state: 'held', cursor: cursorOf(response) } });
    expect(query).toEqual({ saleId: 'drop', state: 'held', limit: 25, after });
  });

  test('a cursor of another state is refused, and so is a state that the ledger does not have', async () => {
    const cursor = cursorOf((await ofSale({ query: { state: 'held' } }, { orders: [order], after })).response);
    expect(pointersOf((await ofSale({ query: { state: 'expired', cursor } })).response)).toEqual(['#query/cursor']);
    expect(pointersOf((await ofSale({ query: { state: 'accepted' } })).response)).toEqual(['#query/state']);
  });

  test('of a sale that is not there is sale-not-found, and nothing is listed', async () => {
    const { response, query } = await ofSale({}, undefined, new InMemoryCatalog());
    expect(response).toMatchObject({ problem: 'sale-not-found' });
    expect(query).toBeUndefined();
  });
});
