import { limits } from '../contracts/limits.ts';
import { orderIndex, tables } from '../contracts/tables.ts';
import type { Finding } from '../domain/books/finding.ts';
import type { Sale } from '../domain/sales/sale.ts';
import { claimPartition, countersPartition } from './dynamodb/keys.ts';
import { bitsKey, laneName, ownerBytes, ownKey, saleKeys } from './redis/keys.ts';
import { homeLaneOf, laneOfUnit } from './redis/lanes.ts';

/**
 * Where a finding can be looked at: keys of DynamoDB (table, partition, sort key) and of Redis (key, and the field, bit
 * or bytes in it), those of the sale's lanes. A customer's own id is left to whoever may read their orders.
 */
export function findingKeys(
  { saleId, lanes }: Pick<Sale, 'saleId' | 'lanes'>,
  { kind, sku, unit, orderId, customerTag }: Finding,
): string[] {
  const homeOf = (order: string) => saleKeys(laneName(saleId, homeLaneOf(order, lanes), lanes));
  const keys: string[] = [];
  if (orderId !== undefined)
    keys.push(itemAt('orders', orderId.slice(4, 14), orderId.slice(14)), `redis ${homeOf(orderId).ent} ${orderId}`);
  if (sku !== undefined && unit !== undefined) {
    const lane = laneName(saleId, laneOfUnit(unit, lanes), lanes);
    const number = Math.floor(unit / lanes);
    keys.push(
      itemAt('claims', claimPartition(saleId, sku, unit % limits.claimShards), String(unit)),
      `redis ${bitsKey(lane, sku)} bit ${number}`,
      `redis ${ownKey(lane, sku)} bytes ${number * ownerBytes} to ${(number + 1) * ownerBytes - 1}`,
    );
  }
  if (customerTag !== undefined)
    keys.push(
      itemAt('orders', customerTag),
      itemAt('orders', `allow#${saleId}#<customer>`, 'allow'),
      `redis ${homeOf(`ord_${customerTag}`).cust} <customer>`,
    );
  if (kind === 'accepted-order-stuck') keys.push(`redis ${homeOf(orderId ?? '').pend} ${orderId ?? ''}`);
  if (kind === 'gate-not-ready') keys.push(`redis ${saleKeys(saleId).meta} st`);
  if (kind === 'report-differs') keys.push(itemAt('sales', countersPartition(saleId)));
  // What differs so widely has no one place: all partitions in which the sale's orders and claims are.
  if (kind === 'books-differ-widely')
    keys.push(`orders index ${orderIndex.name} ${orderIndex.partitionKey}=${saleId}#*`, itemAt('claims', `${saleId}#*`));
  return keys;
}

function itemAt(table: keyof typeof tables, partition: string, sort?: string): string {
  const { partitionKey, sortKey } = tables[table];
  return `${table} ${partitionKey}=${partition}${sort === undefined ? '' : ` ${sortKey}=${sort}`}`;
}
