import { limits } from '../contracts/limits.ts';
import type { ApiRefusal } from '../runtime/api.ts';

/** Nobody minted the id, or not for this caller. */
export const orderNotFound: ApiRefusal = { problem: 'not-found', detail: 'there is no such order for this caller' };

/** Minted for this caller, and in neither store yet (protocol.md rule 38). */
export const orderNotVisible: ApiRefusal = {
  problem: 'unavailable',
  detail: 'the order is not visible yet; repeat the request',
  headers: { 'retry-after': String(limits.retryAfterSeconds) },
};
