import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { assert } from '../../domain/kernel/assert.ts';
import { isLive, type Order } from '../../domain/orders/order.ts';
import { mayBecome } from '../../domain/orders/transitions.ts';
import { conditionalWrite } from './conditional-write.ts';
import type { LedgerContext } from './ledger-context.ts';
import { fromOrderItem, toOrderItem } from './order-item.ts';

const orderIsNew = 'attribute_not_exists(pk)';

/** What became of the attempt: the order now in the ledger is ours, or it was there before. */
export interface CloseOutcome {
  readonly kind: 'closed' | 'exists';
  readonly order: Order;
}

/**
 * Rules 17 and 20: an order that never was live, written in its last state unless the ledger has it already. The item
 * is the tombstone that a late commit meets.
 */
export async function closeOrder(context: LedgerContext, order: Order): Promise<CloseOutcome> {
  const { client, ordersTable } = context;
  const closing = !isLive(order.state) && mayBecome('accepted', order.state);
  assert(closing && order.version === 1, `close: expected rejected or cancelled at version 1, got ${order.state} at ${order.version}`);
  const command = new PutItemCommand({
    TableName: ordersTable,
    Item: toOrderItem(order),
    ConditionExpression: orderIsNew,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  return conditionalWrite<CloseOutcome>(context, (deadline) => client.send(command, deadline), {
    done: { kind: 'closed', order },
    refused: ({ Item }) => ({ kind: 'exists', order: fromOrderItem(Item ?? {}) }),
  });
}
