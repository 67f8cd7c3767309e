import { readFileSync } from 'node:fs';
import * as z from 'zod';
import * as api from '../lambdas/contracts/api.ts';
import { problemGuide } from '../lambdas/contracts/problem-guide.ts';
import { type ProblemCode, problems } from '../lambdas/contracts/problems.ts';
import { type Operation, type Route, routes } from '../lambdas/contracts/routes.ts';

interface OperationDoc {
  readonly summary: string;
  readonly body?: z.core.$ZodType;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly required?: boolean }>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<number, { readonly description: string; readonly schema?: z.core.$ZodType }>>;
  readonly problems: readonly ProblemCode[];
}

const body: readonly ProblemCode[] = ['payload-too-large', 'unsupported-media-type', 'invalid-json', 'invalid-request'];
const operator: readonly ProblemCode[] = ['unauthenticated', 'forbidden'];
const paging = { limit: '1 to 100, 25 by default', cursor: 'nextCursor of the page before' };
const ifNoneMatch = { 'If-None-Match': { description: 'ETag of the copy you have; 304 when it is still good' } };

/** What each operation takes and gives, beside its route. */
const operations: Record<Operation, OperationDoc> = {
  getHealth: {
    summary: 'Whether the service runs; touches nothing',
    answers: { 200: { description: 'It runs', schema: api.healthSchema } },
    problems: [],
  },
  getReady: {
    summary: 'Whether every dependency answers',
    answers: { 200: { description: 'All answer', schema: api.readySchema }, 503: { description: 'Some do not', schema: api.readySchema } },
    problems: [],
  },
  getOpenApi: { summary: 'This document', answers: { 200: { description: 'OpenAPI 3.1' } }, problems: [] },
  createGuest: {
    summary: 'A guest token, for a customer without an identity provider',
    body: api.emptySchema,
    answers: { 201: { description: 'A new guest', schema: api.guestSchema } },
    problems: [...body, 'forbidden', 'rate-limited', 'unavailable'],
  },
  listSales: {
    summary: 'Sales by id',
    query: { state: 'Only sales in this state', ...paging },
    headers: ifNoneMatch,
    answers: { 200: { description: 'A page of sales', schema: api.saleListSchema }, 304: { description: 'Not changed' } },
    problems: ['invalid-request', 'unavailable'],
  },
  getSale: {
    summary: 'One sale',
    headers: ifNoneMatch,
    answers: { 200: { description: 'The sale', schema: api.saleSchema }, 304: { description: 'Not changed' } },
    problems: ['sale-not-found', 'unavailable'],
  },
  getAvailability: {
    summary: 'What is left, at most 2 s old',
    headers: ifNoneMatch,
    answers: { 200: { description: 'Units left by sku', schema: api.availabilitySchema }, 304: { description: 'Not changed' } },
    problems: ['sale-not-found', 'unavailable'],
  },
  listSeats: {
    summary: 'The seats of an item of assigned seating, in their order, and which of them are taken; at most 2 s old',
    query: { limit: '1 to 5000, 1000 by default', cursor: 'nextCursor of the page before' },
    headers: ifNoneMatch,
    answers: { 200: { description: 'A page of seats', schema: api.seatListSchema }, 304: { description: 'Not changed' } },
    problems: ['invalid-request', 'sale-not-found', 'not-found', 'unavailable'],
  },
  createOrder: {
    summary: 'Orders units: all lines or none',
    headers: {
      'Idempotency-Key': {
        description: '1 to 255 visible ASCII characters, yours for this order; repeat it on each retry',
        required: true,
      },
    },
    body: api.createOrderSchema,
    answers: {
      202: {
        description: 'Units are set aside and the order is durably queued; Idempotency-Replayed: true when it was known',
        schema: api.orderAnswerSchema,
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
      saleId: 'Only orders of this sale',
      idempotencyKey:
        'With saleId: the order that was made under this key; none means that nothing is known of it, and it may be sent again',
      customerId: 'Operators only, who must name a customer',
      ...paging,
    },
    answers: { 200: { description: 'A page of orders; nextCursor is missing on the last one', schema: api.orderListSchema } },
    problems: ['unauthenticated', 'invalid-request', 'sale-not-found', 'unavailable'],
  },
  getOrder: {
    summary: 'An order as it now stands',
    headers: { Prefer: { description: 'wait=N, N up to 5: answer when the order is no longer accepted, at the latest after N seconds' } },
    answers: { 200: { description: 'The order', schema: api.orderAnswerSchema } },
    problems: ['unauthenticated', 'not-found', 'unavailable'],
  },
  cancelOrder: {
    summary:
      'Cancels an order: by its customer while accepted or held, by an operator also while confirmed or withdrawn. Its units return to sale. Cancelled already: the same answer',
    body: api.emptySchema,
    answers: { 200: { description: 'It is cancelled', schema: api.orderAnswerSchema } },
    problems: ['unauthenticated', ...body, 'not-found', 'order-state', 'unavailable'],
  },
  putSale: {
    summary: 'Creates or replaces a sale',
    headers: { 'If-Match': { description: 'ETag the sale must have' }, 'If-None-Match': { description: '* creates only' } },
    body: api.putSaleSchema,
    answers: {
      200: { description: 'Replaced', schema: api.adminSaleSchema },
      201: { description: 'Created', schema: api.adminSaleSchema },
    },
    problems: [...operator, ...body, 'precondition-failed', 'sale-already-opened', 'capacity-in-use', 'unavailable'],
  },
  getAdminSale: {
    summary: 'A sale with all that was put, and its ETag',
    answers: { 200: { description: 'The sale', schema: api.adminSaleSchema } },
    problems: [...operator, 'sale-not-found', 'unavailable'],
  },
  openSale: {
    summary:
      'Opens a scheduled sale now, or a closed one whose closesAt is ahead (put a later one first); makes its gate again if it was lost',
    body: api.emptySchema,
    answers: { 200: { description: 'It is open', schema: api.adminSaleSchema } },
    problems: [...operator, ...body, 'sale-not-found', 'sale-state', 'unavailable'],
  },
  pauseSale: {
    summary: 'Takes no new orders until the sale is resumed; known orders are answered, and go on. In effect within 1 s',
    body: api.emptySchema,
    answers: { 200: { description: 'It is paused', schema: api.adminSaleSchema } },
    problems: [...operator, ...body, 'sale-not-found', 'sale-state', 'unavailable'],
  },
  resumeSale: {
    summary: 'Ends a pause; makes the gate again if it was lost',
    body: api.emptySchema,
    answers: { 200: { description: 'It is open', schema: api.adminSaleSchema } },
    problems: [...operator, ...body, 'sale-not-found', 'sale-state', 'unavailable'],
  },
  closeSale: {
    summary: 'Closes a sale now: it stays closed until it is opened again, whatever closesAt is put',
    body: api.emptySchema,
    answers: { 200: { description: 'It is closed', schema: api.adminSaleSchema } },
    problems: [...operator, ...body, 'sale-not-found', 'sale-state', 'unavailable'],
  },
  listSaleOrders: {
    summary: 'Orders of a sale from held on, newest first',
    query: { state: 'Only orders in this state; a page may then be short: go on while there is a nextCursor', ...paging },
    answers: { 200: { description: 'A page of orders; nextCursor is missing on the last one', schema: api.orderListSchema } },
    problems: [...operator, 'invalid-request', 'sale-not-found', 'unavailable'],
  },
  changeStock: {
    summary:
      'Adds units to an item, or withdraws free ones, in any state of the sale. Either from then on lets capacities only grow. ' +
      'A withdrawal is all or none: orders of the house of up to 97 units each; cancelling one puts its units back. It waits up to 5 s for their commit. ' +
      'A refusal that nothing was taken for is not remembered; else the key is used up',
    headers: {
      'Idempotency-Key': {
        description: '1 to 255 visible ASCII characters, yours for this operation; repeat it on each retry, also days later',
        required: true,
      },
    },
    body: api.changeStockSchema,
    answers: {
      200: { description: 'Done; Idempotency-Replayed: true when it was known', schema: api.stockSchema },
      202: {
        description: 'Some orders of the withdrawal are not committed yet: repeat the request to learn the end',
        schema: api.stockSchema,
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
    answers: { 200: { description: 'The report', schema: api.reportSchema } },
    problems: [...operator, 'sale-not-found', 'unavailable'],
  },
  getAudit: {
    summary: 'Proves the books of a sale',
    answers: { 200: { description: 'ok, or what is wrong', schema: api.auditSchema } },
    problems: [...operator, 'sale-not-found', 'unavailable'],
  },
};

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { enum: Object.keys(problems) },
    requestId: { type: 'string' },
    errors: { type: 'array', items: { type: 'object', properties: { pointer: { type: 'string' }, message: { type: 'string' } } } },
  },
};

/** The OpenAPI 3.1 document, generated from the route table, the schemas that validate requests, and the problem catalogue. */
export function openApiDocument(): object {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  const paths: Record<string, Record<string, object>> = {};
  for (const [operation, route] of Object.entries(routes) as [Operation, Route][]) {
    (paths[route.path] ??= {})[route.method.toLowerCase()] = describe(operation, route, operations[operation]);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Penstock', version, description: 'Sells limited stock to a crowd: no unit twice, no order lost.' },
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A guest token, or an operator key (psk_…)' } },
    },
  };
}

function describe(operation: Operation, route: Route, doc: OperationDoc): object {
  const path = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const query = Object.entries(doc.query ?? {}).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }));
  const header = Object.entries(doc.headers ?? {}).map(([name, { description, required = false }]) => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string' },
  }));
  return {
    operationId: operation,
    summary: doc.summary,
    parameters: [...path, ...query, ...header],
    ...(route.caller === 'anyone' ? { security: [] } : { security: [{ bearer: [] }] }),
    ...(doc.body === undefined
      ? {}
      : {
          requestBody: {
            required: doc.body !== api.emptySchema,
            content: { 'application/json': { schema: jsonSchema(doc.body, 'input') } },
          },
        }),
    responses: { ...answersOf(doc), ...problemsOf(doc) },
  };
}

function answersOf(doc: OperationDoc): Record<string, object> {
  return Object.fromEntries(
    Object.entries(doc.answers).map(([status, { description, schema }]) => [
      status,
      { description, ...(schema === undefined ? {} : { content: { 'application/json': { schema: jsonSchema(schema, 'output') } } }) },
    ]),
  );
}

/** Problems by status; several codes may share one. A status that a plain answer has already keeps that answer. */
function problemsOf(doc: OperationDoc): Record<string, object> {
  const byStatus = Map.groupBy(doc.problems, (code) => problems[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `${code}: ${problemGuide[code].meaning}`).join('\n\n'),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

function jsonSchema(schema: z.core.$ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...document } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return document;
}
