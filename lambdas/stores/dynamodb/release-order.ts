import type { CancellationReason, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { limits } from '../../contracts/limits.ts';
import { assert } from '../../domain/kernel/assert.ts';
import { CorruptionError } from '../../domain/kernel/faults.ts';
import { isLive, type Order } from '../../domain/orders/order.ts';
import type { ReleaseOutcome } from '../../domain/orders/ports.ts';
import { mayBecome } from '../../domain/orders/transitions.ts';
import { takeFromAllowance } from './allowance.ts';
import { number, text } from './attributes.ts';
import { claimAttributes } from './claim-item.ts';
import { claimKey, orderKey } from './keys.ts';
import type { LedgerContext } from './ledger-context.ts';
import { orderAttributes as a } from './order-item.ts';
import { contended, retryContended } from './retry-contended.ts';
import { isContended, isRefused, transact } from './transact.ts';

const stateAsRead = `${a.state} = :stateRead`;
const versionAsRead = `${a.version} = :versionRead`;
const holdIsOver = `${a.holdExpiresAtMs} < :nowMinusGrace`;
// An image that lost these units on its way would leave the allowance raised for ever: it must be read again.
const countedAsRead = `${a.countedUnits} = :counted`;
const nothingCounted = `attribute_not_exists(${a.countedUnits})`;
const claimIsOurs = `${claimAttributes.orderId} = :orderId`;

/**
 * Rule 18: ends a live order, deletes its claims and lowers its customer's allowance, all or nothing, exactly once:
 * the order must still be in the state and at the version of the image; expiry needs an end of hold that no clock
 * within the grace can dispute. The image it gives keeps the units the order had, for the gate to clear (rule 2).
 */
export async function releaseOrder(
  context: LedgerContext,
  order: Order,
  to: 'expired' | 'cancelled',
  nowMs: number,
): Promise<ReleaseOutcome> {
  assert(isLive(order.state) && mayBecome(order.state, to), `release: an order that is ${order.state} cannot be ${to}`);
  const released: Order = { ...order, state: to, version: order.version + 1, closedAtMs: nowMs };
  const deletions = order.lines.flatMap(({ sku, units }) => units.map((unit) => deleteClaim(context, order, sku, unit)));
  const actions = [endOrder(context, order, released, nowMs), ...deletions, ...lowerAllowance(context, order)];
  return retryContended('ledger', context.backoff, async (deadline) => {
    const reasons = await transact('ledger', context.client, actions, deadline);
    return reasons === undefined ? { kind: 'released', order: released } : whyNot(order, reasons);
  });
}

function endOrder({ ordersTable }: LedgerContext, read: Order, released: Order, nowMs: number): TransactWriteItem {
  const expiry = released.state === 'expired';
  const counted = read.countedUnits;
  return {
    Update: {
      TableName: ordersTable,
      Key: orderKey(read.orderId),
      UpdateExpression: `SET ${a.state} = :state, ${a.version} = :version, ${a.closedAtMs} = :now`,
      ConditionExpression: [
        stateAsRead,
        versionAsRead,
        counted === undefined ? nothingCounted : countedAsRead,
        ...(expiry ? [holdIsOver] : []),
      ].join(' AND '),
      ExpressionAttributeValues: {
        ':stateRead': text(read.state),
        ':versionRead': number(read.version),
        ':state': text(released.state),
        ':version': number(released.version),
        ':now': number(nowMs),
        ...(counted === undefined ? {} : { ':counted': number(counted) }),
        ...(expiry ? { ':nowMinusGrace': number(nowMs - limits.holdGraceMs) } : {}),
      },
    },
  };
}

function deleteClaim({ claimsTable }: LedgerContext, order: Order, sku: string, unit: number): TransactWriteItem {
  return {
    Delete: {
      TableName: claimsTable,
      Key: claimKey(order.saleId, sku, unit),
      ConditionExpression: claimIsOurs,
      ExpressionAttributeValues: { ':orderId': text(order.orderId) },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

function lowerAllowance({ ordersTable }: LedgerContext, order: Order): TransactWriteItem[] {
  return order.countedUnits === undefined ? [] : [takeFromAllowance(ordersTable, order, order.countedUnits)];
}

function whyNot(order: Order, reasons: readonly CancellationReason[]): ReleaseOutcome | typeof contended {
  const [ofOrder, ...others] = reasons;
  if (isRefused(ofOrder)) return { kind: 'changed' };
  if (isContended(reasons)) return contended;
  const lost = others.filter(isRefused).length;
  assert(lost > 0, 'release: a transaction was cancelled without a reason');
  throw new CorruptionError(`release of ${order.orderId}: ${lost} of its claims are not its own, though the order is ${order.state}`);
}
