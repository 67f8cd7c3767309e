import * as z from 'zod/mini';
import { limits } from '../contracts/limits.ts';
import type { ApiRequest } from '../runtime/api.ts';
import { parseValue } from '../runtime/validate.ts';

const limitSchema = z.string().check(
  z.regex(/^[1-9]\d{0,3}$/, { abort: true }),
  z.refine((limit) => Number(limit) <= limits.pageItemsMax, `at most ${limits.pageItemsMax}`),
);

/** `?limit=`: entries a page, 1 to limits.pageItemsMax. Throws RefusedError (invalid-request). */
export function readPageLimit(request: ApiRequest): number {
  const limit = request.query('limit');
  return limit === undefined ? limits.pageItemsDefault : Number(parseValue(limitSchema, 'query', 'limit', limit));
}
