import { confirmOrderSchema } from '../contracts/api.ts';
import { limits } from '../contracts/limits.ts';
import type { ConfirmOrderOutcome, PayBack } from '../domain/orders/confirm-order.ts';
import { type Order, type Payment, totalMinor } from '../domain/orders/order.ts';
import type { ApiHandler, ApiRefusal } from '../runtime/api.ts';
import { parseBody } from '../runtime/validate.ts';
import { orderAnswer } from './order-answer.ts';
import { orderNotFound, orderNotVisible } from './order-id.ts';

const notCommitted: ApiRefusal = {
  problem: 'unavailable',
  detail: 'the order is accepted, and not committed yet; repeat the request',
  headers: { 'retry-after': String(limits.retryAfterSeconds) },
};

/** POST /v1/orders/{orderId}/confirm */
export function confirmOrder(confirm: (orderId: string, payment: Payment) => Promise<ConfirmOrderOutcome>): ApiHandler {
  return async (request) => {
    const { provider, id, amount, currency } = parseBody(confirmOrderSchema, request.body).payment;
    const outcome = await confirm(request.params['orderId'] ?? '', { provider, id, amountMinor: amount, currency });
    switch (outcome.kind) {
      case 'confirmed':
        return { status: 200, body: orderAnswer(outcome.order) };
      case 'payment-mismatch': {
        const { order } = outcome;
        return {
          problem: 'payment-mismatch',
          detail: `the order costs ${totalMinor(order)} ${order.currency}, the payment is of ${amount} ${currency}`,
        };
      }
      case 'order-state':
        return refusal('order-state', outcome.order, outcome.payBack);
      case 'hold-expired':
        return refusal('hold-expired', outcome.order, outcome.payBack);
      case 'accepted':
        return notCommitted;
      case 'not-found':
        return orderNotFound;
      case 'not-visible':
        return orderNotVisible;
    }
  };
}

const advice: Readonly<Record<PayBack | 'none', string>> = {
  recorded: 'this payment is to be paid back',
  unrecorded: `it lists ${limits.orderRefunds} payments to be paid back and can list no more: pay this one back all the same`,
  none: 'this payment had confirmed it',
};

function refusal(problem: 'order-state' | 'hold-expired', { orderId, state }: Order, payBack: PayBack | undefined): ApiRefusal {
  return {
    problem,
    detail: `the order is ${state}; ${advice[payBack ?? 'none']}`,
    members: { state },
    facts: { orderId, ...(payBack === undefined ? {} : { payBack }) },
  };
}
