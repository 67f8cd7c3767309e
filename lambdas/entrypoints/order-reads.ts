import { cancelOrder as cancel } from '../domain/orders/cancel-order.ts';
import { confirmWhenCommitted } from '../domain/orders/confirm-when-committed.ts';
import { findOrder } from '../domain/orders/find-order.ts';
import { listOwnOrders as listOwn } from '../domain/orders/list-own-orders.ts';
import { readOrder } from '../domain/orders/read-order.ts';
import { cancelOrder } from '../http/cancel-order.ts';
import { confirmOrder } from '../http/confirm-order.ts';
import { getOrder } from '../http/get-order.ts';
import { listOwnOrders } from '../http/list-own-orders.ts';
import { Cursors } from '../runtime/cursors.ts';
import { openOrderReading } from './wiring/open-order-reading.ts';
import { serveHttp } from './wiring/serve-http.ts';

/** Answers polls and lists, lets customers cancel and operators confirm. */
export const handler = serveHttp('order-reads', (environment, web) => {
  const reading = openOrderReading(environment, web);
  const cursors = new Cursors(web.keys.cursors);
  return {
    cancelOrder: cancelOrder((order) => cancel(reading, order)),
    confirmOrder: confirmOrder((orderId, payment) => confirmWhenCommitted(reading, orderId, payment)),
    getOrder: getOrder((query) => readOrder(reading, query)),
    listOwnOrders: listOwnOrders({ list: (query) => listOwn(reading, query), find: (query) => findOrder(reading, query), cursors }),
  };
});
