import * as z from 'zod/mini';
import { limits } from '../contracts/limits.ts';
import type { ApiRequest } from '../runtime/api.ts';
import { parseValue } from '../runtime/validate.ts';

const limitSchema = z.string().check(z.regex(/^([1-9]\d?|100)$/));

/** `?limit=`: entries a page, 1 to 100. Throws RefusedError (invalid-request). */
export function readPageLimit(request: ApiRequest): number {
  const limit = request.query('limit');
  return limit === undefined ? limits.pageItemsDefault : Number(parseValue(limitSchema, 'query', 'limit', limit));
}
