import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { tables } from '../../contracts/tables.ts';
import type { Order } from '../../domain/orders/order.ts';
import { number, readNumber, readText } from './attributes.ts';
import { batchGet } from './batch-get.ts';
import { allowanceKey, allowancePartition } from './keys.ts';
import type { LedgerContext } from './ledger-context.ts';

/** Live units of the customer that were taken under a limit. Never decides without its condition. */
const used = 'u';
const nothingUsed = `attribute_not_exists(${used})`;
const usedLeavesRoom = `${used} <= :limitMinusQuantity`;

type Customer = Pick<Order, 'saleId' | 'customerId'>;

/**
 * Rule 13: `quantity` more units for the customer if `limit` allows them. A quantity over the limit itself must be
 * refused also where nothing was used yet, so there only the comparison stands, which a missing attribute fails.
 */
export function addToAllowance(
  ordersTable: string,
  of: Customer,
  { quantity, limit }: { quantity: number; limit: number },
): TransactWriteItem {
  return {
    Update: {
      TableName: ordersTable,
      Key: allowanceKey(of.saleId, of.customerId),
      UpdateExpression: `ADD ${used} :quantity`,
      ConditionExpression: quantity <= limit ? `${nothingUsed} OR ${usedLeavesRoom}` : usedLeavesRoom,
      ExpressionAttributeValues: { ':quantity': number(quantity), ':limitMinusQuantity': number(limit - quantity) },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** Rule 18: `quantity` units back. Without a condition: the order's own version makes it happen exactly once. */
export function takeFromAllowance(ordersTable: string, of: Customer, quantity: number): TransactWriteItem {
  return {
    Update: {
      TableName: ordersTable,
      Key: allowanceKey(of.saleId, of.customerId),
      UpdateExpression: `ADD ${used} :quantity`,
      ExpressionAttributeValues: { ':quantity': number(-quantity) },
    },
  };
}

/** Units counted against each customer's limit; 0 where none ever were. Strongly consistent. */
export async function readAllowances(
  context: LedgerContext,
  saleId: string,
  customerIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const items = await batchGet(
    context,
    customerIds.map((customerId) => allowanceKey(saleId, customerId)),
  );
  const usedByPartition = new Map(items.map((item) => [readText(item, tables.orders.partitionKey), readNumber(item, used)]));
  return new Map(customerIds.map((customerId) => [customerId, usedByPartition.get(allowancePartition(saleId, customerId)) ?? 0]));
}
