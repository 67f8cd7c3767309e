import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { assert } from '../../lambdas/domain/kernel/assert.ts';
import { CorruptionError } from '../../lambdas/domain/kernel/faults.ts';
import type { Order } from '../../lambdas/domain/orders/order.ts';
import { toClaimItem } from '../../lambdas/stores/dynamodb/claim-item.ts';
import { claimKey, orderKey } from '../../lambdas/stores/dynamodb/keys.ts';
import { dynoxideAvailable, startDynoxide } from '../support/dynoxide.ts';
import { describeWith } from '../support/skip.ts';
import { dynamoDbOn, type DynamoDbUnderTest } from './order-ledger.dynamodb.ts';
import { allowanceOf, claimsOf, heldAtMs, heldImage, newSaleId, readClaims, requestOf } from './order-ledger.samples.ts';

/** Tables spoilt behind the ledger's back: it must be loud, and leave everything as it is. */
describeWith('dynoxide', dynoxideAvailable, () => {
  describe('a spoilt ledger', () => {
    jest.setTimeout(30_000);
    let engine: DynamoDbUnderTest | undefined;
    beforeAll(async () => {
      engine = await dynamoDbOn(startDynoxide);
    });
    afterAll(() => engine?.close());
    const underTest = () => {
      assert(engine, 'the engine was started');
      return engine;
    };
    const commit = async (saleId: string): Promise<Order> => {
      const outcome = await underTest().ledger.commit(requestOf({ saleId, units: [0, 1, 2], limit: 3 }), heldAtMs);
      assert(outcome.kind === 'committed', 'committed');
      return outcome.order;
    };

    test('rule 18: a release that finds one of 3 claims gone, or another’s, changes nothing and is corruption', async () => {
      const { client, ledger, tables } = underTest();
      const TableName = tables.claimsTable;
      const gone = await commit(newSaleId());
      await client.send(new DeleteItemCommand({ TableName, Key: claimKey(gone.saleId, 'shirt', 1) }));
      const stolen = await commit(newSaleId());
      const thief = heldImage(requestOf({ saleId: stolen.saleId, customerId: 'bob', units: [1] }));
      for (const claim of claimsOf(thief)) {
        await client.send(new PutItemCommand({ TableName, Item: toClaimItem(thief.saleId, claim) }));
      }
      for (const [order, left] of [
        [gone, 2],
        [stolen, 3],
      ] as const) {
        await expect(ledger.release(order, 'cancelled', heldAtMs)).rejects.toThrow(CorruptionError);
        expect(await ledger.read(order.orderId)).toEqual(order);
        expect(await readClaims(ledger, order.saleId)).toHaveLength(left);
        expect(await allowanceOf(ledger, order.saleId, 'ann')).toBe(3);
      }
    });

    test('a commit that meets its own claims without its order is corruption, not a collision to redraw from', async () => {
      const { client, ledger, tables } = underTest();
      const order = await commit(newSaleId());
      await client.send(new DeleteItemCommand({ TableName: tables.ordersTable, Key: orderKey(order.orderId) }));
      const again = requestOf({ saleId: order.saleId, units: [0, 1, 2] });
      await expect(ledger.commit(again, heldAtMs)).rejects.toThrow(CorruptionError);
      expect(await ledger.read(order.orderId)).toBeUndefined();
    });

    test('an order whose stored state nobody knows is corruption to every reader', async () => {
      const { client, ledger, tables } = underTest();
      const order = await commit(newSaleId());
      const spoil = { UpdateExpression: 'SET s = :s', ExpressionAttributeValues: { ':s': { S: 'sold' } } };
      await client.send(new UpdateItemCommand({ TableName: tables.ordersTable, Key: orderKey(order.orderId), ...spoil }));
      await expect(ledger.read(order.orderId)).rejects.toThrow(CorruptionError);
      await expect(ledger.commit(requestOf({ saleId: order.saleId, units: [9] }), heldAtMs)).rejects.toThrow(CorruptionError);
    });
  });
});
