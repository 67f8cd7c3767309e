import { beforeAll, describe, expect, test } from '@jest/globals';
import { openApiDocument } from '../../bin/openapi.ts';
import type { ApiOperation } from '../../lambdas/contracts/routes.ts';
import { type Answer, lineOf } from '../support/api.ts';
import { describeSystem } from '../support/describe-system.ts';
import { SchemaChecker } from '../support/json-schema.ts';
import { stripeSignature } from '../support/stripe-messages.ts';
import { casesWithoutRedis, type OperationCase, operationCases, sales, unprovoked } from './open-api-cases.ts';

interface Header {
  readonly $ref?: string;
  readonly required?: boolean;
  readonly schema: object;
}
interface Response {
  readonly headers: Readonly<Record<string, Header>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
interface Described {
  readonly operationId: ApiOperation;
  readonly security: readonly object[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: object }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, Response>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: {
    readonly headers: Readonly<Record<string, Header>>;
    readonly schemas: { readonly Problem: { readonly properties: Readonly<Record<string, object>> } };
  };
}

// Through JSON, as it is served.
const document = JSON.parse(JSON.stringify(openApiDocument())) as Document;
const checker = new SchemaChecker(document.components);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, described]) => ({ path, method: method.toUpperCase(), described })),
);
type DocumentedOperation = (typeof operations)[number];

/** Codes of the problems that an answer may be. */
function codesOf({ content }: Response): string[] {
  const { allOf } = (content?.['application/problem+json']?.schema ?? {}) as { allOf?: { properties?: { code: { enum: string[] } } }[] };
  return (allOf ?? []).flatMap(({ properties }) => properties?.code.enum ?? []);
}

/** What every operation of its kind refuses, from the document alone. */
function commonCases({ security, requestBody, responses }: Described): OperationCase[] {
  const key = { 'idempotency-key': 'common' };
  return [
    ...(security.length === 0 ? [] : [{ status: 401, code: 'unauthenticated', as: 'nobody' } as const]),
    ...(security.length > 0 && '403' in responses ? [{ status: 403, code: 'forbidden', as: 'guest' } as const] : []),
    ...(requestBody === undefined
      ? []
      : ([
          { status: 413, code: 'payload-too-large', headers: key, raw: `{"x":"${'y'.repeat(65_536)}"}` },
          { status: 415, code: 'unsupported-media-type', headers: { ...key, 'content-type': 'text/plain' }, raw: '{}' },
          { status: 400, code: 'invalid-json', headers: key, raw: '{"x":' },
          ...(codesOf(responses['400'] ?? { headers: {} }).includes('invalid-request')
            ? [{ status: 400, code: 'invalid-request', headers: key, body: { unheardOf: 1 } } as const]
            : []),
        ] as const)),
  ];
}

function casesOf({ described }: DocumentedOperation): readonly OperationCase[] {
  const own = operationCases[described.operationId] as readonly OperationCase[] | undefined;
  if (!own) throw new Error(`${described.operationId} is in the document and has no case: write some into test/e2e/open-api-cases.ts`);
  return [...own, ...commonCases(described)];
}

/** Status and headers of an answer, the media type of its body and all that is in it, against the document. */
function faultsOf({ described }: DocumentedOperation, answer: Answer): string[] {
  const response = described.responses[answer.status];
  if (!response) return [`status ${answer.status} is not documented`];
  const type = (answer.headers.get('content-type') ?? 'none').split(';')[0] ?? '';
  const schema = response.content?.[type]?.schema;
  const bodyFaults = schema
    ? checker.faults(schema, answer.body).map((fault) => `body: ${fault}`)
    : response.content === undefined && answer.body === ''
      ? []
      : [`a body of type ${type} is not documented`];
  const known = document.components.schemas.Problem.properties;
  const strangers = type === 'application/problem+json' ? Object.keys(answer.body as object).filter((member) => !(member in known)) : [];
  return [...bodyFaults, ...strangers.map((member) => `problem member ${member} is not documented`), ...headerFaults(response, answer)];
}

function headerFaults(response: Response, answer: Answer): string[] {
  return Object.entries(document.components.headers).flatMap(([name, component]) => {
    const header = response.headers[name];
    const value = answer.headers.get(name);
    if (value === null) return header && (header.$ref ? component : header).required ? [`header ${name} is missing`] : [];
    if (!header) return [`header ${name} is not documented`];
    return checker.faults(component.schema, value).map((fault) => `header ${name}: ${value} ${fault}`);
  });
}

describe('the cases', () => {
  test.each(operations)('of $described.operationId provoke every answer that is documented', (operation) => {
    const { operationId, responses } = operation.described;
    const last = casesWithoutRedis[operationId];
    const cases = [...casesOf(operation), ...(last ? [last] : [])];
    for (const [status, response] of Object.entries(responses)) {
      const plain = !response.content || 'application/json' in response.content ? [`${operationId} ${status}`] : [];
      const wanted = [...plain, ...codesOf(response).map((code) => `${operationId} ${code}`)];
      const given = new Set([...cases.map((one) => `${operationId} ${one.code ?? one.status}`), ...Object.keys(unprovoked)]);
      expect(wanted.filter((one) => !given.has(one))).toEqual([]);
    }
  });

  test('leave nothing unprovoked that they provoke', () => {
    const given = operations.flatMap((operation) => {
      const last = casesWithoutRedis[operation.described.operationId];
      return [...casesOf(operation), ...(last ? [last] : [])].map(({ code }) => `${operation.described.operationId} ${code}`);
    });
    expect(Object.keys(unprovoked).filter((one) => given.includes(one))).toEqual([]);
  });
});

describeSystem((api, system) => {
  let guest: string;
  let heldOrder: string;
  let soldOrder: string;
  let opensAt: string;

  beforeAll(async () => {
    for (const [saleId, body] of Object.entries(sales)) await api.call('PUT', `/v1/admin/sales/${saleId}`, { body: body() });
    const order = await api.order('open', 'held', lineOf('hal'));
    heldOrder = String((await api.settled(order.body.orderId)).body.orderId);
    const sold = await api.order('paid', 'sold', lineOf('sol'));
    soldOrder = String((await api.settled(sold.body.orderId)).body.orderId);
    guest = String((await api.call('POST', '/v1/guests', { token: null })).body.token);
  }, 30_000);

  async function send({ path, method, described }: DocumentedOperation, one: OperationCase, etag = ''): Promise<Answer> {
    const values: Readonly<Record<string, string>> = { saleId: 'open', orderId: heldOrder, sku: 'unit', ...one.path };
    const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      (values[name] ?? `no value for ${name}`).replace('{sold}', soldOrder),
    );
    const body =
      one.raw ??
      (one.body === undefined ? undefined : JSON.stringify(one.body).replaceAll('{opensAt}', opensAt).replaceAll('{sold}', soldOrder));
    // A good body is good by the document too.
    const schema = described.requestBody?.content['application/json']?.schema;
    if (schema && body !== undefined && one.status < 300) expect(checker.faults(schema, JSON.parse(body))).toEqual([]);
    const headers = Object.fromEntries(
      Object.entries(one.headers ?? {}).map(([name, value]) => [
        name,
        value.replace('{etag}', etag).replace('{stripe}', () => stripeSignature(body ?? '')),
      ]),
    );
    const token = one.as === 'nobody' ? { token: null } : one.as === 'guest' ? { token: guest } : {};
    for (let time = 1; ; time += 1) {
      const answer = await api.call(method, one.query === undefined ? target : `${target}?${one.query}`, {
        ...(body === undefined ? {} : { raw: body }),
        headers,
        ...token,
      });
      if (answer.status === one.status || time >= (one.times ?? 1)) return answer;
    }
  }

  /** Sends it, and holds the answer to the document and to what the case expects. */
  async function check(operation: DocumentedOperation, one: OperationCase, etag?: string): Promise<Answer> {
    const answer = await send(operation, one, etag);
    const got = { status: answer.status, code: answer.body.code as unknown, faults: faultsOf(operation, answer) };
    const { operationId } = operation.described;
    expect({ operationId, case: one, ...got }).toEqual({ operationId, case: one, status: one.status, code: one.code, faults: [] });
    return answer;
  }

  test.each(operations)(
    '$described.operationId answers good and bad input as documented',
    async (operation) => {
      let etag: string | undefined;
      for (const one of casesOf(operation)) {
        const answer = await check(operation, one, etag);
        etag = answer.headers.get('etag') ?? etag;
        if (operation.described.operationId === 'putSale' && answer.status < 300) opensAt = String(answer.body.opensAt);
      }
    },
    30_000,
  );

  test('what is served is the document', async () => {
    expect((await api.call('GET', '/v1/openapi.json')).body).toEqual(document);
  });

  describe('without Redis', () => {
    beforeAll(async () => {
      await system.redis.stop();
    });

    const last = operations.filter(({ described }) => described.operationId in casesWithoutRedis);
    test.each(last)(
      '$described.operationId says so as documented',
      async (operation) => {
        const one = casesWithoutRedis[operation.described.operationId];
        if (one) await check(operation, one);
      },
      15_000,
    );
  });
});
