/** The catalogue of problems (RFC 9457). Each answer that is not a success bears one of these codes. What each means: problem-guide.ts. */
export const problems = {
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  unauthenticated: { status: 401, title: 'Proof of identity needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  'payload-too-large': { status: 413, title: 'Body too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'invalid-json': { status: 400, title: 'Body is not JSON' },
  'invalid-request': { status: 400, title: 'Request is not valid' },
  'idempotency-key-required': { status: 400, title: 'Idempotency-Key needed' },
  'sale-not-found': { status: 404, title: 'No such sale' },
  'unknown-sku': { status: 422, title: 'No such item in the sale' },
  'idempotency-key-reused': { status: 422, title: 'Idempotency-Key used with another body' },
  'sale-not-open': { status: 409, title: 'Sale is not open' },
  'customer-limit': { status: 409, title: 'Customer limit reached' },
  'seat-taken': { status: 409, title: 'Seat taken' },
  'sold-out': { status: 409, title: 'Not enough units left' },
  'sale-already-opened': { status: 409, title: 'Sale has opened' },
  'capacity-in-use': { status: 409, title: 'Units are in use' },
  'sale-state': { status: 409, title: 'Sale cannot change to that state' },
  'order-state': { status: 409, title: 'Order cannot change to that state' },
  'payment-mismatch': { status: 422, title: 'Payment is not of the order’s amount' },
  'hold-expired': { status: 409, title: 'Payment came too late' },
  'invalid-signature': { status: 400, title: 'Signature is not valid' },
  'precondition-failed': { status: 412, title: 'Precondition failed' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

/** What a client tells problems apart by: the end of a problem’s `type`, and its `code`. */
export type ProblemCode = keyof typeof problems;
