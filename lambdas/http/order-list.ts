import type { OrderPage, OrderPosition } from '../domain/orders/order-page.ts';
import type { ApiRequest, ApiResponse } from '../runtime/api.ts';
import type { Cursors } from '../runtime/cursors.ts';
import { orderAnswer } from './order-answer.ts';

/** Where the page that `?cursor=` asks for begins. `list` names what is listed, filters and caller included. Throws RefusedError. */
export function readOrderCursor(cursors: Cursors, list: string, request: ApiRequest): { readonly after?: OrderPosition } {
  const cursor = request.query('cursor');
  if (cursor === undefined) return {};
  const position = cursors.open(list, cursor);
  const end = position.indexOf(' ');
  return { after: { acceptedAtMs: Number(position.slice(0, end)), orderId: position.slice(end + 1) } };
}

/** A page as the contract shows it. Nobody else's to keep: it is a customer's. */
export function orderListAnswer(cursors: Cursors, list: string, { orders, after }: OrderPage): ApiResponse {
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    body: {
      items: orders.map(orderAnswer),
      ...(after === undefined ? {} : { nextCursor: cursors.seal(list, `${after.acceptedAtMs} ${after.orderId}`) }),
    },
  };
}
