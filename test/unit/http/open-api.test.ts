import { limits } from '../../../lambdas/contracts/limits.ts';
import { describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import * as z from 'zod';
import { openApiDocument } from '../../../bin/openapi.ts';
import { orderAnswerSchema, saleSchema } from '../../../lambdas/contracts/answers.ts';
import { createOrderSchema, putSaleSchema } from '../../../lambdas/contracts/api.ts';
import { problemGuide } from '../../../lambdas/contracts/problem-guide.ts';
import { problems } from '../../../lambdas/contracts/problems.ts';
import { type ApiOperation, type Route, routes } from '../../../lambdas/contracts/routes.ts';
import { orderAnswer } from '../../../lambdas/http/order-answer.ts';
import { saleAnswer } from '../../../lambdas/http/sale-answer.ts';
import { SchemaChecker } from '../../support/json-schema.ts';
import { acceptedOrder, heldOrder, nowMs, saleOf } from '../../support/builders.ts';

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: object }[];
  readonly security: readonly object[];
  readonly requestBody?: Content & { readonly required: boolean };
  readonly responses: Readonly<Record<string, Content & { readonly description: string }>>;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>>; readonly securitySchemes: Readonly<Record<string, object>> };
}

// Through JSON, as it is served.
const document = JSON.parse(JSON.stringify(openApiDocument())) as Document;
const table = (Object.entries(routes) as [ApiOperation, Route][]).filter(([, { path }]) => path.startsWith('/v1/'));

function operationOf(name: ApiOperation): Described {
  const { path, method } = routes[name];
  const found = document.paths[path]?.[method.toLowerCase()];
  if (!found) throw new Error(`${name} is not described`);
  return found;
}

/** Every value under a key of that name, anywhere below. */
function valuesOf(node: unknown, key: string): unknown[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => [...(name === key ? [value] : []), ...valuesOf(value, key)]);
}

const checker = new SchemaChecker(document.components);

/** What a validator that is not ours finds wrong with a value, by a schema of the document. */
function faultsOf(schema: object | undefined, value: unknown): string[] {
  if (!schema) throw new Error('no schema');
  return checker.faults(schema, value);
}

describe('the OpenAPI document', () => {
  test('is of version 3.1.0, with title and version', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info.title).toBe('Penstock');
    expect(document.info.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('is accepted by a validator that is not ours', async () => {
    const validator = new Validator();
    expect(await validator.validate({ ...document })).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  test('describes every route below /v1 once and nothing else', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described.toSorted()).toEqual(table.map(([, { method, path }]) => `${method.toLowerCase()} ${path}`).toSorted());
  });

  test.each(table)('%s has its name, a summary, its parameters and its security', (operation, route) => {
    const described = operationOf(operation);
    expect(described.operationId).toBe(operation);
    expect(described.summary).not.toBe('');
    const inPath = described.parameters.filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => `{${name}}`)).toEqual(route.path.match(/\{\w+\}/g) ?? []);
    expect(inPath.every(({ required }) => required)).toBe(true);
    expect(described.security).toEqual(route.caller === 'anyone' ? [] : [{ bearer: [] }]);
    expect(Object.keys(document.components.securitySchemes)).toEqual(['bearer']);
  });

  test.each(table)('%s describes a body exactly where it takes one, and a success', (operation, route) => {
    const { requestBody, responses } = operationOf(operation);
    expect(requestBody !== undefined).toBe(route.method !== 'GET');
    expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true);
    for (const { description } of Object.values(responses)) expect(description).not.toBe('');
  });

  test.each(table)(
    '%s lists 401 exactly where a proof is needed, 403 where only operators may, and 304 where an ETag is compared',
    (operation, route) => {
      const { responses, parameters } = operationOf(operation);
      expect('401' in responses).toBe(route.caller !== 'anyone');
      if (route.caller === 'operator') expect(responses).toHaveProperty('403');
      const conditional = route.method === 'GET' && parameters.some(({ name }) => name === 'If-None-Match');
      expect('304' in responses).toBe(conditional);
    },
  );

  test('resolves every reference', () => {
    const references = valuesOf(document, '$ref');
    expect(references.length).toBeGreaterThan(0);
    for (const reference of references) {
      const parts = String(reference).replace(/^#\//, '').split('/');
      const target = parts.reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], document);
      expect([reference, typeof target]).toEqual([reference, 'object']);
    }
  });

  test('knows every problem of the catalogue, each explained, and names no other', () => {
    const codes = Object.keys(problems);
    expect(Object.keys(problemGuide).toSorted()).toEqual(codes.toSorted());
    expect(document.components.schemas['Problem']).toMatchObject({ properties: { code: { enum: codes } } });
    for (const methods of Object.values(document.paths)) {
      for (const { responses } of Object.values(methods)) {
        for (const [status, { content, description }] of Object.entries(responses)) {
          if (!content?.['application/problem+json']) continue;
          const { schema } = content['application/problem+json'];
          const listed = valuesOf(schema, 'code').flatMap((member) => (member as { enum: (keyof typeof problems)[] }).enum);
          expect(listed.length).toBeGreaterThan(0);
          for (const code of listed) {
            expect([code, problems[code].status]).toEqual([code, Number(status)]);
            expect(description).toContain(`${code}: ${problemGuide[code].meaning}`);
          }
        }
      }
    }
  });

  test('needs the Idempotency-Key of an order', () => {
    expect(operationOf('createOrder').parameters).toContainEqual(
      expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
    );
  });
});

const line = { sku: 'shirt', quantity: 1 };
const item = { sku: 'shirt', name: 'Shirt', unitPrice: 4999, capacity: 10, orderLimit: 4, seating: 'general' };
const sale = {
  name: 'Drop',
  opensAt: '2026-11-22T09:00:00Z',
  closesAt: '2026-11-22T11:00:00Z',
  currency: 'EUR',
  holdSeconds: 600,
  customerLimit: 0,
  items: [item],
};

describe('the schemas in it agree with those that validate', () => {
  const samples: readonly [ApiOperation, z.core.$ZodType, unknown][] = [
    ['createOrder', createOrderSchema, { lines: [line] }],
    ['createOrder', createOrderSchema, { lines: [line], reference: 'r', metadata: { a: '' }, customerId: 'c' }],
    ['createOrder', createOrderSchema, {}],
    ['createOrder', createOrderSchema, { lines: [] }],
    ['createOrder', createOrderSchema, { lines: [{ ...line, quantity: 0 }] }],
    ['createOrder', createOrderSchema, { lines: [{ ...line, quantity: 50 }] }],
    ['createOrder', createOrderSchema, { lines: [{ ...line, quantity: 51 }] }],
    ['createOrder', createOrderSchema, { lines: [{ ...line, quantity: 1.5 }] }],
    ['createOrder', createOrderSchema, { lines: [{ ...line, sku: 'A' }] }],
    ['createOrder', createOrderSchema, { lines: [{ ...line, seats: [] }] }],
    ['createOrder', createOrderSchema, { lines: [{ ...line, quantity: 2, seats: ['A1', 'Loge Süd 3'] }] }],
    ['createOrder', createOrderSchema, { lines: [{ ...line, seats: ['A  1'] }] }],
    ['createOrder', createOrderSchema, { lines: [{ ...line, seats: ['s'.repeat(41)] }] }],
    ['createOrder', createOrderSchema, { lines: Array.from({ length: 21 }, (_, index) => ({ sku: `s${index}`, quantity: 1 })) }],
    ['createOrder', createOrderSchema, { lines: [line], reference: '' }],
    ['createOrder', createOrderSchema, { lines: [line], reference: 'r'.repeat(101) }],
    ['createOrder', createOrderSchema, { lines: [line], metadata: { a: 1 } }],
    ['createOrder', createOrderSchema, { lines: [line], customerId: 'a b' }],
    ['createOrder', createOrderSchema, { lines: [line], other: 1 }],
    ['putSale', putSaleSchema, sale],
    ['putSale', putSaleSchema, { ...sale, lanes: 1, waitingRoom: { enabled: false, admitPerSecond: 1 } }],
    ['putSale', putSaleSchema, { ...sale, lanes: limits.lanesPerSale + 1 }],
    ['putSale', putSaleSchema, { ...sale, waitingRoom: { enabled: true } }],
    ['putSale', putSaleSchema, { ...sale, opensAt: 'soon' }],
    ['putSale', putSaleSchema, { ...sale, currency: 'eur' }],
    ['putSale', putSaleSchema, { ...sale, holdSeconds: 29 }],
    ['putSale', putSaleSchema, { ...sale, holdSeconds: 86_400 }],
    ['putSale', putSaleSchema, { ...sale, items: [] }],
    ['putSale', putSaleSchema, { ...sale, items: [{ ...item, seating: 'assigned' }] }],
    ['putSale', putSaleSchema, { ...sale, items: [{ ...item, capacity: 2, seating: 'assigned', seats: ['A1', 'A2'] }] }],
    ['putSale', putSaleSchema, { ...sale, items: [{ ...item, seating: 'standing' }] }],
    ['putSale', putSaleSchema, { ...sale, items: [{ ...item, seating: 'assigned', seats: [] }] }],
    ['putSale', putSaleSchema, { ...sale, items: [{ ...item, capacity: 10_000_001 }] }],
    ['putSale', putSaleSchema, { ...sale, title: 'x' }],
  ];

  test.each(samples)('%s: %#', (operation, schema, sample) => {
    const described = faultsOf(operationOf(operation).requestBody?.content?.['application/json']?.schema, sample);
    expect(described.length === 0).toBe(z.safeParse(schema, sample).success);
  });

  test('the samples are of both kinds', () => {
    const taken = samples.filter(([, schema, sample]) => z.safeParse(schema, sample).success).length;
    expect([taken, samples.length - taken]).toEqual([9, 25]);
  });

  test('what handlers answer is what the document says', () => {
    const faults = (operation: ApiOperation, status: string, answer: unknown) =>
      faultsOf(operationOf(operation).responses[status]?.content?.['application/json']?.schema, answer);
    const answers = [
      acceptedOrder(),
      heldOrder(),
      heldOrder({ changes: { state: 'rejected', reason: 'sold-out', reference: 'r', metadata: {} } }),
    ];
    for (const order of answers) {
      const answer = JSON.parse(JSON.stringify(orderAnswer(order))) as object;
      expect(z.safeParse(orderAnswerSchema, answer).error).toBeUndefined();
      expect(faults('createOrder', '202', answer)).toEqual([]);
      expect(faults('getOrder', '200', { ...answer, inside: 1 })).toHaveLength(1);
    }
    const answer = saleAnswer(saleOf(), nowMs);
    expect(z.safeParse(saleSchema, answer).error).toBeUndefined();
    expect(faults('getSale', '200', answer)).toEqual([]);
    expect(faults('listSales', '200', { items: [answer] })).toEqual([]);
  });
});
