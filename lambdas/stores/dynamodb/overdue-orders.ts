import { limits } from '../../contracts/limits.ts';
import { orderIndex } from '../../contracts/tables.ts';
import type { Order } from '../../domain/orders/order.ts';
import { number, text } from './attributes.ts';
import { customerPartition } from './keys.ts';
import type { LedgerContext } from './ledger-context.ts';
import { fromOrderItem, orderAttributes as a } from './order-item.ts';
import { queryPages } from './query-pages.ts';

// Two customers may share a partition (its name is 50 bits of a hash), so the customer is compared in full.
const sameCustomer = `${a.customerId} = :customer`;
const sameSale = `begins_with(${orderIndex.partitionKey}, :salePrefix)`;
const stillHeld = `${a.state} = :held`;
const holdIsOver = `${a.holdExpiresAtMs} < :nowMinusGrace`;

/**
 * Rule 14: the orders that the customer of this order holds in the same sale beyond their time. At most
 * limits.overdueOrders, from at most limits.overdueOrderPages pages: what is left over expires by its own message.
 */
export async function overdueOrders(
  { client, ordersTable }: LedgerContext,
  { orderId, saleId, customerId }: Pick<Order, 'orderId' | 'saleId' | 'customerId'>,
  nowMs: number,
): Promise<Order[]> {
  const pages = queryPages('ledger', client, {
    TableName: ordersTable,
    KeyConditionExpression: 'pk = :customerPartition',
    FilterExpression: [sameCustomer, sameSale, stillHeld, holdIsOver].join(' AND '),
    ExpressionAttributeValues: {
      ':customerPartition': text(customerPartition(orderId)),
      ':customer': text(customerId),
      ':salePrefix': text(`${saleId}#`),
      ':held': text('held'),
      ':nowMinusGrace': number(nowMs - limits.holdGraceMs),
    },
    ConsistentRead: true,
  });
  const found: Order[] = [];
  let pagesRead = 0;
  for await (const items of pages) {
    found.push(...items.map(fromOrderItem));
    pagesRead += 1;
    if (found.length >= limits.overdueOrders || pagesRead === limits.overdueOrderPages) break;
  }
  return found.slice(0, limits.overdueOrders);
}
