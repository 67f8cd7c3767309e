import type { Audit } from '../domain/books/audit-sale.ts';
import type { SaleCatalog } from '../domain/sales/ports.ts';
import type { Sale } from '../domain/sales/sale.ts';
import type { ApiHandler } from '../runtime/api.ts';
import { readSaleId, saleNotFound } from './sale-id.ts';
import { toTime } from './time.ts';

/** GET /v1/admin/sales/{saleId}/audit */
export function getAudit(deps: {
  readonly catalog: Pick<SaleCatalog, 'read'>;
  readonly audit: (sale: Sale) => Promise<Audit>;
}): ApiHandler {
  return async (request) => {
    const saleId = readSaleId(request);
    const sale = await deps.catalog.read(saleId);
    if (!sale) return saleNotFound(saleId);
    const { ok, asOfMs, checked, findingCount, findings } = await deps.audit(sale);
    return { status: 200, body: { ok, asOf: toTime(asOfMs), checked, findingCount, findings } };
  };
}
