import { limits } from '../../contracts/limits.ts';
import type { SaleCatalog } from './ports.ts';
import { saleState, type Sale, type SaleState } from './sale.ts';

interface SaleList {
  readonly sales: readonly Sale[];
  /** Where the next page begins; undefined at the end. */
  readonly afterSaleId?: string;
}

/** Sales by id, of one state if asked, from at most limits.saleListPages pages of the catalog; a page may be short, and its end is told by `afterSaleId` alone. */
export async function listSales(
  catalog: Pick<SaleCatalog, 'list'>,
  options: { readonly limit: number; readonly nowMs: number; readonly state?: SaleState; readonly afterSaleId?: string },
): Promise<SaleList> {
  const found: Sale[] = [];
  let after = options.afterSaleId;
  for (let page = 0; page < limits.saleListPages; page += 1) {
    const { sales, more } = await catalog.list({ limit: options.limit, ...(after === undefined ? {} : { afterSaleId: after }) });
    for (const [index, sale] of sales.entries()) {
      after = sale.saleId;
      if (options.state === undefined || saleState(sale, options.nowMs) === options.state) found.push(sale);
      const atEnd = !more && index === sales.length - 1;
      if (found.length === options.limit) return atEnd ? { sales: found } : { sales: found, afterSaleId: after };
    }
    if (!more) return { sales: found };
  }
  return after === undefined ? { sales: found } : { sales: found, afterSaleId: after };
}
