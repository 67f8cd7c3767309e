import type { HttpFunction } from './functions.ts';

/** Who may call an operation: anybody, a customer (an operator counts as one who names the customer), or an operator only. */
export type Caller = 'anyone' | 'customer' | 'operator';

/** An operation: where it is called, by whom, and which function answers. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Segments in braces are parameters. */
  readonly path: string;
  readonly function: HttpFunction;
  readonly caller: Caller;
}

/**
 * The one route table. Each function carries all of it, so that whichever function the load balancer's rules
 * reach can answer 404, 405 with `Allow`, HEAD and OPTIONS for every path.
 */
export const routes = {
  getHealth: { method: 'GET', path: '/v1/health', function: 'pages', caller: 'anyone' },
  getReady: { method: 'GET', path: '/v1/ready', function: 'pages', caller: 'anyone' },
  getOpenApi: { method: 'GET', path: '/v1/openapi.json', function: 'pages', caller: 'anyone' },
  listProblems: { method: 'GET', path: '/problems', function: 'pages', caller: 'anyone' },
  getProblem: { method: 'GET', path: '/problems/{code}', function: 'pages', caller: 'anyone' },
  createGuest: { method: 'POST', path: '/v1/guests', function: 'tickets', caller: 'anyone' },
  listSales: { method: 'GET', path: '/v1/sales', function: 'catalog', caller: 'anyone' },
  getSale: { method: 'GET', path: '/v1/sales/{saleId}', function: 'catalog', caller: 'anyone' },
  getAvailability: { method: 'GET', path: '/v1/sales/{saleId}/availability', function: 'catalog', caller: 'anyone' },
  listSeats: { method: 'GET', path: '/v1/sales/{saleId}/items/{sku}/seats', function: 'catalog', caller: 'anyone' },
  createOrder: { method: 'POST', path: '/v1/sales/{saleId}/orders', function: 'orders', caller: 'customer' },
  listOwnOrders: { method: 'GET', path: '/v1/orders', function: 'order-reads', caller: 'customer' },
  getOrder: { method: 'GET', path: '/v1/orders/{orderId}', function: 'order-reads', caller: 'customer' },
  cancelOrder: { method: 'POST', path: '/v1/orders/{orderId}/cancel', function: 'order-reads', caller: 'customer' },
  confirmOrder: { method: 'POST', path: '/v1/orders/{orderId}/confirm', function: 'order-reads', caller: 'operator' },
  receiveStripeEvent: { method: 'POST', path: '/v1/payments/stripe', function: 'payments', caller: 'anyone' },
  putSale: { method: 'PUT', path: '/v1/admin/sales/{saleId}', function: 'admin', caller: 'operator' },
  getAdminSale: { method: 'GET', path: '/v1/admin/sales/{saleId}', function: 'admin', caller: 'operator' },
  openSale: { method: 'POST', path: '/v1/admin/sales/{saleId}/open', function: 'admin', caller: 'operator' },
  pauseSale: { method: 'POST', path: '/v1/admin/sales/{saleId}/pause', function: 'admin', caller: 'operator' },
  resumeSale: { method: 'POST', path: '/v1/admin/sales/{saleId}/resume', function: 'admin', caller: 'operator' },
  closeSale: { method: 'POST', path: '/v1/admin/sales/{saleId}/close', function: 'admin', caller: 'operator' },
  listSaleOrders: { method: 'GET', path: '/v1/admin/sales/{saleId}/orders', function: 'admin', caller: 'operator' },
  changeStock: { method: 'POST', path: '/v1/admin/sales/{saleId}/items/{sku}/stock', function: 'admin', caller: 'operator' },
  getReport: { method: 'GET', path: '/v1/admin/sales/{saleId}/report', function: 'admin', caller: 'operator' },
  getAudit: { method: 'GET', path: '/v1/admin/sales/{saleId}/audit', function: 'admin', caller: 'operator' },
} as const satisfies Record<string, Route>;

/** Names an operation: in logs, in the OpenAPI document, and where handlers are given to a function. */
export type Operation = keyof typeof routes;

/** Operations of the API, below /v1, for programs; the others are pages for people. */
export type ApiOperation = {
  [K in Operation]: (typeof routes)[K]['path'] extends `/v1/${string}` ? K : never;
}[Operation];

/** Operations that one function answers. */
export type OperationOf<F extends HttpFunction> = {
  [K in Operation]: (typeof routes)[K]['function'] extends F ? K : never;
}[Operation];
