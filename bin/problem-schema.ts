import { problems } from '../lambdas/contracts/problems.ts';

const units = { type: 'integer', minimum: 0 };

/** JSON Schema of a problem (RFC 9457): the members that all have, and those that some codes add. */
export const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'],
  properties: {
    type: { type: 'string', pattern: '^/problems/[a-z-]+$', description: 'Address of a page for people about this code' },
    title: { type: 'string' },
    status: { type: 'integer', enum: [...new Set(Object.values(problems).map(({ status }) => status))].sort((a, b) => a - b) },
    detail: { type: 'string', description: 'What is wrong with this very request' },
    instance: { type: 'string', description: 'Path of the request' },
    code: { enum: Object.keys(problems) },
    requestId: { type: 'string', description: 'As in X-Request-Id' },
    errors: {
      type: 'array',
      description: 'invalid-request, unknown-sku, seat-taken: each fault, by JSON Pointer into the body, or #header/…, #query/…, #path/…',
      items: {
        type: 'object',
        required: ['pointer', 'message'],
        properties: { pointer: { type: 'string' }, message: { type: 'string' } },
      },
    },
    available: {
      oneOf: [{ type: 'object', additionalProperties: units }, units],
      description: 'sold-out: units left by sku · capacity-in-use of a withdrawal: units that are free',
    },
    seats: { type: 'array', items: { type: 'string' }, description: 'seat-taken: those that others have' },
    remaining: { ...units, description: 'customer-limit: units left to this customer' },
    state: { type: 'string', description: 'sale-not-open, sale-state, order-state: the state as it is' },
    opensAt: { type: 'string', description: 'sale-not-open: when it opens or opened' },
    members: { type: 'array', items: { type: 'string' }, description: 'sale-already-opened: what may not change' },
    sku: { type: 'string', description: 'capacity-in-use: the item' },
    capacity: { ...units, description: 'capacity-in-use: what it has' },
  },
} as const;
