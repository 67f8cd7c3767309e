import { limits } from '../../contracts/limits.ts';
import { orderIndex, tables } from '../../contracts/tables.ts';
import { isBehind, newestFirst, type OrderPosition } from '../../domain/orders/order-page.ts';
import type { Order } from '../../domain/orders/order.ts';
import { number, readNumber, readText, text, type Item } from './attributes.ts';
import { batchGet } from './batch-get.ts';
import { orderIdOf, orderIndexPartitions, orderKey } from './keys.ts';
import type { LedgerContext } from './ledger-context.ts';
import { fromOrderItem } from './order-item.ts';
import { queryPages } from './query-pages.ts';

/** A sale's orders behind a position, newest first, `chunk` at a time: the shards of the index merged, each order then read strongly. */
export async function* newestOrders(
  context: LedgerContext,
  saleId: string,
  { chunk, after }: { readonly chunk: number; readonly after?: OrderPosition },
): AsyncGenerator<Order[]> {
  let keys: Item[] = [];
  for await (const { orderId } of mergeShards(orderIndexPartitions(saleId).map((shard) => shardPositions(context, shard, after)))) {
    keys.push(orderKey(orderId));
    if (keys.length < chunk) continue;
    yield await readNewest(context, keys);
    keys = [];
  }
  if (keys.length > 0) yield await readNewest(context, keys);
}

async function readNewest(context: LedgerContext, keys: readonly Item[]): Promise<Order[]> {
  return (await batchGet(context, keys)).map(fromOrderItem).toSorted(newestFirst);
}

/** One shard, newest first. The index leaves open how orders of one instant stand, so they are read together and sorted. */
async function* shardPositions(
  { client, ordersTable }: LedgerContext,
  partition: string,
  after: OrderPosition | undefined,
): AsyncGenerator<OrderPosition> {
  const ofShard = `${orderIndex.partitionKey} = :shard`;
  const upTo = `${orderIndex.sortKey} <= :acceptedAt`;
  const pages = queryPages('ledger', client, {
    TableName: ordersTable,
    IndexName: orderIndex.name,
    KeyConditionExpression: after === undefined ? ofShard : `${ofShard} AND ${upTo}`,
    ExpressionAttributeValues: { ':shard': text(partition), ...(after === undefined ? {} : { ':acceptedAt': number(after.acceptedAtMs) }) },
    ScanIndexForward: false,
    Limit: limits.orderIndexPageKeys,
  });
  let sameInstant: OrderPosition[] = [];
  for await (const items of pages) {
    for (const position of items.map(toPosition)) {
      if (sameInstant[0] && sameInstant[0].acceptedAtMs !== position.acceptedAtMs) {
        yield* inOrder(sameInstant, after);
        sameInstant = [];
      }
      sameInstant.push(position);
    }
  }
  yield* inOrder(sameInstant, after);
}

function inOrder(positions: readonly OrderPosition[], after: OrderPosition | undefined): OrderPosition[] {
  return positions.filter((position) => isBehind(position, after)).toSorted(newestFirst);
}

function toPosition(item: Item): OrderPosition {
  const orderId = orderIdOf(readText(item, tables.orders.partitionKey), readText(item, tables.orders.sortKey));
  return { acceptedAtMs: readNumber(item, orderIndex.sortKey), orderId };
}

/** What all shards have, newest first; a shard is read on only when its last was given out. */
async function* mergeShards(shards: readonly AsyncGenerator<OrderPosition>[]): AsyncGenerator<OrderPosition> {
  const heads = await Promise.all(shards.map(async (shard) => ({ shard, next: await shard.next() })));
  for (;;) {
    let first: { shard: AsyncGenerator<OrderPosition>; next: IteratorResult<OrderPosition> } | undefined;
    for (const head of heads) {
      if (!head.next.done && (!first || first.next.done || newestFirst(head.next.value, first.next.value) < 0)) first = head;
    }
    if (!first || first.next.done) return;
    yield first.next.value;
    first.next = await first.shard.next();
  }
}
