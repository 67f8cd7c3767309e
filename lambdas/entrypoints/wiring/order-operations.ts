import { listSaleOrders as listOrders } from '../../domain/orders/list-sale-orders.ts';
import { listSaleOrders } from '../../http/list-sale-orders.ts';
import type { Operating } from './open-operating.ts';

/** The operations by which an operator looks at the orders of a sale. */
export function orderOperations({ catalog, ledger, cursors }: Operating) {
  return { listSaleOrders: listSaleOrders({ catalog, list: (query) => listOrders(ledger, query), cursors }) };
}
