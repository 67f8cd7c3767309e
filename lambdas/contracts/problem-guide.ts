import type { ProblemCode } from './problems.ts';

/** What a client may do about a problem: never again as it is, again with the same key, or after changing the request. */
export type Retry = 'no' | 'same-request' | 'change-request';

/** For people: what each problem means and what to do. Apart from the catalogue, so that no function carries the texts that it never sends. */
export const problemGuide: Readonly<Record<ProblemCode, { readonly retry: Retry; readonly meaning: string }>> = {
  'not-found': { retry: 'no', meaning: 'No such path, order or page. Check the address.' },
  'method-not-allowed': { retry: 'no', meaning: 'The path exists, but not with this method; the Allow header lists those it has.' },
  unauthenticated: {
    retry: 'change-request',
    meaning: 'The Authorization header is missing, malformed, forged or expired. Send a valid bearer token or operator key.',
  },
  forbidden: { retry: 'no', meaning: 'The caller is known, but may not do this.' },
  'payload-too-large': { retry: 'change-request', meaning: 'The body is over 64 KiB. Send less.' },
  'unsupported-media-type': { retry: 'change-request', meaning: 'Send the body as application/json in UTF-8.' },
  'invalid-json': { retry: 'change-request', meaning: 'The body could not be read as JSON.' },
  'invalid-request': {
    retry: 'change-request',
    meaning: 'A member of the request is missing, unknown or out of bounds; errors lists which.',
  },
  'idempotency-key-required': {
    retry: 'change-request',
    meaning:
      'Send an Idempotency-Key header of 1 to 255 visible ASCII characters, made by you for this order, and repeat it on each retry.',
  },
  'sale-not-found': { retry: 'no', meaning: 'There is no sale with this id.' },
  'unknown-sku': { retry: 'change-request', meaning: 'A line names a sku that this sale does not have.' },
  'idempotency-key-reused': {
    retry: 'change-request',
    meaning: 'This key was first used with a different request. Use a new key for a new order.',
  },
  'sale-not-open': {
    retry: 'same-request',
    meaning: 'The sale is scheduled, paused or closed; state and opensAt tell which and when. The same key may succeed later.',
  },
  'customer-limit': {
    retry: 'same-request',
    meaning: 'The order would pass the limit of units a customer may have in this sale; remaining tells how many are left to them.',
  },
  'seat-taken': { retry: 'change-request', meaning: 'A seat asked for is gone; seats lists which. Choose others.' },
  'sold-out': {
    retry: 'same-request',
    meaning: 'Fewer units are left than asked for; available tells how many. Units may come back: the same key may succeed later.',
  },
  'sale-already-opened': {
    retry: 'change-request',
    meaning: 'Once a sale has opened only its name, end, customer limit, admission rates, new items and higher capacities may change.',
  },
  'capacity-in-use': {
    retry: 'change-request',
    meaning:
      'Once a sale has opened, or its stock was added to or withdrawn from, capacity only grows: withdraw units instead. A withdrawal needs as many free units as it asks for; available tells how many there are. Ask for less under a new key.',
  },
  'sale-state': { retry: 'no', meaning: 'The sale is in a state from which this transition is not possible.' },
  'order-state': {
    retry: 'no',
    meaning: 'The order is in a state from which this is not possible; state tells which.',
  },
  'precondition-failed': {
    retry: 'change-request',
    meaning: 'The resource has changed since the ETag you sent, or exists already. Read it again.',
  },
  'rate-limited': { retry: 'same-request', meaning: 'Wait for the seconds of Retry-After, then repeat.' },
  unavailable: {
    retry: 'same-request',
    meaning: 'A part of the system is busy or away. Repeat the same request, with the same Idempotency-Key, after Retry-After seconds.',
  },
};
