import { assert } from '../../domain/kernel/assert.ts';
import { isLive, type Order, type Payment } from '../../domain/orders/order.ts';
import { confirmedImage, refundImage } from '../../domain/orders/paid-image.ts';
import { mustPayBack } from '../../domain/orders/payment.ts';
import type { ConfirmOutcome, RefundOutcome } from '../../domain/orders/ports.ts';
import { type Item, number, text } from './attributes.ts';
import { changeOrder } from './change-order.ts';
import type { LedgerContext } from './ledger-context.ts';
import { orderAttributes as a, toPayment, toPayments } from './order-item.ts';

/** What a payment changes of an order item, held or taken up again. */
export function confirmation({ state, version }: Order, payment: Payment, nowMs: number): Item {
  return {
    [a.state]: text(state),
    [a.version]: number(version),
    [a.confirmedAtMs]: number(nowMs),
    [a.payment]: toPayment(payment),
  };
}

/** Rule 21: a held order is confirmed in one write; while it is held it owns its units, so no claim is touched and no clock asked. */
export async function confirmOrder(context: LedgerContext, order: Order, payment: Payment, nowMs: number): Promise<ConfirmOutcome> {
  assert(isLive(order.state), `confirm: an order that is ${order.state} must be taken up again`);
  const confirmed = confirmedImage(order, payment, nowMs);
  const changed = await changeOrder(context, order, {
    set: confirmation(confirmed, payment, nowMs),
  });
  return changed ? { kind: 'confirmed', order: confirmed } : { kind: 'changed' };
}

/** Rule 23: one more payment to be paid back, once by its id; as a change of the order it is told by the stream. */
export async function requireRefund(context: LedgerContext, order: Order, payment: Payment): Promise<RefundOutcome> {
  if (mustPayBack(order, payment)) return { kind: 'recorded', order };
  const required = refundImage(order, payment);
  const changed = await changeOrder(context, order, {
    set: { [a.version]: number(required.version), [a.refunds]: toPayments(required.refunds ?? []) },
  });
  return changed ? { kind: 'recorded', order: required } : { kind: 'changed' };
}
