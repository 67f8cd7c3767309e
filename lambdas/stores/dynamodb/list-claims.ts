import { limits } from '../../contracts/limits.ts';
import type { Claim } from '../../domain/orders/ports.ts';
import { number, text } from './attributes.ts';
import { fromClaimItem } from './claim-item.ts';
import { claimPartition } from './keys.ts';
import type { LedgerContext } from './ledger-context.ts';
import { mergePages } from './merge-pages.ts';
import { queryPages } from './query-pages.ts';

/** Units in [fromUnit, toUnit). */
export interface UnitRange {
  readonly fromUnit: number;
  readonly toUnit: number;
}

/** The claims of a sku in a range of units: its shards side by side, strongly consistent, page by page, in no order. */
export async function* listClaims(context: LedgerContext, saleId: string, sku: string, range: UnitRange): AsyncGenerator<Claim[]> {
  const shards = shardsOf(range).map((shard) => shardPages(context, claimPartition(saleId, sku, shard), range));
  for await (const page of mergePages(shards, limits.claimShardsAtOnce)) {
    if (page.length > 0) yield page;
  }
}

/** All shards, or fewer where the range is shorter than their number. */
function shardsOf({ fromUnit, toUnit }: UnitRange): number[] {
  const count = Math.min(limits.claimShards, Math.max(0, toUnit - fromUnit));
  return Array.from({ length: count }, (_, index) => (fromUnit + index) % limits.claimShards);
}

async function* shardPages({ client, claimsTable }: LedgerContext, partition: string, range: UnitRange): AsyncGenerator<Claim[]> {
  const pages = queryPages('ledger', client, {
    TableName: claimsTable,
    KeyConditionExpression: 'pk = :partition AND sk BETWEEN :first AND :last',
    ExpressionAttributeValues: { ':partition': text(partition), ':first': number(range.fromUnit), ':last': number(range.toUnit - 1) },
    ConsistentRead: true,
  });
  for await (const items of pages) yield items.map(fromClaimItem);
}
