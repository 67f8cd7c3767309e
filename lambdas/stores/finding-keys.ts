import { limits } from '../contracts/limits.ts';
import { orderIndex, tables } from '../contracts/tables.ts';
import type { Finding } from '../domain/books/finding.ts';
import { claimPartition, countersPartition } from './dynamodb/keys.ts';
import { bitsKey, ownerBytes, ownKey, saleKeys } from './redis/keys.ts';

/**
 * Where a finding can be looked at: keys of DynamoDB (table, partition, sort key) and of Redis (key, and the field, bit
 * or bytes in it). A customer's own id is left to whoever may read their orders.
 */
export function findingKeys(saleId: string, { kind, sku, unit, orderId, customerTag }: Finding): string[] {
  const { meta, ent, pend, cust } = saleKeys(saleId);
  const keys: string[] = [];
  if (orderId !== undefined) keys.push(itemAt('orders', orderId.slice(4, 14), orderId.slice(14)), `redis ${ent} ${orderId}`);
  if (sku !== undefined && unit !== undefined) {
    keys.push(
      itemAt('claims', claimPartition(saleId, sku, unit % limits.claimShards), String(unit)),
      `redis ${bitsKey(saleId, sku)} bit ${unit}`,
      `redis ${ownKey(saleId, sku)} bytes ${unit * ownerBytes} to ${(unit + 1) * ownerBytes - 1}`,
    );
  }
  if (customerTag !== undefined)
    keys.push(itemAt('orders', customerTag), itemAt('orders', `allow#${saleId}#<customer>`, 'allow'), `redis ${cust} <customer>`);
  if (kind === 'accepted-order-stuck') keys.push(`redis ${pend} ${orderId ?? ''}`);
  if (kind === 'gate-not-ready') keys.push(`redis ${meta} st`);
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
