import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Order } from '../../domain/orders/order.ts';
import { conditionalWrite } from './conditional-write.ts';
import type { LedgerContext } from './ledger-context.ts';
import { type OrderChange, orderUpdate } from './order-update.ts';

/**
 * One write of one order item from the image just read. False: it is no longer so, perhaps by this very write, whose answer
 * was lost and which the SDK sent again.
 */
export function changeOrder(context: LedgerContext, read: Order, change: OrderChange): Promise<boolean> {
  const command = new UpdateItemCommand(orderUpdate(context.ordersTable, read, change));
  return conditionalWrite(context, (deadline) => context.client.send(command, deadline), { done: true, refused: () => false });
}
