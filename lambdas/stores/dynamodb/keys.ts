import { limits } from '../../contracts/limits.ts';
import { orderIndex, tables } from '../../contracts/tables.ts';
import { assert } from '../../domain/kernel/assert.ts';
import { number, text, type Item } from './attributes.ts';

/** Chunks of the largest capacity: 10,000. */
const chunkDigits = 5;
const orderIdShape = /^ord_[0-9A-HJKMNP-TV-Z]{26}$/;
const prefixChars = 'ord_'.length;
const customerChars = 10;
/** The first of the characters that tell one order from another (domain/orders/order-id.ts); those before it are equal in a whole sale. */
const shardChar = prefixChars + customerChars + 3;
const shardAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const allowancePrefix = 'allow#';

const { partitionKey: pk, sortKey: sk } = tables.orders;

/** Key of an order: the characters of its customer, then the rest, so that a customer's orders lie together. */
export function orderKey(orderId: string): Item {
  assert(orderIdShape.test(orderId), 'order id: expected ord_ and 26 characters of Crockford base 32');
  const customerEnd = prefixChars + customerChars;
  return { [pk]: text(orderId.slice(prefixChars, customerEnd)), [sk]: text(orderId.slice(customerEnd)) };
}

/** The order id of a key's two parts. */
export function orderIdOf(partition: string, sort: string): string {
  return `ord_${partition}${sort}`;
}

/** The partition in which an order's customer has all orders. */
export function customerPartition(orderId: string): string {
  return orderId.slice(prefixChars, prefixChars + customerChars);
}

/** The order's key in the index of its sale. It never changes, so a change of state costs the index nothing. */
export function orderIndexKey(saleId: string, orderId: string, acceptedAtMs: number): Item {
  return {
    [orderIndex.partitionKey]: text(`${saleId}#${orderId.charAt(shardChar)}`),
    [orderIndex.sortKey]: number(acceptedAtMs),
  };
}

/** The index partitions that together list a sale's orders. */
export function orderIndexPartitions(saleId: string): string[] {
  assert(shardAlphabet.length === limits.orderIndexShards, 'limits.orderIndexShards is the number of Crockford characters');
  return shardAlphabet.split('').map((shard) => `${saleId}#${shard}`);
}

/** Partition of what a customer has used of a sale's limit. Sale ids have no #, so the customer id may have one. */
export function allowancePartition(saleId: string, customerId: string): string {
  return `${allowancePrefix}${saleId}#${customerId}`;
}

/** Key of what a customer has used of a sale's limit: alone in its partition. */
export function allowanceKey(saleId: string, customerId: string): Item {
  return { [pk]: text(allowancePartition(saleId, customerId)), [sk]: text('allow') };
}

/** Partition of a sku's units that are equal to `shard` modulo limits.claimShards. */
export function claimPartition(saleId: string, sku: string, shard: number): string {
  return `${saleId}#${sku}#${shard}`;
}

/** Key of a claim: the unit itself. Two orders cannot both have put it. */
export function claimKey(saleId: string, sku: string, unit: number): Item {
  return {
    [tables.claims.partitionKey]: text(claimPartition(saleId, sku, unit % limits.claimShards)),
    [tables.claims.sortKey]: number(unit),
  };
}

/** The one partition of all sales: listed in the order of their ids, read at the rate of near caches. */
export const salesPartition = 'sales';

/** Key of a sale. */
export function saleKey(saleId: string): Item {
  return { [tables.sales.partitionKey]: text(salesPartition), [tables.sales.sortKey]: text(saleId) };
}

/** The partition of a sale's seats: every list of every item. */
export function seatsPartition(saleId: string): string {
  return `seats#${saleId}`;
}

/** What the sort keys of the chunks of a list of seats begin with; the chunk's number follows. Skus and names of lists have no #. */
export function seatMapPrefix(sku: string, seatMap: string): string {
  return `${sku}#${seatMap}#`;
}

/** Key of a chunk of seats; by its key it comes behind the one before it. */
export function seatChunkKey(saleId: string, sku: string, seatMap: string, chunk: number): Item {
  return {
    [tables.sales.partitionKey]: text(seatsPartition(saleId)),
    [tables.sales.sortKey]: text(seatMapPrefix(sku, seatMap) + String(chunk).padStart(chunkDigits, '0')),
  };
}

/** Partition of the sales that have a tag. */
export function tagPartition(tag: string): string {
  return `tag#${tag}`;
}

/** Key of the item that says: this tag is this sale's. */
export function saleTagKey(tag: string, saleId: string): Item {
  return { [tables.sales.partitionKey]: text(tagPartition(tag)), [tables.sales.sortKey]: text(saleId) };
}

/** True for the key of an order, whatever else the table holds. */
export function isOrderKey(key: Item): boolean {
  return key[pk]?.S?.startsWith(allowancePrefix) === false;
}

/** Partition of what is counted of a sale. */
export function countersPartition(saleId: string): string {
  return `books#${saleId}`;
}

/** Key of what one shard of the stream added to it. */
export function countersKey(saleId: string, shardId: string): Item {
  return { [tables.sales.partitionKey]: text(countersPartition(saleId)), [tables.sales.sortKey]: text(shardId) };
}

const stockPrefix = 'stock#';

/** Key of what was asked of a sale's stock under an Idempotency-Key. */
export function stockOperationKey(saleId: string, idempotencyKey: string): Item {
  return { [tables.sales.partitionKey]: text(stockPrefix + saleId), [tables.sales.sortKey]: text(idempotencyKey) };
}

/** The sale in the partition of such a key. */
export function stockOperationSale(partition: string): string {
  return partition.slice(stockPrefix.length);
}
