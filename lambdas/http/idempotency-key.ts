import { idempotencyKeySchema } from '../contracts/api.ts';
import { type ApiRequest, RefusedError } from '../runtime/api.ts';
import { parseValue } from '../runtime/validate.ts';

/** The Idempotency-Key of a request. Throws RefusedError: idempotency-key-required, or invalid-request. */
export function readIdempotencyKey(request: ApiRequest): string {
  const key = request.header('idempotency-key');
  if (key === undefined || key === '') {
    throw new RefusedError({ problem: 'idempotency-key-required', detail: 'send an Idempotency-Key header, made by you for this request' });
  }
  return parseValue(idempotencyKeySchema, 'header', 'Idempotency-Key', key);
}
