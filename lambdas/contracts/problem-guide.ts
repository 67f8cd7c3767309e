import type { ProblemCode } from './problems.ts';

/**
 * Whether a client may try again, and with which Idempotency-Key where the call takes one: never, the same request, or a
 * changed one. A refusal is not remembered, so the same key is safe: should an earlier try have succeeded unseen, it is
 * answered again and not repeated.
 */
export type Retry =
  | { readonly retry: 'no' }
  | { readonly retry: 'same-request'; readonly key: 'same' }
  | { readonly retry: 'change-request'; readonly key: 'same' | 'new' };

/** For people: what a problem means, what to do about it, and whether to try again. */
export type ProblemAdvice = Retry & { readonly meaning: string; readonly action: string };

/** Advice for each problem. Apart from the catalogue, so that only the function that shows it carries the texts. */
export const problemGuide: Readonly<Record<ProblemCode, ProblemAdvice>> = {
  'not-found': {
    retry: 'no',
    meaning: 'There is no such path, or no such order for this caller.',
    action: 'Check the address. An order is shown to its own customer and to operators only.',
  },
  'method-not-allowed': {
    retry: 'no',
    meaning: 'The path exists, but not with this method.',
    action: 'Use one of the methods that the Allow header lists.',
  },
  unauthenticated: {
    retry: 'change-request',
    key: 'same',
    meaning: 'The Authorization header is missing, malformed, forged or expired.',
    action: 'Send Authorization: Bearer with a valid token or operator key.',
  },
  forbidden: {
    retry: 'no',
    meaning: 'The caller is known, but may not do this.',
    action: 'Use the credentials of somebody who may, or ask the operator of this service.',
  },
  'payload-too-large': {
    retry: 'change-request',
    key: 'same',
    meaning: 'The body is over 64 KiB.',
    action: 'Send less in one request.',
  },
  'unsupported-media-type': {
    retry: 'change-request',
    key: 'same',
    meaning: 'The body is in a format or an encoding that is not taken.',
    action: 'Send it as it is, in UTF-8, with Content-Type: application/json and no Content-Encoding.',
  },
  'invalid-json': {
    retry: 'change-request',
    key: 'same',
    meaning: 'The body could not be read as JSON.',
    action: 'Send well-formed JSON in UTF-8; detail tells where reading stopped.',
  },
  'invalid-request': {
    retry: 'change-request',
    key: 'same',
    meaning: 'A member of the request is missing, unknown or out of bounds.',
    action: 'Mend what errors lists: each entry points at a member and tells what is expected there.',
  },
  'idempotency-key-required': {
    retry: 'change-request',
    key: 'new',
    meaning: 'The call needs an Idempotency-Key, so that a repetition does nothing twice.',
    action: 'Make a key of 1 to 255 visible ASCII characters for this one order, store it with the order, and send it on every try.',
  },
  'sale-not-found': {
    retry: 'no',
    meaning: 'There is no sale with this id.',
    action: 'Check the id; GET /v1/sales lists the sales there are.',
  },
  'unknown-sku': {
    retry: 'change-request',
    key: 'same',
    meaning: 'A line names a sku that this sale does not have.',
    action: 'Choose among the items of the sale; errors tells which lines to change.',
  },
  'idempotency-key-reused': {
    retry: 'change-request',
    key: 'new',
    meaning: 'This key was first used with a different request, which stands as it was.',
    action: 'For a new order make a new key. To learn of the first one, repeat it as it was, under this key.',
  },
  'sale-not-open': {
    retry: 'same-request',
    key: 'same',
    meaning: 'The sale is scheduled, paused or closed.',
    action: 'Look at state and opensAt: try again when the sale is open. Nothing was set aside.',
  },
  'customer-limit': {
    retry: 'change-request',
    key: 'same',
    meaning: 'The order would pass the limit of units that a customer may have in this sale.',
    action: 'Ask for no more than remaining. Units of a cancelled or expired order count no longer.',
  },
  'seat-taken': {
    retry: 'change-request',
    key: 'same',
    meaning: 'A seat asked for is gone.',
    action: 'Choose others; seats lists which are taken.',
  },
  'sold-out': {
    retry: 'same-request',
    key: 'same',
    meaning: 'Fewer units are left than asked for.',
    action: 'Ask for no more than available, or try again later: units of cancelled and expired orders return to sale.',
  },
  'sale-already-opened': {
    retry: 'change-request',
    key: 'same',
    meaning: 'Once a sale has opened only its name, end, customer limit, admission rates, new items and higher capacities may change.',
    action: 'Leave what members lists as it was.',
  },
  'capacity-in-use': {
    retry: 'change-request',
    key: 'new',
    meaning:
      'Once a sale has opened, or its stock was added to or withdrawn from, capacity only grows: withdraw units instead. A withdrawal needs as many free units as it asks for; available tells how many there are.',
    action: 'Put a capacity no lower than the one it has, or withdraw less under a new key.',
  },
  'sale-state': {
    retry: 'no',
    meaning: 'The sale is in a state from which this transition is not possible.',
    action:
      'Look at state, and at detail for what is possible from it; to sell on after the end, put a later closesAt, then open the sale.',
  },
  'order-state': {
    retry: 'no',
    meaning: 'The order is in a state from which this is not possible; state tells which.',
    action:
      'Read the order: what is asked for may be done already, or can no longer be done. A payment that it could not take stands in its refunds: pay it back.',
  },
  'payment-mismatch': {
    retry: 'change-request',
    key: 'same',
    meaning: 'The amount or the currency of the payment is not the order’s. Nothing was recorded.',
    action: 'Compare with total and currency of the order. If the payment was really made so, pay it back and take a new one.',
  },
  'hold-expired': {
    retry: 'no',
    meaning:
      'The payment came after the hold had ended, and the order could not be taken up again: a unit of it is another order’s by now, or the customer’s limit has no room for it.',
    action: 'Pay it back: the order lists it in refunds.',
  },
  'invalid-signature': {
    retry: 'no',
    meaning: 'The message does not bear a signature of the payment provider for these very bytes, or an old one.',
    action: 'Only the provider calls this. Store the signing secret of its webhook endpoint in the deployment’s secret for it.',
  },
  'precondition-failed': {
    retry: 'change-request',
    key: 'same',
    meaning: 'The resource has changed since the ETag you sent, or exists already.',
    action: 'Read it again, decide anew, and send its present ETag.',
  },
  'rate-limited': {
    retry: 'same-request',
    key: 'same',
    meaning: 'Too many requests came from this caller within a short time.',
    action: 'Wait for the seconds of Retry-After, then repeat the request.',
  },
  unavailable: {
    retry: 'same-request',
    key: 'same',
    meaning: 'A part of the system is busy or away; whether the request took effect is not known.',
    action: 'Repeat the very same request after the seconds of Retry-After, waiting longer each time it fails again.',
  },
};
