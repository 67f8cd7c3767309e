import { listedStateSchema } from '../contracts/api.ts';
import type { SaleOrdersQuery } from '../domain/orders/list-sale-orders.ts';
import type { OrderPage } from '../domain/orders/order-page.ts';
import type { SaleCatalog } from '../domain/sales/ports.ts';
import type { ApiHandler } from '../runtime/api.ts';
import type { Cursors } from '../runtime/cursors.ts';
import { parseValue } from '../runtime/validate.ts';
import { orderListAnswer, readOrderCursor } from './order-list.ts';
import { readPageLimit } from './page-limit.ts';
import { readSaleId, saleNotFound } from './sale-id.ts';

/** GET /v1/admin/sales/{saleId}/orders?state=&limit=&cursor= */
export function listSaleOrders(deps: {
  readonly catalog: Pick<SaleCatalog, 'read'>;
  readonly list: (query: SaleOrdersQuery) => Promise<OrderPage>;
  readonly cursors: Cursors;
}): ApiHandler {
  return async (request) => {
    const saleId = readSaleId(request);
    const asked = request.query('state');
    const state = asked === undefined ? undefined : parseValue(listedStateSchema, 'query', 'state', asked);
    const list = `orders of sale ${saleId} ${state ?? ''}`;
    const query = {
      saleId,
      limit: readPageLimit(request),
      ...(state === undefined ? {} : { state }),
      ...readOrderCursor(deps.cursors, list, request),
    };
    if (!(await deps.catalog.read(saleId))) return saleNotFound(saleId);
    return orderListAnswer(deps.cursors, list, await deps.list(query));
  };
}
