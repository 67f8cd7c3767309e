import { limits } from '../../contracts/limits.ts';
import { firstPage, isBehind, newestFirst, type OrderPage, type OrderPosition } from './order-page.ts';
import type { Order } from './order.ts';
import type { OrderIds } from './order-id.ts';
import type { OrderLedger } from './ports.ts';

/** Which of a customer’s orders are asked for, and from where on. */
export interface OwnOrdersQuery {
  readonly customerId: string;
  /** Only those of this sale. */
  readonly saleId?: string;
  /** Orders a page. */
  readonly limit: number;
  readonly after?: OrderPosition;
}

interface ListOwnOrdersDependencies {
  readonly ledger: Pick<OrderLedger, 'customerOrders'>;
  readonly ids: Pick<OrderIds, 'customerTag' | 'saleTag'>;
}

/**
 * A customer's orders that the ledger has, newest first. Their partition is in the order of a hash, so each page reads
 * it whole and keeps the newest: cheap for a person, and bounded for a box office, which is told to ask by sale
 * ('too-many': over limits.ownOrderPages).
 */
export async function listOwnOrders(
  { ledger, ids }: ListOwnOrdersDependencies,
  { customerId, saleId, limit, after }: OwnOrdersQuery,
): Promise<OrderPage | 'too-many'> {
  const where = { customerId, customerTag: ids.customerTag(customerId), ...(saleId === undefined ? {} : { saleTag: ids.saleTag(saleId) }) };
  let newest: Order[] = [];
  let pagesRead = 0;
  for await (const page of ledger.customerOrders(where)) {
    pagesRead += 1;
    if (pagesRead > limits.ownOrderPages) return 'too-many';
    // Two sales may share a tag: the sale is compared in full.
    const wanted = page.filter((order) => isBehind(order, after) && (saleId === undefined || order.saleId === saleId));
    newest = [...newest, ...wanted].toSorted(newestFirst).slice(0, limit + 1);
  }
  return firstPage(newest, limit);
}
