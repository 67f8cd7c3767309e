import { GetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Order } from '../../domain/orders/order.ts';
import type { OrderLedger } from '../../domain/orders/ports.ts';
import { orUnavailable } from '../../runtime/sdk-fault.ts';
import { orderKey } from './keys.ts';
import { fromOrderItem } from './order-item.ts';

/** The ledger for those who only read orders: it needs no claims table, and brings no writing code into a bundle. */
export class DynamoOrderReader implements Pick<OrderLedger, 'read'> {
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
}
