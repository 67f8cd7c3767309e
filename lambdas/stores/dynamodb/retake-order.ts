import type { CancellationReason, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { assert } from '../../domain/kernel/assert.ts';
import { CorruptionError } from '../../domain/kernel/faults.ts';
import { claimsOf } from '../../domain/orders/claims-of.ts';
import type { Order, Payment } from '../../domain/orders/order.ts';
import { confirmedImage } from '../../domain/orders/paid-image.ts';
import type { RetakeOutcome } from '../../domain/orders/ports.ts';
import { addToAllowance } from './allowance.ts';
import { fromClaimItem } from './claim-item.ts';
import { confirmation } from './confirm-order.ts';
import type { LedgerContext } from './ledger-context.ts';
import { orderAttributes as a } from './order-item.ts';
import { orderUpdate } from './order-update.ts';
import { putClaim } from './put-claim.ts';
import { contended, retryContended } from './retry-contended.ts';
import { isContended, isRefused, transact } from './transact.ts';

/**
 * Rule 22: an expired order is taken up again and confirmed: the order at the version read, a claim for each of its units,
 * and its customer's allowance, all or nothing. The limit is the one by which the order was accepted: it was judged by that
 * once, and no change of the sale since turns a payment away.
 */
export async function retakeOrder(
  context: LedgerContext,
  { order, payment, nowMs, withinMs }: { order: Order; payment: Payment; nowMs: number; withinMs: number | undefined },
): Promise<RetakeOutcome> {
  assert(order.state === 'expired', `retake: only an expired order is taken up again, got ${order.state}`);
  const confirmed = confirmedImage(order, payment, nowMs);
  const claims = claimsOf(confirmed);
  const actions = [
    { Update: orderUpdate(context.ordersTable, order, { set: confirmation(confirmed, payment, nowMs), remove: [a.closedAtMs] }) },
    ...claims.map((claim) => putClaim(context, order.saleId, claim)),
    ...raiseAllowance(context, order),
  ];
  return retryContended(
    'ledger',
    context.backoff,
    async (deadline) => {
      const reasons = await transact('ledger', context.client, actions, deadline);
      return reasons === undefined ? { kind: 'confirmed', order: confirmed } : whyNot(order, claims.length, reasons);
    },
    withinMs,
  );
}

function raiseAllowance({ ordersTable }: LedgerContext, order: Order): TransactWriteItem[] {
  const { countedUnits: quantity, customerLimit: limit } = order;
  if (quantity === undefined || limit === undefined) return [];
  return [addToAllowance(ordersTable, order, { quantity, limit })];
}

function whyNot(order: Order, claims: number, reasons: readonly CancellationReason[]): RetakeOutcome | typeof contended {
  const [ofOrder, ...others] = reasons;
  if (isRefused(ofOrder)) return { kind: 'changed' };
  if (isContended(reasons)) return contended;
  const met = others.slice(0, claims).filter(isRefused);
  if (met.some((reason) => fromClaimItem(reason.Item ?? {}).orderId === order.orderId)) {
    throw new CorruptionError(`retake of ${order.orderId}: its claims are in the ledger, though the order is ${order.state}`);
  }
  assert(met.length > 0 || isRefused(others[claims]), 'retake: a transaction was cancelled without a reason');
  return { kind: 'refused' };
}
