import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../lambdas/contracts/limits.ts';
import { newestFirst } from '../../../lambdas/domain/orders/order-page.ts';
import type { Order } from '../../../lambdas/domain/orders/order.ts';
import { DynamoOrderLedger } from '../../../lambdas/stores/dynamodb/dynamo-order-ledger.ts';
import type { Item } from '../../../lambdas/stores/dynamodb/attributes.ts';
import { orderKey } from '../../../lambdas/stores/dynamodb/keys.ts';
import { toOrderItem } from '../../../lambdas/stores/dynamodb/order-item.ts';
import { heldAtMs, heldImage, range, requestOf } from '../../conformance/order-ledger.samples.ts';
import { answering, scripted, type Answer } from './scripted-client.ts';

const image = (key: number): Order => heldImage(requestOf({ saleId: 'spring-drop', key: `k${key}`, units: [key] }));
const keysOf = (orders: readonly Order[]) => orders.map(({ orderId }) => orderKey(orderId));

/** Lists a sale whose index has these items in one shard; the batches of reads are answered in turn. */
async function listed(items: Item[], batches: Answer[]): Promise<{ orders: Order[]; requested: number[] }> {
  const { context, inputs } = answering(({ ExpressionAttributeValues, RequestItems }) => {
    if (RequestItems) return batches.shift() ?? new Error('no batch is left');
    return { Items: ExpressionAttributeValues?.[':partition']?.S === 'spring-drop#7' ? items : [] };
  });
  const orders: Order[] = [];
  for await (const page of new DynamoOrderLedger(context).orders('spring-drop')) orders.push(...page);
  return { orders, requested: inputs.flatMap(({ RequestItems }) => RequestItems?.['orders']?.Keys?.length ?? []) };
}

describe('listings', () => {
  test('orders: keys left unprocessed are asked for again, and only they', async () => {
    const orders = range(3).map(image);
    const [first, ...rest] = orders.map(toOrderItem);
    const { orders: found, requested } = await listed(orders.map(toOrderItem), [
      { Responses: { orders: [first] }, UnprocessedKeys: { orders: { Keys: keysOf(orders.slice(1)) } } },
      { Responses: { orders: rest } },
    ]);
    expect(found).toEqual(orders);
    expect(requested).toEqual([3, 2]);
  });

  test(`orders: keys left unprocessed ${limits.ledgerAttempts} times in a row are unavailable`, async () => {
    const orders = [image(0)];
    const left = { Responses: {}, UnprocessedKeys: { orders: { Keys: keysOf(orders) } } };
    const reading = listed(
      orders.map(toOrderItem),
      range(limits.ledgerAttempts).map(() => left),
    );
    await expect(reading).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'ledger' });
  });

  test('orders: a page of 201 keys is read in batches of 100, 100 and 1', async () => {
    const orders = range(201).map(image);
    const items = orders.map(toOrderItem);
    const batch = (from: number, to: number) => ({ Responses: { orders: items.slice(from, to) } });
    const { orders: found, requested } = await listed(items, [batch(0, 100), batch(100, 200), batch(200, 201)]);
    expect(requested).toEqual([100, 100, 1]);
    expect(found).toHaveLength(201);
  });

  test(`overdue orders: at most ${limits.overdueOrders}, from at most ${limits.overdueOrderPages} pages`, async () => {
    const orders = range(60).map(image);
    const page = { Items: orders.map(toOrderItem), LastEvaluatedKey: orderKey(image(0).orderId) };
    const full = scripted(page, page);
    expect(await new DynamoOrderLedger(full.context).overdueOrders(image(0), heldAtMs)).toHaveLength(limits.overdueOrders);
    expect(full.inputs).toHaveLength(2);
    const empty = scripted(...range(limits.overdueOrderPages).map(() => ({ ...page, Items: [] })));
    expect(await new DynamoOrderLedger(empty.context).overdueOrders(image(0), heldAtMs)).toEqual([]);
    expect(empty.inputs).toHaveLength(limits.overdueOrderPages);
  });

  test('newest orders: 9 of one instant, given by the index in any order over 3 pages of one shard, stand by their ids', async () => {
    const orders = range(9).map(image);
    const items = orders.map(toOrderItem);
    const indexPages = [0, 3, 6].map((start) => items.slice(start, start + 3));
    const { context, inputs } = answering(({ ExpressionAttributeValues, ExclusiveStartKey, RequestItems }) => {
      const wanted = RequestItems?.['orders']?.Keys;
      if (wanted) return { Responses: { orders: items.filter((item) => wanted.some((key) => key['sk']?.S === item['sk']?.S)) } };
      if (ExpressionAttributeValues?.[':shard']?.S !== 'spring-drop#7') return { Items: [] };
      const at = indexPages.findIndex((page) => page.at(-1)?.['sk']?.S === ExclusiveStartKey?.['sk']?.S) + 1;
      const page = indexPages[at] ?? [];
      return { Items: page, ...(at < 2 ? { LastEvaluatedKey: page.at(-1) } : {}) };
    });
    const found: Order[][] = [];
    for await (const page of new DynamoOrderLedger(context).newestOrders('spring-drop', { chunk: 4 })) found.push(page);
    const sorted = orders.toSorted(newestFirst);
    expect(found).toEqual([sorted.slice(0, 4), sorted.slice(4, 8), sorted.slice(8)]);
    expect(inputs.filter(({ ScanIndexForward }) => ScanIndexForward === false)).toHaveLength(limits.orderIndexShards + 2);
  });
});
