import { describe, expect, test } from '@jest/globals';
import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { limits } from '../../../lambdas/contracts/limits.ts';
import { confirmOrder, requireRefund } from '../../../lambdas/stores/dynamodb/confirm-order.ts';
import { heldAtMs, heldImage, paymentOf, range, requestOf } from '../../conformance/order-ledger.samples.ts';
import { scripted } from './scripted-client.ts';

const order = heldImage(requestOf({ saleId: 'spring-drop', limit: 2 }));
const conflict = () => new TransactionConflictException({ message: 'busy', $metadata: { httpStatusCode: 400 } });
const refused = () => new ConditionalCheckFailedException({ message: 'no', $metadata: { httpStatusCode: 400 } });

describe('a change of one order item', () => {
  test('rule 21: one update, on state, version and units counted as read', async () => {
    const { context, inputs } = scripted({});
    await confirmOrder(context, order, paymentOf(), heldAtMs);
    expect(inputs).toHaveLength(1);
    expect(inputs[0]).toMatchObject({ ConditionExpression: 's = :stateRead AND v = :versionRead AND q = :countedRead' });
  });

  test('refused: the order has changed, perhaps by an answer that was lost', async () => {
    expect(await confirmOrder(scripted(refused()).context, order, paymentOf(), heldAtMs)).toEqual({ kind: 'changed' });
    expect(await requireRefund(scripted(refused()).context, order, paymentOf())).toEqual({ kind: 'changed' });
  });

  test('a release of the same order in flight is waited out, which the SDK does not do', async () => {
    const { context, inputs, sleptMs } = scripted(conflict(), conflict(), {});
    expect(await confirmOrder(context, order, paymentOf(), heldAtMs)).toMatchObject({ kind: 'confirmed' });
    expect([inputs.length, sleptMs.length]).toEqual([3, 2]);
  });

  test('in flight for longer than all tries it is unavailable', async () => {
    const { context } = scripted(...range(limits.ledgerAttempts).map(conflict));
    await expect(confirmOrder(context, order, paymentOf(), heldAtMs)).rejects.toMatchObject({ name: 'UnavailableError' });
  });

  test('a payment that the image has among its refunds costs no call', async () => {
    const { context, inputs } = scripted();
    const recorded = { ...order, refunds: [paymentOf()] };
    expect(await requireRefund(context, recorded, paymentOf())).toEqual({ kind: 'recorded', order: recorded });
    expect(inputs).toEqual([]);
  });
});
