import type { SaleReport } from '../domain/books/report-sale.ts';
import type { SaleCatalog } from '../domain/sales/ports.ts';
import type { Sale } from '../domain/sales/sale.ts';
import type { ApiHandler } from '../runtime/api.ts';
import { readSaleId, saleNotFound } from './sale-id.ts';
import { toTime } from './time.ts';

/** GET /v1/admin/sales/{saleId}/report */
export function getReport(deps: {
  readonly catalog: Pick<SaleCatalog, 'read'>;
  readonly report: (sale: Sale) => Promise<SaleReport>;
}): ApiHandler {
  return async (request) => {
    const saleId = readSaleId(request);
    const sale = await deps.catalog.read(saleId);
    if (!sale) return saleNotFound(saleId);
    const { asOfMs, orders, items, revenueMinor, queue } = await deps.report(sale);
    // Nobody can join a waiting room yet: these are true zeros.
    const waitingRoom = { joined: 0, admitted: 0, waiting: 0 };
    return { status: 200, body: { asOf: toTime(asOfMs), orders, items, revenue: revenueMinor, waitingRoom, queue } };
  };
}
