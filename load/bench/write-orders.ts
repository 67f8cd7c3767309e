import { callAws } from '../../local/engines/call-aws.ts';
import { rig } from './rig-environment.ts';
import type { Subject } from './subject/open-subject.ts';

/** AWS: items of one BatchWriteItem. */
const batchItems = 25;

/** Puts orders and their claims into the ledger as they are, without the transactions that would have made them. Throws when any was left out. */
export async function writeOrders(endpoint: string, orders: readonly ReturnType<Subject['ledgerItems']>[]): Promise<void> {
  const puts = orders.flatMap(({ order, claims }) => [
    { table: rig.ordersTable, item: order },
    ...claims.map((item) => ({ table: rig.claimsTable, item })),
  ]);
  for (let from = 0; from < puts.length; from += batchItems) {
    const byTable = Map.groupBy(puts.slice(from, from + batchItems), ({ table }) => table);
    const RequestItems = Object.fromEntries(
      [...byTable].map(([table, of]) => [table, of.map(({ item: Item }) => ({ PutRequest: { Item } }))]),
    );
    const { UnprocessedItems } = await callAws<{ UnprocessedItems?: object }>(endpoint, 'DynamoDB_20120810.BatchWriteItem', {
      RequestItems,
    });
    if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error('the engine left out items of a batch');
  }
}
