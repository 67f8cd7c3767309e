import { limits } from '../contracts/limits.ts';
import type { OrderQuery, ReadOrderOutcome } from '../domain/orders/read-order.ts';
import type { ApiHandler } from '../runtime/api.ts';
import { orderAnswer } from './order-answer.ts';
import { orderNotFound, orderNotVisible } from './order-id.ts';

/** GET /v1/orders/{orderId}, with `Prefer: wait=N`. */
export function getOrder(read: (query: OrderQuery) => Promise<ReadOrderOutcome>): ApiHandler {
  return async (request) => {
    const waitSeconds = readPreferredWait(request.header('prefer'));
    const outcome = await read({
      orderId: request.params['orderId'] ?? '',
      customerId: request.caller.kind === 'customer' ? request.caller.customerId : undefined,
      waitSeconds,
    });
    switch (outcome.kind) {
      case 'not-found':
        return orderNotFound;
      case 'not-visible':
        return orderNotVisible;
      case 'found': {
        const headers: Record<string, string> = {};
        if (outcome.waited) headers['preference-applied'] = `wait=${waitSeconds}`;
        if (outcome.order.state === 'accepted') headers['retry-after'] = '1';
        return { status: 200, headers, body: orderAnswer(outcome.order) };
      }
    }
  };
}

/** The wait asked for (RFC 7240), at most limits.preferWaitSeconds; 0 when none, or none that can be read: a preference is no demand. */
function readPreferredWait(prefer: string | undefined): number {
  const seconds = /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/i.exec(prefer ?? '')?.[1];
  return seconds === undefined ? 0 : Math.min(Number(seconds), limits.preferWaitSeconds);
}
