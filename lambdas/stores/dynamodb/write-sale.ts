import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Sale } from '../../domain/sales/sale.ts';
import type { StockOperation } from '../../domain/sales/stock-operation.ts';
import { number } from './attributes.ts';
import { saleTagKey } from './keys.ts';
import { contended, retryContended, type Backoff } from './retry-contended.ts';
import { saleVersion, toSaleItem } from './sale-item.ts';
import { toStockOperationItem } from './stock-operation-item.ts';
import { isContended, transact } from './transact.ts';

const saleIsNew = 'attribute_not_exists(pk)';
const operationIsNew = 'attribute_not_exists(pk)';
const versionBefore = `${saleVersion} = :versionBefore`;

/** What a write of a sale works with. */
export interface SaleWriterOptions {
  readonly client: DynamoDBClient;
  readonly salesTable: string;
  readonly backoff: Backoff;
}

/**
 * Writes version n of a sale if the stored one is n − 1 (version 1: if there is none), and with the first version the
 * item by which the sale is found from its tag; an operation only if its key is new. A transaction even for one item: its token lets the SDK repeat a write
 * whose answer was lost, where a plain conditional put would then refuse its own success. Sales are written rarely.
 */
export async function writeSale(
  { client, salesTable, backoff }: SaleWriterOptions,
  sale: Sale,
  operation?: StockOperation,
): Promise<'written' | 'conflict'> {
  const first = sale.version === 1;
  const actions: TransactWriteItem[] = [
    {
      Put: {
        TableName: salesTable,
        Item: toSaleItem(sale),
        ...(first
          ? { ConditionExpression: saleIsNew }
          : { ConditionExpression: versionBefore, ExpressionAttributeValues: { ':versionBefore': number(sale.version - 1) } }),
      },
    },
    ...(first ? [{ Put: { TableName: salesTable, Item: saleTagKey(sale.tag, sale.saleId) } }] : []),
    ...(operation === undefined
      ? []
      : [{ Put: { TableName: salesTable, Item: toStockOperationItem(operation), ConditionExpression: operationIsNew } }]),
  ];
  return retryContended('catalog', backoff, async (deadline) => {
    const reasons = await transact('catalog', client, actions, deadline);
    if (reasons === undefined) return 'written';
    return isContended(reasons) ? contended : 'conflict';
  });
}
