import { limits } from '../contracts/limits.ts';
import type { Clock } from '../domain/kernel/ports.ts';
import type { SaleReader } from '../domain/sales/ports.ts';
import type { ApiHandler } from '../runtime/api.ts';
import { contentETag, noneMatch } from './etag.ts';
import { saleAnswer } from './sale-answer.ts';
import { readSaleId, saleNotFound } from './sale-id.ts';

/** GET /v1/sales/{saleId} */
export function getSale(deps: { readonly sales: Pick<SaleReader, 'sale'>; readonly clock: Clock }): ApiHandler {
  return async (request) => {
    const saleId = readSaleId(request);
    const sale = await deps.sales.sale(saleId);
    if (!sale) return saleNotFound(saleId);
    const body = saleAnswer(sale, deps.clock.nowMs());
    const etag = contentETag(body);
    const headers = { etag, 'cache-control': `public, max-age=${limits.readMaxAgeSeconds}` };
    return noneMatch(request.header('if-none-match'), etag) ? { status: 304, headers } : { status: 200, headers, body };
  };
}
