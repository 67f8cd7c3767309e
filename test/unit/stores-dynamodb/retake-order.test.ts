import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { limits } from '../../../lambdas/contracts/limits.ts';
import { CorruptionError } from '../../../lambdas/domain/kernel/faults.ts';
import type { Order } from '../../../lambdas/domain/orders/order.ts';
import { toClaimItem } from '../../../lambdas/stores/dynamodb/claim-item.ts';
import { retakeOrder } from '../../../lambdas/stores/dynamodb/retake-order.ts';
import { claimsOf, heldAtMs, heldImage, paymentOf, requestOf } from '../../conformance/order-ledger.samples.ts';
import { type Answer, cancelled, scripted } from './scripted-client.ts';

const refused = 'ConditionalCheckFailed';
const saleId = 'spring-drop';
const held = heldImage(requestOf({ saleId, units: [0], limit: 2 }));
const expired: Order = { ...held, state: 'expired', version: 2, closedAtMs: heldAtMs };
const refusedBy = (order: Order) => ({
  Code: refused,
  Item: toClaimItem(saleId, claimsOf(order)[0] ?? { sku: '', unit: 0, orderId: '', version: 0 }),
});
const other = heldImage(requestOf({ saleId, customerId: 'bob', units: [0] }));

/** Retakes with this script: what came of it, and what was asked. */
async function retake(...answers: Answer[]) {
  const script = scripted(...answers);
  const outcome = await retakeOrder(script.context, { order: expired, payment: paymentOf(), nowMs: heldAtMs, withinMs: 4000 });
  return { outcome, ...script };
}

describe('retake', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('rule 22: actions are the order at its version, its claims where nobody has one, the allowance', async () => {
    const { inputs } = await retake({});
    const actions = inputs[0]?.TransactItems ?? [];
    expect(actions.map(({ Put, Update }) => Put?.TableName ?? Update?.TableName)).toEqual(['orders', 'claims', 'orders']);
    expect(actions.map(({ Put, Update }) => (Put ?? Update)?.ConditionExpression)).toEqual([
      's = :stateRead AND v = :versionRead AND q = :countedRead',
      'attribute_not_exists(pk)',
      'attribute_not_exists(u) OR u <= :limitMinusQuantity',
    ]);
    expect(actions[0]?.Update?.UpdateExpression).toMatch(/ REMOVE d$/);
  });

  test('the order’s own refusal is told before a conflict, a conflict tried again before a claim or the limit is believed', async () => {
    expect((await retake(cancelled(refused, 'TransactionConflict', refused))).outcome).toEqual({ kind: 'changed' });
    const { outcome, inputs } = await retake(cancelled('None', refusedBy(other), 'TransactionConflict'), {});
    expect([outcome.kind, inputs.length]).toEqual(['confirmed', 2]);
  });

  test('refused by a claim or by the limit alone', async () => {
    expect((await retake(cancelled('None', refusedBy(other), 'None'))).outcome).toEqual({ kind: 'refused' });
    expect((await retake(cancelled('None', 'None', refused))).outcome).toEqual({ kind: 'refused' });
  });

  test('its own claims while it is expired are corruption; no reason at all is a bug', async () => {
    await expect(retake(cancelled('None', refusedBy(held), 'None'))).rejects.toThrow(CorruptionError);
    await expect(retake(cancelled('None', 'None', 'None'))).rejects.toThrow('without a reason');
  });

  test('rule 10: it is given up when the time that is left of a retake is over, and never later than any operation', async () => {
    const asked = jest.spyOn(AbortSignal, 'timeout');
    await retake({});
    const { context } = scripted({});
    await retakeOrder(context, { order: expired, payment: paymentOf(), nowMs: heldAtMs, withinMs: undefined });
    expect(asked.mock.calls).toEqual([[4000], [limits.ledgerOperationMs]]);
  });
});
