import { limits } from '../contracts/limits.ts';
import type { Clock } from '../domain/kernel/ports.ts';
import type { AvailabilityReader } from '../domain/stock/ports.ts';
import type { SaleReader } from '../domain/sales/ports.ts';
import { saleState } from '../domain/sales/sale.ts';
import type { ApiHandler } from '../runtime/api.ts';
import { contentETag, noneMatch } from './etag.ts';
import { readSaleId, saleNotFound } from './sale-id.ts';
import { toTime } from './time.ts';

/** GET /v1/sales/{saleId}/availability: at most 2 s old, 1 s in our near cache and 1 s in the client's. */
export function getAvailability(deps: {
  readonly sales: Pick<SaleReader, 'sale'>;
  readonly availability: AvailabilityReader;
  readonly clock: Clock;
}): ApiHandler {
  return async (request) => {
    const saleId = readSaleId(request);
    const sale = await deps.sales.sale(saleId);
    if (!sale) return saleNotFound(saleId);
    const { available, asOfMs } = await deps.availability.available(
      saleId,
      sale.items.map((item) => item.sku),
    );
    const body = {
      saleId,
      state: saleState(sale, deps.clock.nowMs()),
      asOf: toTime(asOfMs),
      items: sale.items.map(({ sku }) => ({ sku, available: available[sku] ?? 0, soldOut: (available[sku] ?? 0) === 0 })),
    };
    // Not of when it was read: what has not changed need not be sent again.
    const etag = contentETag({ ...body, asOf: undefined });
    const headers = { etag, 'cache-control': `public, max-age=${limits.readMaxAgeSeconds}` };
    return noneMatch(request.header('if-none-match'), etag) ? { status: 304, headers } : { status: 200, headers, body };
  };
}
