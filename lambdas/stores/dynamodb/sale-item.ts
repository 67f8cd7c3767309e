import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { tables } from '../../contracts/tables.ts';
import { CorruptionError } from '../../domain/kernel/faults.ts';
import type { Item as SaleItem, Sale } from '../../domain/sales/sale.ts';
import { number, optional, readList, readMap, readNumber, readOptional, readText, text, type Item } from './attributes.ts';
import { saleKey } from './keys.ts';

/** Attribute by which a write finds out that it is the next one; used in conditions, so no reserved word. */
export const saleVersion = 'version';

/** The item of a sale, its key included: the whole sale in one item, so that one condition guards all of it. */
export function toSaleItem(sale: Sale): Item {
  return {
    ...saleKey(sale.saleId),
    tag: text(sale.tag),
    [saleVersion]: number(sale.version),
    gateVersion: number(sale.gateVersion),
    name: text(sale.name),
    opensAtMs: number(sale.opensAtMs),
    closesAtMs: number(sale.closesAtMs),
    currency: text(sale.currency),
    holdSeconds: number(sale.holdSeconds),
    customerLimit: number(sale.customerLimit),
    highestCustomerLimit: number(sale.highestCustomerLimit),
    lanes: number(sale.lanes),
    waitingRoom: { M: toWaitingRoom(sale.waitingRoom) },
    items: { L: sale.items.map(toItem) },
    ...(sale.halt === 'none' ? {} : { halt: text(sale.halt) }),
    ...(sale.stockInUse ? { stockInUse: { BOOL: true } } : {}),
  };
}

/** The sale of a stored item. Throws CorruptionError when the item is none. */
export function fromSaleItem(item: Item): Sale {
  return {
    saleId: readText(item, tables.sales.sortKey),
    tag: readText(item, 'tag'),
    version: readNumber(item, saleVersion),
    gateVersion: readNumber(item, 'gateVersion'),
    name: readText(item, 'name'),
    opensAtMs: readNumber(item, 'opensAtMs'),
    closesAtMs: readNumber(item, 'closesAtMs'),
    currency: readText(item, 'currency'),
    holdSeconds: readNumber(item, 'holdSeconds'),
    customerLimit: readNumber(item, 'customerLimit'),
    highestCustomerLimit: readNumber(item, 'highestCustomerLimit'),
    lanes: readNumber(item, 'lanes'),
    waitingRoom: fromWaitingRoom(readMap(item, 'waitingRoom')),
    items: readList(item, 'items').map(fromItem),
    halt: readHalt(item),
    stockInUse: item['stockInUse']?.BOOL === true,
  };
}

function readHalt(item: Item): Sale['halt'] {
  const stored = item['halt']?.S ?? 'none';
  if (stored === 'none' || stored === 'paused' || stored === 'closed') return stored;
  throw new CorruptionError(`stored sale: expected paused or closed, got ${stored}`);
}

function toWaitingRoom(room: Sale['waitingRoom']): Item {
  return {
    enabled: { BOOL: room.enabled },
    admitPerSecond: number(room.admitPerSecond),
    maxActive: number(room.maxActive),
    admissionSeconds: number(room.admissionSeconds),
  };
}

function fromWaitingRoom(room: Item): Sale['waitingRoom'] {
  return {
    enabled: room['enabled']?.BOOL === true,
    admitPerSecond: readNumber(room, 'admitPerSecond'),
    maxActive: readNumber(room, 'maxActive'),
    admissionSeconds: readNumber(room, 'admissionSeconds'),
  };
}

function toItem(item: SaleItem): AttributeValue {
  return {
    M: {
      sku: text(item.sku),
      name: text(item.name),
      unitPriceMinor: number(item.unitPriceMinor),
      capacity: number(item.capacity),
      orderLimit: number(item.orderLimit),
      ...optional('seatMap', item.seatMap, text),
    },
  };
}

function fromItem(value: AttributeValue): SaleItem {
  const item = readMap({ item: value }, 'item');
  return {
    sku: readText(item, 'sku'),
    name: readText(item, 'name'),
    unitPriceMinor: readNumber(item, 'unitPriceMinor'),
    capacity: readNumber(item, 'capacity'),
    orderLimit: readNumber(item, 'orderLimit'),
    ...readOptional(item, 'seatMap', 'seatMap', readText),
  };
}
