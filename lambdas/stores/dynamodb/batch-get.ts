import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { limits } from '../../contracts/limits.ts';
import { assert } from '../../domain/kernel/assert.ts';
import { orUnavailable } from '../../runtime/sdk-fault.ts';
import type { Item } from './attributes.ts';
import type { LedgerContext } from './ledger-context.ts';
import { contended, retryContended } from './retry-contended.ts';

/**
 * The items of the orders table that have these keys, strongly consistent, in no order: at most limits.batchGetItems
 * keys, each once. Each round reads what the last one left unprocessed (16 MB, or a throttle); throws UnavailableError
 * where limits.ledgerAttempts rounds, or limits.ledgerOperationMs, do not end it.
 */
export async function batchGet({ client, ordersTable, backoff }: LedgerContext, keys: readonly Item[]): Promise<Item[]> {
  assert(keys.length <= limits.batchGetItems, `at most ${limits.batchGetItems} keys at once, got ${keys.length}`);
  if (keys.length === 0) return [];
  const items: Item[] = [];
  let left = [...keys];
  return retryContended('ledger', backoff, async (deadline) => {
    const command = new BatchGetItemCommand({ RequestItems: { [ordersTable]: { Keys: left, ConsistentRead: true } } });
    const { Responses, UnprocessedKeys } = await orUnavailable('ledger', client.send(command, deadline));
    items.push(...(Responses?.[ordersTable] ?? []));
    left = UnprocessedKeys?.[ordersTable]?.Keys ?? [];
    return left.length > 0 ? contended : items;
  });
}
