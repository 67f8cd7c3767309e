import type { Clock } from '../domain/kernel/ports.ts';
import type { SaleCatalog } from '../domain/sales/ports.ts';
import type { ApiHandler } from '../runtime/api.ts';
import { noneMatch } from './etag.ts';
import { adminSaleAnswer, saleETag } from './sale-answer.ts';
import { readSaleId, saleNotFound } from './sale-id.ts';

/** GET /v1/admin/sales/{saleId}: never from a cache, with the ETag that a PUT may match. */
export function getAdminSale(deps: { readonly catalog: Pick<SaleCatalog, 'read'>; readonly clock: Clock }): ApiHandler {
  return async (request) => {
    const saleId = readSaleId(request);
    const sale = await deps.catalog.read(saleId);
    if (!sale) return saleNotFound(saleId);
    const headers = { etag: saleETag(sale) };
    if (noneMatch(request.header('if-none-match'), headers.etag)) return { status: 304, headers };
    return { status: 200, headers, body: adminSaleAnswer(sale, deps.clock.nowMs()) };
  };
}
