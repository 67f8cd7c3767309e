import { ConditionalCheckFailedException, TransactionConflictException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { UnavailableError } from '../../domain/kernel/faults.ts';
import type { Order } from '../../domain/orders/order.ts';
import { orUnavailable } from '../../runtime/sdk-fault.ts';
import type { LedgerContext } from './ledger-context.ts';
import { type OrderChange, orderUpdate } from './order-update.ts';
import { contended, retryContended } from './retry-contended.ts';

/**
 * One write of one order item from the image just read. False: it is no longer so, perhaps by this very write, whose answer
 * was lost and which the SDK sent again.
 */
export async function changeOrder({ client, ordersTable, backoff }: LedgerContext, read: Order, change: OrderChange): Promise<boolean> {
  const command = new UpdateItemCommand(orderUpdate(ordersTable, read, change));
  return retryContended('ledger', backoff, async (deadline) => {
    try {
      await orUnavailable('ledger', client.send(command, deadline));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      // A release of the same order is being decided in this very moment.
      if (error instanceof UnavailableError && error.cause instanceof TransactionConflictException) return contended;
      throw error;
    }
  });
}
