import { limits } from '../../contracts/limits.ts';
import { orderIndex, tables } from '../../contracts/tables.ts';
import type { Order } from '../../domain/orders/order.ts';
import { text, type Item } from './attributes.ts';
import { batchGet } from './batch-get.ts';
import { orderIndexPartitions } from './keys.ts';
import type { LedgerContext } from './ledger-context.ts';
import { mergePages } from './merge-pages.ts';
import { fromOrderItem } from './order-item.ts';
import { queryPages } from './query-pages.ts';

/** The orders of a sale: keys from the index (eventually consistent), each order then read strongly; in no order. */
export async function* listOrders(context: LedgerContext, saleId: string): AsyncGenerator<Order[]> {
  const shards = orderIndexPartitions(saleId).map((partition) => shardPages(context, partition));
  yield* mergePages(shards, limits.orderShardsAtOnce);
}

async function* shardPages(context: LedgerContext, partition: string): AsyncGenerator<Order[]> {
  const pages = queryPages('ledger', context.client, {
    TableName: context.ordersTable,
    IndexName: orderIndex.name,
    KeyConditionExpression: `${orderIndex.partitionKey} = :partition`,
    ExpressionAttributeValues: { ':partition': text(partition) },
  });
  for await (const items of pages) {
    for (let start = 0; start < items.length; start += limits.batchGetItems) {
      const found = await batchGet(context, items.slice(start, start + limits.batchGetItems).map(tableKey));
      yield found.map(fromOrderItem);
    }
  }
}

/** An index item holds the keys of both: a read wants those of the table alone. */
function tableKey(item: Item): Item {
  const { partitionKey, sortKey } = tables.orders;
  return Object.fromEntries(Object.entries(item).filter(([name]) => name === partitionKey || name === sortKey));
}
