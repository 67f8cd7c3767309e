import { ConditionalCheckFailedException, type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { BookCounters, ShardCounts } from '../../domain/books/ports.ts';
import { orUnavailable } from '../../runtime/sdk-fault.ts';
import { text } from './attributes.ts';
import { fromCountersItem, lastSequenceAttribute, toCountersItem } from './counters-item.ts';
import { countersKey, countersPartition } from './keys.ts';
import { queryPages } from './query-pages.ts';

const nothingStored = 'attribute_not_exists(pk)';
const storedAsRead = `${lastSequenceAttribute} = :previous`;

/** The report's counters, in the table of the sales: not in that of the orders, whose stream they follow. */
export class DynamoBookCounters implements BookCounters {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(options: { readonly client: DynamoDBClient; readonly salesTable: string }) {
    this.#client = options.client;
    this.#table = options.salesTable;
  }

  async read(saleId: string, shardId: string): Promise<ShardCounts | undefined> {
    const command = new GetItemCommand({ TableName: this.#table, Key: countersKey(saleId, shardId), ConsistentRead: true });
    const { Item } = await orUnavailable('ledger', this.#client.send(command));
    return Item === undefined ? undefined : fromCountersItem(Item);
  }

  /** A write whose answer was lost is refused when the SDK repeats it: 'conflict' then means that it is there. */
  async write(saleId: string, shardId: string, counts: ShardCounts, previous: string | undefined): Promise<'written' | 'conflict'> {
    const command = new PutItemCommand({
      TableName: this.#table,
      Item: { ...countersKey(saleId, shardId), ...toCountersItem(counts) },
      ...(previous === undefined
        ? { ConditionExpression: nothingStored }
        : { ConditionExpression: storedAsRead, ExpressionAttributeValues: { ':previous': text(previous) } }),
    });
    const outcome = this.#client.send(command).then(
      () => 'written' as const,
      (error: unknown) => {
        if (error instanceof ConditionalCheckFailedException) return 'conflict' as const;
        throw error;
      },
    );
    return orUnavailable('ledger', outcome);
  }

  async all(saleId: string): Promise<ShardCounts[]> {
    const pages = queryPages('ledger', this.#client, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :books',
      ExpressionAttributeValues: { ':books': text(countersPartition(saleId)) },
      ConsistentRead: true,
    });
    const found: ShardCounts[] = [];
    for await (const items of pages) found.push(...items.map(fromCountersItem));
    return found;
  }
}
