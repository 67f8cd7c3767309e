import { describe, expect, test } from '@jest/globals';
import type { OrderState } from '../../../lambdas/contracts/messages.ts';
import type { OrderQuery, ReadOrderOutcome } from '../../../lambdas/domain/orders/read-order.ts';
import { getOrder } from '../../../lambdas/http/get-order.ts';
import { orderAnswer } from '../../../lambdas/http/order-answer.ts';
import { acceptedOrder, heldOrder, nowMs } from '../../support/builders.ts';
import { answerOf, type RequestWish } from '../../support/builders-request.ts';

const held: ReadOrderOutcome = { kind: 'found', order: heldOrder(), waited: false };

async function call(wish: RequestWish = {}, outcome: ReadOrderOutcome = held) {
  const queries: OrderQuery[] = [];
  const read = (query: OrderQuery) => {
    queries.push(query);
    return Promise.resolve(outcome);
  };
  const response = await answerOf(getOrder(read), { params: { orderId: 'ord_1' }, ...wish });
  return { response, query: queries[0] };
}

describe('GET an order', () => {
  test('asks for the caller: a customer by their id, an operator by none', async () => {
    expect((await call()).query).toEqual({ orderId: 'ord_1', customerId: 'ann', waitSeconds: 0 });
    expect((await call({ caller: { kind: 'operator' } })).query?.customerId).toBeUndefined();
  });

  test('that is settled has no headers of its own', async () => {
    expect((await call()).response).toEqual({ status: 200, headers: {}, body: orderAnswer(heldOrder()) });
  });

  test('that is still accepted says when to ask again', async () => {
    const { response } = await call({}, { kind: 'found', order: acceptedOrder(), waited: false });
    expect(response).toMatchObject({ status: 200, headers: { 'retry-after': '1' } });
  });

  test('that was waited for says so, with the seconds applied', async () => {
    const { response } = await call({ headers: { prefer: 'wait=60' } }, { ...held, waited: true });
    expect(response).toMatchObject({ headers: { 'preference-applied': 'wait=5' } });
  });

  test('that this caller does not have is not-found; one not visible yet is 503 in a second', async () => {
    expect((await call({}, { kind: 'not-found' })).response).toMatchObject({ problem: 'not-found' });
    expect((await call({}, { kind: 'not-visible' })).response).toMatchObject({
      problem: 'unavailable',
      headers: { 'retry-after': '1' },
    });
  });

  test.each([
    [undefined, 0],
    ['', 0],
    ['wait=0', 0],
    ['wait=1', 1],
    ['wait=5', 5],
    ['wait=6', 5],
    ['wait=9999', 5],
    ['wait=99999', 0],
    ['Wait=3', 3],
    ['respond-async, wait=3', 3],
    ['respond-async,wait=3', 3],
    ['respond-async; foo="bar", wait=2, handling=lenient', 2],
    ['wait=-1', 0],
    ['wait=1.5', 0],
    ['wait=x', 0],
    ['wait', 0],
    ['await=3', 0],
  ])('Prefer: %j waits %i s', async (prefer, seconds) => {
    expect((await call({ headers: prefer === undefined ? {} : { prefer } })).query?.waitSeconds).toBe(seconds);
  });
});

describe('an order as the contract shows it', () => {
  test.each<[OrderState, boolean]>([
    ['accepted', false],
    ['held', true],
    ['confirmed', true],
    ['withdrawn', true],
    ['rejected', false],
    ['expired', false],
    ['cancelled', false],
  ])('%s shows units: %s', (state, shown) => {
    expect(orderAnswer(heldOrder({ units: [4], changes: { state } })).lines[0]?.units).toEqual(shown ? [4] : []);
  });

  test('has every time and reason it has, and the total over all lines; nothing of its inside', () => {
    const order = heldOrder({
      lines: [
        { sku: 'a', units: [0, 1] },
        { sku: 'b', units: [2] },
      ],
      changes: { state: 'cancelled', reason: 'sold-out', confirmedAtMs: nowMs + 1, closedAtMs: nowMs + 2, countedUnits: 3 },
    });
    expect(orderAnswer(order)).toMatchObject({
      total: 3 * 4999,
      reason: 'sold-out',
      heldAt: '2026-11-22T10:00:00.000Z',
      confirmedAt: '2026-11-22T10:00:00.001Z',
      closedAt: '2026-11-22T10:00:00.002Z',
    });
    for (const inside of ['fingerprint', 'version', 'countedUnits']) expect(orderAnswer(order)).not.toHaveProperty(inside);
  });
});
