import { describe, expect, test } from '@jest/globals';
import type { CancelOrderOutcome } from '../../../lambdas/domain/orders/cancel-order.ts';
import { cancelOrder } from '../../../lambdas/http/cancel-order.ts';
import { heldOrder } from '../../support/builders.ts';
import { answerOf, pointersOf, type RequestWish } from '../../support/builders-request.ts';

const order = heldOrder({ changes: { state: 'cancelled', version: 2 } });

async function call(outcome: CancelOrderOutcome, wish: RequestWish = {}) {
  const asked: unknown[] = [];
  const cancel = (command: unknown) => {
    asked.push(command);
    return Promise.resolve(outcome);
  };
  return { asked, response: await answerOf(cancelOrder(cancel), { params: { orderId: order.orderId }, ...wish }) };
}

describe('POST cancel', () => {
  test('by a customer names them, by an operator nobody; 200 with the order, which shows no units', async () => {
    const { asked, response } = await call({ kind: 'cancelled', order });
    expect(asked).toEqual([{ orderId: order.orderId, customerId: 'ann' }]);
    expect(response).toMatchObject({
      status: 200,
      body: { orderId: order.orderId, state: 'cancelled', lines: [{ quantity: 1, units: [] }] },
    });
    expect((await call({ kind: 'cancelled', order }, { caller: { kind: 'operator' } })).asked).toEqual([
      { orderId: order.orderId, customerId: undefined },
    ]);
  });

  test.each<[CancelOrderOutcome, object]>([
    [
      { kind: 'order-state', order: { ...order, state: 'expired' } },
      { problem: 'order-state', members: { state: 'expired' } },
    ],
    [{ kind: 'not-found' }, { problem: 'not-found' }],
    [{ kind: 'not-visible' }, { problem: 'unavailable', headers: { 'retry-after': '1' } }],
  ])('%j is the problem that api.md names', async (outcome, expected) => {
    expect((await call(outcome)).response).toMatchObject(expected);
  });

  test('takes an empty object, and refuses a member', async () => {
    expect((await call({ kind: 'cancelled', order }, { body: {} })).response).toMatchObject({ status: 200 });
    const { asked, response } = await call({ kind: 'cancelled', order }, { body: { reason: 'x' } });
    expect([asked, pointersOf(response)]).toEqual([[], ['/reason']]);
  });
});
