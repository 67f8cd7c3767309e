import { limits } from '../../contracts/limits.ts';
import { firstPage, type OrderPage, type OrderPosition, positionOf } from './order-page.ts';
import type { Order, OrderState } from './order.ts';
import type { OrderLedger } from './ports.ts';

/** Which of a sale’s orders are asked for, and from where on. */
export interface SaleOrdersQuery {
  readonly saleId: string;
  readonly state?: OrderState;
  /** Orders a page. */
  readonly limit: number;
  readonly after?: OrderPosition;
}

/**
 * A sale's orders that the ledger has, newest first. The index knows no state, for it must not change with it: a filter
 * looks at no more than limits.listedOrdersRead orders a call, so a page may be short or empty, and only `after`
 * undefined says that there is no more.
 */
export async function listSaleOrders(
  ledger: Pick<OrderLedger, 'newestOrders'>,
  { saleId, state, limit, after }: SaleOrdersQuery,
): Promise<OrderPage> {
  const found: Order[] = [];
  let looked = 0;
  const chunk = Math.min(limit + 1, limits.batchGetItems);
  for await (const orders of ledger.newestOrders(saleId, { chunk, ...(after === undefined ? {} : { after }) })) {
    looked += orders.length;
    found.push(...orders.filter((order) => state === undefined || order.state === state));
    if (found.length > limit) return firstPage(found, limit);
    const last = orders.at(-1);
    if (looked >= limits.listedOrdersRead && last) return { orders: found, after: positionOf(last) };
  }
  return { orders: found };
}
