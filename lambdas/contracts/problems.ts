/** What a client may do about a problem: never again as it is, again with the same key, or after changing the request. */
export type Retry = 'no' | 'same-request' | 'change-request';

interface Problem {
  readonly status: number;
  readonly title: string;
  readonly retry: Retry;
  /** One sentence for a person: what it means and what to do. */
  readonly meaning: string;
}

/** The catalogue of problems (RFC 9457). Each answer that is not a success bears one of these codes. */
export const problems = {
  'not-found': { status: 404, title: 'Not found', retry: 'no', meaning: 'No such path, order or page. Check the address.' },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    retry: 'no',
    meaning: 'The path exists, but not with this method; the Allow header lists those it has.',
  },
  unauthenticated: {
    status: 401,
    title: 'Proof of identity needed',
    retry: 'change-request',
    meaning: 'The Authorization header is missing, malformed, forged or expired. Send a valid bearer token or operator key.',
  },
  forbidden: { status: 403, title: 'Not allowed', retry: 'no', meaning: 'The caller is known, but may not do this.' },
  'payload-too-large': { status: 413, title: 'Body too large', retry: 'change-request', meaning: 'The body is over 64 KiB. Send less.' },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    retry: 'change-request',
    meaning: 'Send the body as application/json in UTF-8.',
  },
  'invalid-json': { status: 400, title: 'Body is not JSON', retry: 'change-request', meaning: 'The body could not be read as JSON.' },
  'invalid-request': {
    status: 400,
    title: 'Request is not valid',
    retry: 'change-request',
    meaning: 'A member of the request is missing, unknown or out of bounds; errors lists which.',
  },
  'idempotency-key-required': {
    status: 400,
    title: 'Idempotency-Key needed',
    retry: 'change-request',
    meaning:
      'Send an Idempotency-Key header of 1 to 255 visible ASCII characters, made by you for this order, and repeat it on each retry.',
  },
  'sale-not-found': { status: 404, title: 'No such sale', retry: 'no', meaning: 'There is no sale with this id.' },
  'unknown-sku': {
    status: 422,
    title: 'No such item in the sale',
    retry: 'change-request',
    meaning: 'A line names a sku that this sale does not have.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'Idempotency-Key used with another body',
    retry: 'change-request',
    meaning: 'This key was first used with a different request. Use a new key for a new order.',
  },
  'sale-not-open': {
    status: 409,
    title: 'Sale is not open',
    retry: 'same-request',
    meaning: 'The sale is scheduled, paused or closed; state and opensAt tell which and when. The same key may succeed later.',
  },
  'customer-limit': {
    status: 409,
    title: 'Customer limit reached',
    retry: 'same-request',
    meaning: 'The order would pass the limit of units a customer may have in this sale; remaining tells how many are left to them.',
  },
  'seat-taken': {
    status: 409,
    title: 'Seat taken',
    retry: 'change-request',
    meaning: 'A seat asked for is gone; seats lists which. Choose others.',
  },
  'sold-out': {
    status: 409,
    title: 'Not enough units left',
    retry: 'same-request',
    meaning: 'Fewer units are left than asked for; available tells how many. Units may come back: the same key may succeed later.',
  },
  'sale-already-opened': {
    status: 409,
    title: 'Sale has opened',
    retry: 'change-request',
    meaning: 'Once a sale has opened only its name, end, customer limit, admission rates, new items and higher capacities may change.',
  },
  'capacity-in-use': {
    status: 409,
    title: 'Capacity cannot be lowered',
    retry: 'change-request',
    meaning: 'Capacity only grows once a sale has opened. Withdraw units instead.',
  },
  'sale-state': {
    status: 409,
    title: 'Sale cannot change to that state',
    retry: 'no',
    meaning: 'The sale is in a state from which this transition is not possible.',
  },
  'precondition-failed': {
    status: 412,
    title: 'Precondition failed',
    retry: 'change-request',
    meaning: 'The resource has changed since the ETag you sent, or exists already. Read it again.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    retry: 'same-request',
    meaning: 'Wait for the seconds of Retry-After, then repeat.',
  },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    retry: 'same-request',
    meaning: 'A part of the system is busy or away. Repeat the same request, with the same Idempotency-Key, after Retry-After seconds.',
  },
} as const satisfies Record<string, Problem>;

export type ProblemCode = keyof typeof problems;
