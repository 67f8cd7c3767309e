import { GetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { limits } from '../../contracts/limits.ts';
import { tables } from '../../contracts/tables.ts';
import { assert } from '../../domain/kernel/assert.ts';
import type { SaleCatalog } from '../../domain/sales/ports.ts';
import type { Sale } from '../../domain/sales/sale.ts';
import type { StockOperation } from '../../domain/sales/stock-operation.ts';
import { orUnavailable } from '../../runtime/sdk-fault.ts';
import { readText, text } from './attributes.ts';
import { saleKey, salesPartition, stockOperationKey, tagPartition } from './keys.ts';
import { queryPages } from './query-pages.ts';
import { fromSaleItem } from './sale-item.ts';
import { fromStockOperationItem } from './stock-operation-item.ts';
import { writeSale, type SaleWriterOptions } from './write-sale.ts';

/** The catalog for those who only read sales: it brings no writing code into a bundle. */
export class DynamoSaleReads implements Pick<SaleCatalog, 'read' | 'list' | 'idsByTag'> {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(options: { readonly client: DynamoDBClient; readonly salesTable: string }) {
    this.#client = options.client;
    this.#table = options.salesTable;
  }

  async read(saleId: string): Promise<Sale | undefined> {
    const command = new GetItemCommand({ TableName: this.#table, Key: saleKey(saleId), ConsistentRead: true });
    const { Item } = await orUnavailable('catalog', this.#client.send(command));
    return Item === undefined ? undefined : fromSaleItem(Item);
  }

  /** Eventually consistent, at half the price: a list decides nothing. */
  async list({ limit, afterSaleId }: { readonly limit: number; readonly afterSaleId?: string }): Promise<{ sales: Sale[]; more: boolean }> {
    const behind = afterSaleId === undefined ? {} : { ':after': text(afterSaleId) };
    const pages = queryPages('catalog', this.#client, {
      TableName: this.#table,
      KeyConditionExpression: afterSaleId === undefined ? 'pk = :sales' : 'pk = :sales AND sk > :after',
      ExpressionAttributeValues: { ':sales': text(salesPartition), ...behind },
      // One more than asked for tells whether there are more; a page of large sales may end before (1 MB).
      Limit: limit + 1,
    });
    const sales: Sale[] = [];
    for await (const items of pages) {
      sales.push(...items.map(fromSaleItem));
      if (sales.length > limit) break;
    }
    return { sales: sales.slice(0, limit), more: sales.length > limit };
  }

  /** Strongly consistent: the answer "none" is remembered by near caches for long. */
  async idsByTag(tag: string): Promise<string[]> {
    const pages = queryPages('catalog', this.#client, {
      TableName: this.#table,
      KeyConditionExpression: 'pk = :tag',
      ExpressionAttributeValues: { ':tag': text(tagPartition(tag)) },
      ConsistentRead: true,
    });
    const ids: string[] = [];
    for await (const items of pages) ids.push(...items.map((item) => readText(item, tables.sales.sortKey)));
    assert(ids.length <= limits.salesPerTag, `sale tag ${tag}: ${ids.length} sales, expected at most ${limits.salesPerTag}`);
    return ids;
  }
}

/** The sales in DynamoDB: one item a sale, its items and their capacities in it. */
export class DynamoSaleCatalog implements SaleCatalog {
  readonly #reads: DynamoSaleReads;
  readonly #options: SaleWriterOptions;

  constructor(options: SaleWriterOptions) {
    this.#reads = new DynamoSaleReads(options);
    this.#options = options;
  }

  read(saleId: string): Promise<Sale | undefined> {
    return this.#reads.read(saleId);
  }

  list(options: { readonly limit: number; readonly afterSaleId?: string }): Promise<{ sales: Sale[]; more: boolean }> {
    return this.#reads.list(options);
  }

  idsByTag(tag: string): Promise<string[]> {
    return this.#reads.idsByTag(tag);
  }

  write(sale: Sale, operation?: StockOperation): Promise<'written' | 'conflict'> {
    return writeSale(this.#options, sale, operation);
  }

  async operation(saleId: string, idempotencyKey: string): Promise<StockOperation | undefined> {
    const { client, salesTable } = this.#options;
    const command = new GetItemCommand({ TableName: salesTable, Key: stockOperationKey(saleId, idempotencyKey), ConsistentRead: true });
    const { Item } = await orUnavailable('catalog', client.send(command));
    return Item === undefined ? undefined : fromStockOperationItem(Item);
  }
}
