import type { CancellationReason, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { limits } from '../../contracts/limits.ts';
import { assert } from '../../domain/kernel/assert.ts';
import { CorruptionError } from '../../domain/kernel/faults.ts';
import type { Order } from '../../domain/orders/order.ts';
import type { ReleaseOutcome } from '../../domain/orders/ports.ts';
import { releasedImage } from '../../domain/orders/released-image.ts';
import { takeFromAllowance } from './allowance.ts';
import { number, text } from './attributes.ts';
import { claimAttributes } from './claim-item.ts';
import { claimKey } from './keys.ts';
import type { LedgerContext } from './ledger-context.ts';
import { orderAttributes as a } from './order-item.ts';
import { orderUpdate } from './order-update.ts';
import { contended, retryContended } from './retry-contended.ts';
import { isContended, isRefused, transact } from './transact.ts';

const holdIsOver = `${a.holdExpiresAtMs} < :nowMinusGrace`;
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
  const released = releasedImage(order, to, nowMs);
  const deletions = order.lines.flatMap(({ sku, units }) => units.map((unit) => deleteClaim(context, order, sku, unit)));
  const actions = [endOrder(context, order, released, nowMs), ...deletions, ...lowerAllowance(context, order)];
  return retryContended('ledger', context.backoff, async (deadline) => {
    const reasons = await transact('ledger', context.client, actions, deadline);
    return reasons === undefined ? { kind: 'released', order: released } : whyNot(order, reasons);
  });
}

function endOrder({ ordersTable }: LedgerContext, read: Order, released: Order, nowMs: number): TransactWriteItem {
  const set = { [a.state]: text(released.state), [a.version]: number(released.version), [a.closedAtMs]: number(nowMs) };
  if (released.state !== 'expired') return { Update: orderUpdate(ordersTable, read, { set }) };
  const values = { ':nowMinusGrace': number(nowMs - limits.holdGraceMs) };
  return { Update: orderUpdate(ordersTable, read, { set, when: { condition: holdIsOver, values } }) };
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
