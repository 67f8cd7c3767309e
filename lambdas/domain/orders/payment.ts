import type { Order, Payment } from './order.ts';

/** True for one and the same payment: provider and id name it, whatever amount is told of it. */
export function isSamePayment(a: Pick<Payment, 'provider' | 'id'>, b: Pick<Payment, 'provider' | 'id'> | undefined): boolean {
  return a.provider === b?.provider && a.id === b.id;
}

/** True when this payment confirmed the order, whatever became of it since. */
export function isPaidBy(order: Pick<Order, 'payment'>, payment: Payment): boolean {
  return isSamePayment(payment, order.payment);
}

/** True when the order says that this payment must be paid back. */
export function mustPayBack(order: Pick<Order, 'refunds'>, payment: Payment): boolean {
  return order.refunds?.some((refund) => isSamePayment(payment, refund)) === true;
}
