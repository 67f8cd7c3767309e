import { readFileSync } from 'node:fs';
import * as answers from '../lambdas/contracts/answers.ts';
import * as api from '../lambdas/contracts/api.ts';
import { limits } from '../lambdas/contracts/limits.ts';
import type { ProblemCode } from '../lambdas/contracts/problems.ts';
import { type ApiOperation, type Route, routes } from '../lambdas/contracts/routes.ts';
import { answerHeaders, describeOperation, type OperationDoc } from './describe-operation.ts';
import { problemSchema } from './problem-schema.ts';

const body: readonly ProblemCode[] = ['payload-too-large', 'unsupported-media-type', 'invalid-json', 'invalid-request'];
const operator: readonly ProblemCode[] = ['unauthenticated', 'forbidden'];
const paging = {
  limit: {
    description: 'Entries of a page',
    schema: { type: 'integer', minimum: 1, maximum: limits.pageItemsMax, default: limits.pageItemsDefault },
  },
  cursor: { description: 'nextCursor of the page before' },
};
const ifNoneMatch = { 'If-None-Match': { description: 'ETag of the copy you have; 304 when it is still good' } };

const notChanged = { description: 'Not changed', headers: ['ETag'] } as const;

/** What each operation takes and gives, beside its route. */
const operations: Record<ApiOperation, OperationDoc> = {
  getHealth: {
    summary: 'Whether the service runs; touches nothing',
    answers: { 200: { description: 'It runs', schema: answers.healthSchema } },
    problems: ['unavailable'],
  },
  getReady: {
    summary: 'Whether every dependency answers',
    answers: {
      200: { description: 'All answer', schema: answers.readySchema },
      503: { description: 'Some do not', schema: answers.readySchema, headers: ['Retry-After'] },
    },
    problems: ['unavailable'],
  },
  getOpenApi: {
    summary: 'This document',
    headers: ifNoneMatch,
    answers: { 200: { description: 'OpenAPI 3.1', schema: { type: 'object' }, headers: ['ETag'] }, 304: notChanged },
    problems: ['unavailable'],
  },
  createGuest: {
    summary: 'A guest token, for a customer without an identity provider',
    body: api.emptySchema,
    answers: { 201: { description: 'A new guest', schema: answers.guestSchema, headers: ['RateLimit', 'RateLimit-Policy'] } },
    problems: [...body, 'forbidden', 'rate-limited', 'unavailable'],
  },
  listSales: {
    summary: 'Sales by id',
    query: { state: { description: 'Only sales in this state', schema: api.saleStateSchema }, ...paging },
    headers: ifNoneMatch,
    answers: { 200: { description: 'A page of sales', schema: answers.saleListSchema, headers: ['ETag'] }, 304: notChanged },
    problems: ['invalid-request', 'unavailable'],
  },
  getSale: {
    summary: 'One sale',
    headers: ifNoneMatch,
    answers: { 200: { description: 'The sale', schema: answers.saleSchema, headers: ['ETag'] }, 304: notChanged },
    problems: ['sale-not-found', 'unavailable'],
  },
  getAvailability: {
    summary: 'What is left, at most 2 s old',
    headers: ifNoneMatch,
    answers: { 200: { description: 'Units left by sku', schema: answers.availabilitySchema, headers: ['ETag'] }, 304: notChanged },
    problems: ['sale-not-found', 'unavailable'],
  },
  listSeats: {
    summary: 'The seats of an item of assigned seating, in their order, and which of them are taken; at most 2 s old',
    query: {
      limit: {
        description: `1 to ${limits.seatPageMax}, ${limits.seatPageDefault} by default`,
        schema: { type: 'string', pattern: '^[1-9]\\d{0,3}$' },
      },
      cursor: { description: 'nextCursor of the page before' },
    },
    headers: ifNoneMatch,
    answers: { 200: { description: 'A page of seats', schema: answers.seatListSchema, headers: ['ETag'] }, 304: notChanged },
    problems: ['invalid-request', 'sale-not-found', 'not-found', 'unavailable'],
  },
  createOrder: {
    summary: 'Orders units: all lines or none',
    headers: {
      'Idempotency-Key': {
        description: 'Yours for this order; repeat it on each retry',
        required: true,
        schema: api.idempotencyKeySchema,
      },
    },
    body: api.createOrderSchema,
    answers: {
      202: {
        description: 'Units are set aside and the order is durably queued; Idempotency-Replayed: true when it was known',
        schema: answers.orderAnswerSchema,
        headers: ['Location'],
        sometimes: ['Idempotency-Replayed'],
      },
    },
    problems: [
      'unauthenticated',
      ...body,
      'idempotency-key-required',
      'sale-not-found',
      'unknown-sku',
      'idempotency-key-reused',
      'sale-not-open',
      'customer-limit',
      'seat-taken',
      'sold-out',
      'unavailable',
    ],
  },
  listOwnOrders: {
    summary: 'The caller’s own orders from held on, newest first; with idempotencyKey the one order made under it, in any state',
    query: {
      saleId: { description: 'Only orders of this sale', schema: api.saleIdSchema },
      idempotencyKey: {
        description:
          'With saleId: the order that was made under this key; none means that nothing is known of it, and it may be sent again',
        schema: api.idempotencyKeySchema,
      },
      customerId: { description: 'Operators only, who must name a customer', schema: api.customerIdSchema },
      ...paging,
    },
    answers: { 200: { description: 'A page of orders; nextCursor is missing on the last one', schema: answers.orderListSchema } },
    problems: ['unauthenticated', 'invalid-request', 'sale-not-found', 'unavailable'],
  },
  getOrder: {
    summary: 'An order as it now stands',
    headers: { Prefer: { description: 'wait=N, N up to 5: answer when the order is no longer accepted, at the latest after N seconds' } },
    answers: { 200: { description: 'The order', schema: answers.orderAnswerSchema, sometimes: ['Preference-Applied', 'Retry-After'] } },
    problems: ['unauthenticated', 'not-found', 'unavailable'],
  },
  cancelOrder: {
    summary:
      'Cancels an order: by its customer while accepted or held, by an operator also while confirmed or withdrawn. Its units return to sale. Cancelled already: the same answer',
    body: api.emptySchema,
    answers: { 200: { description: 'It is cancelled', schema: answers.orderAnswerSchema } },
    problems: ['unauthenticated', ...body, 'not-found', 'order-state', 'unavailable'],
  },
  confirmOrder: {
    summary:
      'Confirms an order by a payment, idempotent by its provider and id. While accepted it waits up to 5 s for the commit. After expiry ' +
      'the order is taken up again if every unit is still free. A payment that the order cannot take stands in its refunds',
    body: api.confirmOrderSchema,
    answers: { 200: { description: 'It is confirmed by this payment, now or before', schema: answers.orderAnswerSchema } },
    problems: [...operator, ...body, 'not-found', 'payment-mismatch', 'order-state', 'hold-expired', 'unavailable'],
  },
  receiveStripeEvent: {
    summary:
      'A webhook endpoint for Stripe: payment_intent.succeeded confirms the order that metadata.orderId names, charge.refunded cancels it ' +
      'once the whole charge is paid back. Events may come twice, late or out of order; others are taken note of and ignored',
    headers: { 'Stripe-Signature': { description: 'As Stripe signs the bytes of the body, at most 300 s ago', required: true } },
    body: { type: 'object', description: 'An event of Stripe' },
    answers: { 200: { description: 'Taken note of: it need not come again', schema: answers.receivedSchema } },
    problems: ['payload-too-large', 'unsupported-media-type', 'invalid-json', 'invalid-signature', 'unavailable'],
  },
  putSale: {
    summary: 'Creates or replaces a sale',
    headers: { 'If-Match': { description: 'ETag the sale must have' }, 'If-None-Match': { description: '* creates only' } },
    body: api.putSaleSchema,
    answers: {
      200: { description: 'Replaced', schema: answers.adminSaleSchema, headers: ['ETag', 'Location'] },
      201: { description: 'Created', schema: answers.adminSaleSchema, headers: ['ETag', 'Location'] },
    },
    problems: [...operator, ...body, 'precondition-failed', 'sale-already-opened', 'capacity-in-use', 'unavailable'],
  },
  getAdminSale: {
    summary: 'A sale with all that was put, and its ETag',
    answers: { 200: { description: 'The sale', schema: answers.adminSaleSchema, headers: ['ETag'] } },
    problems: [...operator, 'sale-not-found', 'unavailable'],
  },
  openSale: {
    summary:
      'Opens a scheduled sale now, or a closed one whose closesAt is ahead (put a later one first); makes its gate again if it was lost',
    body: api.emptySchema,
    answers: { 200: { description: 'It is open', schema: answers.adminSaleSchema, headers: ['ETag'] } },
    problems: [...operator, ...body, 'sale-not-found', 'sale-state', 'unavailable'],
  },
  pauseSale: {
    summary: 'Takes no new orders until the sale is resumed; known orders are answered, and go on. In effect within 1 s',
    body: api.emptySchema,
    answers: { 200: { description: 'It is paused', schema: answers.adminSaleSchema, headers: ['ETag'] } },
    problems: [...operator, ...body, 'sale-not-found', 'sale-state', 'unavailable'],
  },
  resumeSale: {
    summary: 'Ends a pause; makes the gate again if it was lost',
    body: api.emptySchema,
    answers: { 200: { description: 'It is open', schema: answers.adminSaleSchema, headers: ['ETag'] } },
    problems: [...operator, ...body, 'sale-not-found', 'sale-state', 'unavailable'],
  },
  closeSale: {
    summary: 'Closes a sale now: it stays closed until it is opened again, whatever closesAt is put',
    body: api.emptySchema,
    answers: { 200: { description: 'It is closed', schema: answers.adminSaleSchema, headers: ['ETag'] } },
    problems: [...operator, ...body, 'sale-not-found', 'unavailable'],
  },
  listSaleOrders: {
    summary: 'Orders of a sale from held on, newest first',
    query: {
      state: {
        description: 'Only orders in this state; a page may then be short: go on while there is a nextCursor',
        schema: api.listedStateSchema,
      },
      ...paging,
    },
    answers: { 200: { description: 'A page of orders; nextCursor is missing on the last one', schema: answers.orderListSchema } },
    problems: [...operator, 'invalid-request', 'sale-not-found', 'unavailable'],
  },
  changeStock: {
    summary:
      'Adds units to an item, or withdraws free ones, in any state of the sale. Either from then on lets capacities only grow. ' +
      'A withdrawal is all or none: orders of the house of up to 97 units each; cancelling one puts its units back. It waits up to 5 s for their commit. ' +
      'A refusal that nothing was taken for is not remembered; else the key is used up',
    headers: {
      'Idempotency-Key': {
        description: 'Yours for this operation; repeat it on each retry, also days later',
        required: true,
        schema: api.idempotencyKeySchema,
      },
    },
    body: api.changeStockSchema,
    answers: {
      200: {
        description: 'Done; Idempotency-Replayed: true when it was known',
        schema: answers.stockSchema,
        sometimes: ['Idempotency-Replayed'],
      },
      202: {
        description: 'Some orders of the withdrawal are not committed yet: repeat the request to learn the end',
        schema: answers.stockSchema,
        sometimes: ['Idempotency-Replayed'],
      },
    },
    problems: [
      ...operator,
      ...body,
      'idempotency-key-required',
      'sale-not-found',
      'unknown-sku',
      'idempotency-key-reused',
      'capacity-in-use',
      'unavailable',
    ],
  },
  getReport: {
    summary: 'What was sold and what waits',
    answers: { 200: { description: 'The report', schema: answers.reportSchema } },
    problems: [...operator, 'sale-not-found', 'unavailable'],
  },
  getAudit: {
    summary: 'Proves the books of a sale',
    answers: { 200: { description: 'ok, or what is wrong', schema: answers.auditSchema } },
    problems: [...operator, 'sale-not-found', 'unavailable'],
  },
};

/** The OpenAPI 3.1 document, generated from the route table, the schemas that validate requests, and the problem catalogue. */
export function openApiDocument(): object {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  const paths: Record<string, Record<string, object>> = {};
  for (const [operation, doc] of Object.entries(operations) as [ApiOperation, OperationDoc][]) {
    const route: Route = routes[operation];
    (paths[route.path] ??= {})[route.method.toLowerCase()] = describeOperation(operation, route, doc);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Penstock',
      version,
      description:
        'Sells limited stock to a crowd: no unit twice, no order lost. Each answer that is no success is a Problem (RFC 9457); what its code means and whether to try again stands at its type, /problems/{code}.',
    },
    paths,
    components: {
      headers: answerHeaders,
      schemas: { Problem: problemSchema },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A guest token, or an operator key (psk_…)' } },
    },
  };
}
