import { customerIdSchema, idempotencyKeySchema, saleIdSchema } from '../contracts/api.ts';
import type { FindOrderOutcome } from '../domain/orders/find-order.ts';
import type { OwnOrdersQuery } from '../domain/orders/list-own-orders.ts';
import type { OrderPage } from '../domain/orders/order-page.ts';
import type { ApiHandler, ApiRequest, ApiResponse } from '../runtime/api.ts';
import type { Cursors } from '../runtime/cursors.ts';
import { invalid, parseValue } from '../runtime/validate.ts';
import { orderListAnswer, readOrderCursor } from './order-list.ts';
import { readPageLimit } from './page-limit.ts';
import { saleNotFound } from './sale-id.ts';

interface ListOwnOrdersDeps {
  readonly list: (query: OwnOrdersQuery) => Promise<OrderPage | 'too-many'>;
  readonly find: (query: { saleId: string; customerId: string; idempotencyKey: string }) => Promise<FindOrderOutcome>;
  readonly cursors: Cursors;
}

/** GET /v1/orders?saleId=&limit=&cursor=, or ?saleId=&idempotencyKey= for the one order made under a key. */
export function listOwnOrders(deps: ListOwnOrdersDeps): ApiHandler {
  return async (request) => {
    const customerId = readCustomerId(request);
    const sale = request.query('saleId');
    const saleId = sale === undefined ? undefined : parseValue(saleIdSchema, 'query', 'saleId', sale);
    const key = request.query('idempotencyKey');
    if (key !== undefined) return findByKey(deps, saleId, customerId, parseValue(idempotencyKeySchema, 'query', 'idempotencyKey', key));

    const list = `orders of ${customerId} ${saleId ?? ''}`;
    const page = await deps.list({
      customerId,
      limit: readPageLimit(request),
      ...(saleId === undefined ? {} : { saleId }),
      ...readOrderCursor(deps.cursors, list, request),
    });
    if (page !== 'too-many') return orderListAnswer(deps.cursors, list, page);
    const message =
      saleId === undefined
        ? 'missing: this customer has too many orders for one list; name a sale'
        : 'this customer has too many orders in the sale for one list; an operator can list the orders of the sale';
    throw invalid([{ pointer: '#query/saleId', message }]);
  };
}

async function findByKey(
  deps: ListOwnOrdersDeps,
  saleId: string | undefined,
  customerId: string,
  idempotencyKey: string,
): Promise<ApiResponse> {
  if (saleId === undefined) throw invalid([{ pointer: '#query/saleId', message: 'missing: an Idempotency-Key belongs to one sale' }]);
  const outcome = await deps.find({ saleId, customerId, idempotencyKey });
  if (outcome.kind === 'sale-not-found') return saleNotFound(saleId);
  return orderListAnswer(deps.cursors, '', { orders: outcome.kind === 'found' ? [outcome.order] : [] });
}

function readCustomerId(request: ApiRequest): string {
  const named = request.query('customerId');
  if (request.caller.kind === 'operator') {
    if (named === undefined) throw invalid([{ pointer: '#query/customerId', message: 'missing: an operator names the customer' }]);
    return parseValue(customerIdSchema, 'query', 'customerId', named);
  }
  if (request.caller.kind !== 'customer') throw new Error('a list of orders needs a caller');
  if (named !== undefined) throw invalid([{ pointer: '#query/customerId', message: 'only operators may name a customer' }]);
  return request.caller.customerId;
}
