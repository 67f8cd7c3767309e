import type { Clock } from '../domain/kernel/ports.ts';
import type { SaleReader } from '../domain/sales/ports.ts';
import type { ApiHandler } from '../runtime/api.ts';
import { contentETag, noneMatch } from './etag.ts';
import { saleAnswer } from './sale-answer.ts';

/** GET /v1/sales/{saleId} */
export function getSale(deps: { readonly sales: Pick<SaleReader, 'sale'>; readonly clock: Clock }): ApiHandler {
  return async (request) => {
    const sale = await deps.sales.sale(request.params['saleId'] ?? '');
    if (!sale) return { problem: 'sale-not-found', detail: `there is no sale ${request.params['saleId']}` };
    const body = saleAnswer(sale, deps.clock.nowMs());
    const etag = contentETag(body);
    const headers = { etag, 'cache-control': 'public, max-age=1' };
    return noneMatch(request.header('if-none-match'), etag) ? { status: 304, headers } : { status: 200, headers, body };
  };
}
