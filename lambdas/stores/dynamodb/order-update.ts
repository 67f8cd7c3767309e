import type { Update } from '@aws-sdk/client-dynamodb';
import type { Order } from '../../domain/orders/order.ts';
import { number, text, type Item } from './attributes.ts';
import { orderKey } from './keys.ts';
import { orderAttributes as a } from './order-item.ts';

const stateAsRead = `${a.state} = :stateRead`;
const versionAsRead = `${a.version} = :versionRead`;
// An image that lost these units on its way would leave the allowance raised for ever: it must be read again.
const countedAsRead = `${a.countedUnits} = :countedRead`;
const nothingCounted = `attribute_not_exists(${a.countedUnits})`;

/** What changes: attributes set, and attributes removed. */
export interface OrderChange {
  readonly set: Item;
  readonly remove?: readonly string[];
  /** One more condition, on the values given with it. */
  readonly when?: { readonly condition: string; readonly values: Item };
}

/**
 * One write of an order that takes effect only where it is in the state, at the version and with the units counted of the
 * image that was read: of all who read that image, one.
 */
export function orderUpdate(
  ordersTable: string,
  read: Order,
  { set, remove = [], when }: OrderChange,
): Update & { UpdateExpression: string } {
  const assignments = Object.keys(set).map((name) => `${name} = :${name}`);
  const counted = read.countedUnits;
  const conditions = [
    stateAsRead,
    versionAsRead,
    counted === undefined ? nothingCounted : countedAsRead,
    ...(when ? [when.condition] : []),
  ];
  return {
    TableName: ordersTable,
    Key: orderKey(read.orderId),
    UpdateExpression: `SET ${assignments.join(', ')}${remove.length > 0 ? ` REMOVE ${remove.join(', ')}` : ''}`,
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeValues: {
      ':stateRead': text(read.state),
      ':versionRead': number(read.version),
      ...(counted === undefined ? {} : { ':countedRead': number(counted) }),
      ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
      ...when?.values,
    },
  };
}
