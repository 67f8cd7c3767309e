import type { CancellationReason, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { assert } from '../../domain/kernel/assert.ts';
import { CorruptionError } from '../../domain/kernel/faults.ts';
import { claimsOf } from '../../domain/orders/claims-of.ts';
import { committedImage } from '../../domain/orders/committed-image.ts';
import { totalUnits, type CommitRequest, type Order } from '../../domain/orders/order.ts';
import type { Claim, CommitOutcome } from '../../domain/orders/ports.ts';
import { addToAllowance } from './allowance.ts';
import { fromClaimItem } from './claim-item.ts';
import type { LedgerContext } from './ledger-context.ts';
import { fromOrderItem, toOrderItem } from './order-item.ts';
import { putClaim } from './put-claim.ts';
import { contended, retryContended } from './retry-contended.ts';
import { isContended, isRefused, transact } from './transact.ts';

const orderIsNew = 'attribute_not_exists(pk)';

/** protocol.md rules 13 and 14: the order, a claim for each unit, the customer's allowance; all or nothing, and why not. */
export async function commitOrder(context: LedgerContext, request: CommitRequest, nowMs: number): Promise<CommitOutcome> {
  const order = committedImage(request, nowMs);
  const claims = claimsOf(order);
  const actions = [
    putOrder(context, order),
    ...claims.map((claim) => putClaim(context, order.saleId, claim)),
    ...raiseAllowance(context, request),
  ];
  return retryContended('ledger', context.backoff, async (deadline) => {
    const reasons = await transact('ledger', context.client, actions, deadline);
    return reasons === undefined ? { kind: 'committed', order } : whyNot(order, claims, reasons);
  });
}

function putOrder({ ordersTable }: LedgerContext, order: Order): TransactWriteItem {
  return {
    Put: {
      TableName: ordersTable,
      Item: toOrderItem(order),
      ConditionExpression: orderIsNew,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

function raiseAllowance({ ordersTable }: LedgerContext, { order, customerLimit }: CommitRequest): TransactWriteItem[] {
  if (customerLimit === 0) return [];
  return [addToAllowance(ordersTable, order, { quantity: totalUnits(order.lines), limit: customerLimit })];
}

/** Rule 14, in its order: the order itself, contention, the allowance, the claims. */
function whyNot(order: Order, claims: readonly Claim[], reasons: readonly CancellationReason[]): CommitOutcome | typeof contended {
  const [ofOrder, ...others] = reasons;
  if (isRefused(ofOrder)) return { kind: 'exists', order: fromOrderItem(ofOrder?.Item ?? {}) };
  if (isContended(reasons)) return contended;
  if (isRefused(others[claims.length])) return { kind: 'customer-limit' };
  const collided = others.filter(isRefused).map((reason) => fromClaimItem(reason.Item ?? {}));
  assert(collided.length > 0, 'commit: a transaction was cancelled without a reason');
  // An order is never deleted while it has claims.
  if (collided.some(({ orderId }) => orderId === order.orderId)) {
    throw new CorruptionError(`commit of ${order.orderId}: its claims are in the ledger, the order is not`);
  }
  return { kind: 'collided', claims: collided };
}
