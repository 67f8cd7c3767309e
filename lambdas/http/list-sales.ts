import { saleStateSchema } from '../contracts/api.ts';
import { limits } from '../contracts/limits.ts';
import type { Clock } from '../domain/kernel/ports.ts';
import { listSales as list } from '../domain/sales/list-sales.ts';
import type { SaleCatalog } from '../domain/sales/ports.ts';
import type { ApiHandler } from '../runtime/api.ts';
import type { Cursors } from '../runtime/cursors.ts';
import { parseValue } from '../runtime/validate.ts';
import { contentETag, noneMatch } from './etag.ts';
import { readPageLimit } from './page-limit.ts';
import { saleAnswer } from './sale-answer.ts';

/** GET /v1/sales?state=&limit=&cursor= */
export function listSales(deps: {
  readonly catalog: Pick<SaleCatalog, 'list'>;
  readonly cursors: Cursors;
  readonly clock: Clock;
}): ApiHandler {
  return async (request) => {
    const state = request.query('state');
    const cursor = request.query('cursor');
    const nowMs = deps.clock.nowMs();
    const page = await list(deps.catalog, {
      limit: readPageLimit(request),
      nowMs,
      ...(state === undefined ? {} : { state: parseValue(saleStateSchema, 'query', 'state', state) }),
      ...(cursor === undefined ? {} : { afterSaleId: deps.cursors.open('sales', cursor) }),
    });
    const body = {
      items: page.sales.map((sale) => saleAnswer(sale, nowMs)),
      ...(page.afterSaleId === undefined ? {} : { nextCursor: deps.cursors.seal('sales', page.afterSaleId) }),
    };
    const etag = contentETag(body);
    const headers = { etag, 'cache-control': `public, max-age=${limits.readMaxAgeSeconds}` };
    return noneMatch(request.header('if-none-match'), etag) ? { status: 304, headers } : { status: 200, headers, body };
  };
}
