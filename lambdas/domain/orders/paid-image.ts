import { limits } from '../../contracts/limits.ts';
import { assert } from '../kernel/assert.ts';
import type { Order, Payment } from './order.ts';
import { isPaidBy, mustPayBack } from './payment.ts';
import { mayBecome } from './transitions.ts';

/** What a payment makes of a held order (rule 21), or of an expired one that is taken up again (rule 22): it is closed no more. */
export function confirmedImage(order: Order, payment: Payment, nowMs: number): Order {
  assert(mayBecome(order.state, 'confirmed'), `confirm: an order that is ${order.state} cannot be confirmed`);
  assert(!mustPayBack(order, payment), 'confirm: a payment that is to be paid back pays for nothing');
  const { closedAtMs: _, ...open } = order;
  return { ...open, state: 'confirmed', version: order.version + 1, confirmedAtMs: nowMs, payment };
}

/** The order with one more payment to be paid back (rule 23), in whatever state it is. */
export function refundImage(order: Order, payment: Payment): Order {
  const refunds = order.refunds ?? [];
  assert(order.version >= 1, `refund: expected an order of the ledger, got version ${order.version}`);
  assert(!isPaidBy(order, payment), 'refund: the payment that confirmed the order is not one to be paid back');
  assert(refunds.length < limits.orderRefunds, `refund: at most ${limits.orderRefunds} an order`);
  return { ...order, version: order.version + 1, refunds: [...refunds, payment] };
}
