import { DeleteItemCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { limits } from '../../contracts/limits.ts';
import { tables } from '../../contracts/tables.ts';
import { UnavailableError } from '../../domain/kernel/faults.ts';
import type { SeatedItem, SeatMapReads, SeatMaps } from '../../domain/sales/ports.ts';
import { isSeated, type Sale } from '../../domain/sales/sale.ts';
import { seatMapVersion } from '../../domain/sales/seat-map.ts';
import { orUnavailable } from '../../runtime/sdk-fault.ts';
import { readText, text } from './attributes.ts';
import { seatMapPrefix, seatsPartition } from './keys.ts';
import { queryPages } from './query-pages.ts';
import { fromSeatChunk, toSeatChunk } from './seat-chunk-item.ts';

interface SeatMapOptions {
  readonly client: DynamoDBClient;
  readonly salesTable: string;
}

/** Seat maps for those who only read them: it brings no writing code into a bundle. */
export class DynamoSeatMapReads implements SeatMapReads {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(options: SeatMapOptions) {
    this.#client = options.client;
    this.#table = options.salesTable;
  }

  async read(saleId: string, { sku, seatMap, capacity }: SeatedItem): Promise<string[]> {
    const pages = queryPages('catalog', this.#client, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :seats AND begins_with(sk, :map)',
      ExpressionAttributeValues: { ':seats': text(seatsPartition(saleId)), ':map': text(seatMapPrefix(sku, seatMap)) },
      ConsistentRead: true,
    });
    const seats: string[] = [];
    for await (const chunks of pages) for (const chunk of chunks) seats.push(...fromSeatChunk(chunk));
    if (seats.length !== capacity) {
      throw new UnavailableError(
        'catalog',
        `seats ${seatMap} of ${saleId}, ${sku}: ${seats.length} of ${capacity}; were they replaced twice?`,
      );
    }
    return seats;
  }
}

/** Seat maps in the table of the sales: chunks of limits.seatsPerChunk labels, never changed, in a partition a sale. */
export class DynamoSeatMaps implements SeatMaps {
  readonly #reads: DynamoSeatMapReads;
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(options: SeatMapOptions) {
    this.#reads = new DynamoSeatMapReads(options);
    this.#client = options.client;
    this.#table = options.salesTable;
  }

  read(saleId: string, item: SeatedItem): Promise<string[]> {
    return this.#reads.read(saleId, item);
  }

  /** Without conditions: whoever writes a chunk of this name writes the same labels. */
  async write(saleId: string, { sku, seatMap }: SeatedItem, seats: readonly string[]): Promise<void> {
    for (let from = 0; from < seats.length; from += limits.seatsPerChunk) {
      const labels = seats.slice(from, from + limits.seatsPerChunk);
      const chunk = toSeatChunk(saleId, sku, seatMap, from / limits.seatsPerChunk, labels);
      const command = new PutItemCommand({ TableName: this.#table, Item: chunk });
      await orUnavailable('catalog', this.#client.send(command));
    }
  }

  async prune(sale: Sale): Promise<void> {
    const named = new Set(sale.items.filter(isSeated).map(({ sku, seatMap }) => seatMapPrefix(sku, seatMap)));
    const pages = queryPages('catalog', this.#client, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :seats',
      ProjectionExpression: 'pk, sk',
      ExpressionAttributeValues: { ':seats': text(seatsPartition(sale.saleId)) },
      ConsistentRead: true,
    });
    for await (const chunks of pages) {
      for (const key of chunks) {
        const [sku = '', seatMap = ''] = readText(key, tables.sales.sortKey).split('#');
        if (named.has(seatMapPrefix(sku, seatMap)) || seatMapVersion(seatMap) > sale.version) continue;
        await orUnavailable('catalog', this.#client.send(new DeleteItemCommand({ TableName: this.#table, Key: key })));
      }
    }
  }
}
