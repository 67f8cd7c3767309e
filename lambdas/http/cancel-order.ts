import { emptySchema } from '../contracts/api.ts';
import type { CancelOrderOutcome } from '../domain/orders/cancel-order.ts';
import type { ApiHandler } from '../runtime/api.ts';
import { parseBody } from '../runtime/validate.ts';
import { orderAnswer } from './order-answer.ts';
import { orderNotFound, orderNotVisible } from './order-id.ts';

/** POST /v1/orders/{orderId}/cancel */
export function cancelOrder(
  cancel: (order: { readonly orderId: string; readonly customerId: string | undefined }) => Promise<CancelOrderOutcome>,
): ApiHandler {
  return async (request) => {
    parseBody(emptySchema, request.body);
    const outcome = await cancel({
      orderId: request.params['orderId'] ?? '',
      customerId: request.caller.kind === 'customer' ? request.caller.customerId : undefined,
    });
    switch (outcome.kind) {
      case 'cancelled':
        return { status: 200, body: orderAnswer(outcome.order) };
      case 'order-state':
        return {
          problem: 'order-state',
          detail: `the order is ${outcome.order.state}, and cannot be cancelled by this caller any more`,
          members: { state: outcome.order.state },
        };
      case 'not-found':
        return orderNotFound;
      case 'not-visible':
        return orderNotVisible;
    }
  };
}
