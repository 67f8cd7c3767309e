import * as z from 'zod/mini';
import { saleIdSchema } from '../contracts/api.ts';
import { type ApiRefusal, type ApiRequest, RefusedError } from '../runtime/api.ts';

/** The sale that the path names. Throws RefusedError (sale-not-found) for a name that no sale can have: no store is asked for it. */
export function readSaleId(request: ApiRequest): string {
  const result = z.safeParse(saleIdSchema, request.params['saleId']);
  if (!result.success) throw new RefusedError(saleNotFound(request.params['saleId'] ?? ''));
  return result.data;
}

/** The refusal where there is no such sale. */
export function saleNotFound(saleId: string): ApiRefusal {
  return { problem: 'sale-not-found', detail: `there is no sale ${saleId}` };
}
