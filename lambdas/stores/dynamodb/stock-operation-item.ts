import { tables } from '../../contracts/tables.ts';
import { CorruptionError } from '../../domain/kernel/faults.ts';
import type { StockOperation } from '../../domain/sales/stock-operation.ts';
import { number, readNumber, readText, text, type Item } from './attributes.ts';
import { stockOperationKey, stockOperationSale } from './keys.ts';

/** The item of a stock operation, its key included: sale and Idempotency-Key are stored nowhere else. */
export function toStockOperationItem(operation: StockOperation): Item {
  return {
    ...stockOperationKey(operation.saleId, operation.idempotencyKey),
    kind: text(operation.kind),
    sku: text(operation.sku),
    units: number(operation.units),
  };
}

/** The operation of a stored item. Throws CorruptionError when the item is none. */
export function fromStockOperationItem(item: Item): StockOperation {
  const kind = readText(item, 'kind');
  if (kind !== 'add' && kind !== 'withdraw') throw new CorruptionError(`stored stock operation: expected add or withdraw, got ${kind}`);
  return {
    saleId: stockOperationSale(readText(item, tables.sales.partitionKey)),
    idempotencyKey: readText(item, tables.sales.sortKey),
    kind,
    sku: readText(item, 'sku'),
    units: readNumber(item, 'units'),
  };
}
