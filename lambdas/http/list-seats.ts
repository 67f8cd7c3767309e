import * as z from 'zod/mini';
import { limits } from '../contracts/limits.ts';
import type { SaleReader, SeatMapReader } from '../domain/sales/ports.ts';
import { isSeated } from '../domain/sales/sale.ts';
import type { TakenSeatsReader } from '../domain/stock/ports.ts';
import type { ApiHandler } from '../runtime/api.ts';
import type { Cursors } from '../runtime/cursors.ts';
import { parseValue } from '../runtime/validate.ts';
import { contentETag, noneMatch } from './etag.ts';
import { readSaleId, saleNotFound } from './sale-id.ts';
import { toTime } from './time.ts';

const pageSchema = z.string().check(
  z.regex(/^[1-9]\d{0,3}$/),
  z.refine((limit) => Number(limit) <= limits.seatPageMax, `at most ${limits.seatPageMax}`),
);

/** GET /v1/sales/{saleId}/items/{sku}/seats?limit=&cursor=: at most 2 s old, 1 s in our near cache and 1 s in the client's. */
export function listSeats(deps: {
  readonly sales: Pick<SaleReader, 'sale'>;
  readonly seatMaps: SeatMapReader;
  readonly taken: TakenSeatsReader;
  readonly cursors: Cursors;
}): ApiHandler {
  return async (request) => {
    const limit = request.query('limit');
    const pageSeats = limit === undefined ? limits.seatPageDefault : Number(parseValue(pageSchema, 'query', 'limit', limit));
    const saleId = readSaleId(request);
    const sale = await deps.sales.sale(saleId);
    if (!sale) return saleNotFound(saleId);
    const sku = request.params['sku'] ?? '';
    const item = sale.items.find((one) => one.sku === sku);
    if (!item || !isSeated(item)) return { problem: 'not-found', detail: `${saleId} has no item ${sku} of assigned seating` };

    const list = `seats#${saleId}#${sku}`;
    const cursor = request.query('cursor');
    const from = cursor === undefined ? 0 : Number(deps.cursors.open(list, cursor));
    const [{ labels }, { isTaken, asOfMs }] = await Promise.all([
      deps.seatMaps.seats(saleId, item),
      deps.taken.takenSeats(saleId, sku, item.capacity),
    ]);
    const next = from + pageSeats;
    const body = {
      sku,
      asOf: toTime(asOfMs),
      seats: labels.slice(from, next).map((seat, index) => ({ seat, taken: isTaken(from + index) })),
      ...(next < labels.length ? { nextCursor: deps.cursors.seal(list, String(next)) } : {}),
    };
    // Not of when it was read: what has not changed need not be sent again.
    const etag = contentETag({ ...body, asOf: undefined });
    const headers = { etag, 'cache-control': `public, max-age=${limits.readMaxAgeSeconds}` };
    return noneMatch(request.header('if-none-match'), etag) ? { status: 304, headers } : { status: 200, headers, body };
  };
}
