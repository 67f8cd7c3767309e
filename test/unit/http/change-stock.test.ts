import { describe, expect, test } from '@jest/globals';
import { UnavailableError } from '../../../lambdas/domain/kernel/faults.ts';
import { house } from '../../../lambdas/domain/orders/order.ts';
import type { StockOperation } from '../../../lambdas/domain/sales/stock-operation.ts';
import type { AddOutcome } from '../../../lambdas/domain/sales/add-units.ts';
import type { GateSummary } from '../../../lambdas/domain/stock/ports.ts';
import type { WithdrawOutcome } from '../../../lambdas/domain/orders/withdraw-units.ts';
import { changeStock } from '../../../lambdas/http/change-stock.ts';
import { acceptedOrder, heldOrder, itemOf, saleOf } from '../../support/builders.ts';
import { answerOf, pointersOf, type RequestWish } from '../../support/builders-request.ts';

const recorded = { sale: saleOf({ version: 2 }), item: itemOf({ capacity: 15 }), replayed: false };
const added: AddOutcome = { kind: 'added', ...recorded };
const withdrawn = heldOrder({ customerId: house, units: [4], changes: { state: 'withdrawn' } });
const taken: WithdrawOutcome = { kind: 'taken', orders: [withdrawn], ...recorded };
const ready: GateSummary = { state: 'ready', available: { shirt: 9 }, pendingOrders: 0 };

interface Answers {
  readonly add?: AddOutcome;
  readonly withdraw?: WithdrawOutcome;
  readonly summary?: () => Promise<GateSummary>;
}

async function call(wish: RequestWish, answers: Answers = {}) {
  const operations: StockOperation[] = [];
  const answer =
    <T>(outcome: T) =>
    (operation: StockOperation) => {
      operations.push(operation);
      return Promise.resolve(outcome);
    };
  const handler = changeStock({
    add: answer(answers.add ?? added),
    withdraw: answer(answers.withdraw ?? taken),
    gate: { summary: answers.summary ?? (() => Promise.resolve(ready)) },
  });
  const usual = { params: { saleId: 'drop', sku: 'shirt' }, headers: { 'idempotency-key': 'k1' }, caller: { kind: 'operator' as const } };
  return { operations, response: await answerOf(handler, { ...usual, ...wish }) };
}

const operation = { saleId: 'drop', sku: 'shirt', idempotencyKey: 'k1' };

describe('POST stock', () => {
  test('add: 200 with the new capacity and what is left', async () => {
    const { response, operations } = await call({ body: { add: 5 } });
    expect(operations).toEqual([{ ...operation, kind: 'add', units: 5 }]);
    expect(response).toEqual({ status: 200, headers: {}, body: { saleId: 'drop', sku: 'shirt', capacity: 15, available: 9, orders: [] } });
  });

  test('withdraw: 200 with its orders, which name no customer', async () => {
    const { response, operations } = await call({ body: { withdraw: 1 } });
    expect(operations).toEqual([{ ...operation, kind: 'withdraw', units: 1 }]);
    expect(response).toMatchObject({ status: 200, body: { orders: [{ orderId: withdrawn.orderId, state: 'withdrawn' }] } });
    expect(JSON.stringify(response)).not.toContain('customerId');
  });

  test('an order that is not committed yet makes it 202; a repetition says that it is one', async () => {
    const orders = [withdrawn, acceptedOrder({ customerId: house })];
    const { response } = await call({ body: { withdraw: 2 } }, { withdraw: { ...taken, orders, replayed: true } });
    expect(response).toMatchObject({ status: 202, headers: { 'idempotency-replayed': 'true' } });
  });

  test.each<[string, () => Promise<GateSummary>]>([
    ['away', () => Promise.reject(new UnavailableError('gate', 'away'))],
    ['being made', () => Promise.resolve({ ...ready, state: 'rebuilding' })],
  ])('a gate that is %s hides what is left, not what was done', async (_, summary) => {
    expect((await call({ body: { add: 5 } }, { summary })).response).toMatchObject({ status: 200, body: { available: null } });
  });

  test.each<[Answers, string]>([
    [{ add: { kind: 'sale-not-found' } }, 'sale-not-found'],
    [{ add: { kind: 'unknown-sku' } }, 'unknown-sku'],
    [{ add: { kind: 'idempotency-key-reused' } }, 'idempotency-key-reused'],
  ])('%j is %s', async (answers, problem) => {
    expect((await call({ body: { add: 5 } }, answers)).response).toMatchObject({ problem });
  });

  test('not enough free: capacity-in-use, with how many there are', async () => {
    const { response } = await call({ body: { withdraw: 9 } }, { withdraw: { kind: 'capacity-in-use', available: 2 } });
    expect(response).toMatchObject({ problem: 'capacity-in-use', members: { sku: 'shirt', available: 2 } });
  });

  test('beyond the greatest capacity: invalid, and how many more there may be', async () => {
    const seats = await call({ body: { add: 9 } }, { add: { kind: 'seats-needed' } });
    expect(pointersOf(seats.response)).toEqual(['/add']);
    const { response } = await call({ body: { add: 9 } }, { add: { kind: 'over-capacity', units: 7 } });
    expect(pointersOf(response)).toEqual(['/add']);
    expect(response).toMatchObject({ detail: '/add: too big: at most 7 more units' });
  });

  test.each([{ add: 1 }, { add: 10_000_000 }, { withdraw: 1 }, { withdraw: 970 }])('%j is taken', async (body) => {
    expect((await call({ body })).response).toMatchObject({ status: 200 });
  });

  test.each<[unknown, string[]]>([
    [undefined, ['']],
    [{}, ['']],
    [{ add: 1, withdraw: 1 }, ['']],
    [{ add: 0 }, ['/add']],
    [{ add: 10_000_001 }, ['/add']],
    [{ add: 1.5 }, ['/add']],
    [{ withdraw: 0 }, ['/withdraw']],
    [{ withdraw: 971 }, ['/withdraw']],
    [{ withdraw: '1' }, ['/withdraw']],
    [{ remove: 1 }, ['/remove', '']],
  ])('%j is refused at %j', async (body, pointers) => {
    const { response, operations } = await call({ body });
    expect(pointersOf(response)).toEqual(pointers);
    expect(operations).toEqual([]);
  });

  test('no key is refused before the body is looked at, a sale that no sale can be called and a sku too', async () => {
    expect((await call({ headers: {}, body: {} })).response).toMatchObject({ problem: 'idempotency-key-required' });
    expect(pointersOf((await call({ headers: { 'idempotency-key': 'a b' }, body: { add: 1 } })).response)).toEqual([
      '#header/Idempotency-Key',
    ]);
    expect((await call({ params: { saleId: 'DROP', sku: 'shirt' }, body: { add: 1 } })).response).toMatchObject({
      problem: 'sale-not-found',
    });
    expect((await call({ params: { saleId: 'drop', sku: 'SHIRT' }, body: { add: 1 } })).response).toMatchObject({ problem: 'unknown-sku' });
  });
});
