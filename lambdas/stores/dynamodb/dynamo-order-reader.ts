import { GetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Order } from '../../domain/orders/order.ts';
import type { CustomerOrders, OrderLedger } from '../../domain/orders/ports.ts';
import { orUnavailable } from '../../runtime/sdk-fault.ts';
import { text } from './attributes.ts';
import { orderKey } from './keys.ts';
import { fromOrderItem, orderAttributes as a } from './order-item.ts';
import { queryPages } from './query-pages.ts';

/** The ledger for those who only read orders: it needs no claims table, and brings no writing code into a bundle. */
export class DynamoOrderReader implements Pick<OrderLedger, 'read' | 'customerOrders'> {
  readonly #client: DynamoDBClient;
  readonly #ordersTable: string;

  constructor(options: { readonly client: DynamoDBClient; readonly ordersTable: string }) {
    this.#client = options.client;
    this.#ordersTable = options.ordersTable;
  }

  /** Strongly consistent: an order that was committed before is seen. Throws UnavailableError. */
  async read(orderId: string): Promise<Order | undefined> {
    const command = new GetItemCommand({ TableName: this.#ordersTable, Key: orderKey(orderId), ConsistentRead: true });
    const { Item } = await orUnavailable('ledger', this.#client.send(command));
    return Item === undefined ? undefined : fromOrderItem(Item);
  }

  /** Strongly consistent. Two customers may share a partition (its name is 50 bits of a hash), so the customer is compared in full. */
  async *customerOrders({ customerId, customerTag, saleTag }: CustomerOrders): AsyncGenerator<Order[]> {
    const pages = queryPages('ledger', this.#client, {
      TableName: this.#ordersTable,
      KeyConditionExpression: saleTag === undefined ? 'pk = :customerTag' : 'pk = :customerTag AND begins_with(sk, :saleTag)',
      FilterExpression: `${a.customerId} = :customer`,
      ExpressionAttributeValues: {
        ':customerTag': text(customerTag),
        ':customer': text(customerId),
        ...(saleTag === undefined ? {} : { ':saleTag': text(saleTag) }),
      },
      ConsistentRead: true,
    });
    for await (const items of pages) yield items.map(fromOrderItem);
  }
}
