import type { EntranceRule } from './service-entrance.ts';

/**
 * Paths to functions. Only the first has a method: every function carries the whole route table (contracts/routes.ts)
 * and answers 404 and 405 by itself.
 */
export const entranceRules: readonly EntranceRule[] = [
  { priority: 10, function: 'orders', method: 'POST', paths: ['/v1/sales/*/orders'] },
  { priority: 20, function: 'tickets', paths: ['/v1/sales/*/tickets*', '/v1/sales/*/draw', '/v1/guests'] },
  { priority: 30, function: 'order-reads', paths: ['/v1/orders', '/v1/orders/*'] },
  { priority: 40, function: 'payments', paths: ['/v1/payments/*'] },
  { priority: 50, function: 'admin', paths: ['/v1/admin/*'] },
  { priority: 60, function: 'catalog', paths: ['/v1/sales', '/v1/sales/*'] },
];
