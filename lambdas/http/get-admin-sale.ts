import type { Clock } from '../domain/kernel/ports.ts';
import type { SaleCatalog } from '../domain/sales/ports.ts';
import type { ApiHandler } from '../runtime/api.ts';
import { adminSaleAnswer, saleETag } from './sale-answer.ts';
import { readSaleId, saleNotFound } from './sale-id.ts';

/** GET /v1/admin/sales/{saleId}: never from a cache, with the ETag that a PUT may match. It names the stored version; the state changes with time alone, so there is no 304. */
export function getAdminSale(deps: { readonly catalog: Pick<SaleCatalog, 'read'>; readonly clock: Clock }): ApiHandler {
  return async (request) => {
    const saleId = readSaleId(request);
    const sale = await deps.catalog.read(saleId);
    if (!sale) return saleNotFound(saleId);
    const headers = { etag: saleETag(sale) };
    return { status: 200, headers, body: adminSaleAnswer(sale, deps.clock.nowMs()) };
  };
}
