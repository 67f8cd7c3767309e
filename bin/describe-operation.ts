import * as z from 'zod';
import * as api from '../lambdas/contracts/api.ts';
import { limits } from '../lambdas/contracts/limits.ts';
import { problemGuide } from '../lambdas/contracts/problem-guide.ts';
import { type ProblemCode, problems } from '../lambdas/contracts/problems.ts';
import type { Route } from '../lambdas/contracts/routes.ts';

/** Headers of answers, as components of the document. */
export const answerHeaders = {
  'X-Request-Id': header('The one sent, or made here', { type: 'string', pattern: `^[!-~]{1,${limits.requestIdChars}}$` }),
  'Cache-Control': header('How long the answer may be kept', { type: 'string' }),
  ETag: header('Version of what is answered', { type: 'string', pattern: '^(W/)?"[!#-~]*"$' }),
  Location: header('Address of what was made', { type: 'string', pattern: '^/v1/' }),
  'Idempotency-Replayed': header('true when the order was known already', { const: 'true' }),
  'Preference-Applied': header('The preference that was followed', { type: 'string', pattern: '^wait=[1-9]$' }),
  'Retry-After': header('Seconds to wait', { type: 'string', pattern: '^[1-9]\\d*$' }),
  RateLimit: header('What is left of the limit, and seconds until it is whole', { type: 'string' }),
  'RateLimit-Policy': header('The limit', { type: 'string' }),
  'WWW-Authenticate': header('How to prove who calls', { type: 'string', pattern: '^Bearer ' }),
} as const;
type HeaderName = keyof typeof answerHeaders;

/** A schema that validates, or JSON Schema where text is validated that means something else. */
type Schema = z.core.$ZodType | Readonly<Record<string, unknown>>;

interface ParameterDoc {
  readonly description: string;
  /** @default any text */
  readonly schema?: Schema;
  readonly required?: boolean;
}

interface AnswerDoc {
  readonly description: string;
  /** @default no body */
  readonly schema?: Schema;
  /** Beside those that every answer has. */
  readonly headers?: readonly HeaderName[];
  readonly sometimes?: readonly HeaderName[];
}

/** What an operation takes and gives. */
export interface OperationDoc {
  readonly summary: string;
  readonly body?: Schema;
  readonly headers?: Readonly<Record<string, ParameterDoc>>;
  readonly query?: Readonly<Record<string, ParameterDoc>>;
  readonly answers: Readonly<Record<number, AnswerDoc>>;
  readonly problems: readonly ProblemCode[];
}

/** Parameters in paths mean the same everywhere. */
const pathSchemas: Readonly<Record<string, z.core.$ZodType>> = { saleId: api.saleIdSchema, orderId: api.orderIdSchema, sku: api.skuSchema };

const everyAnswer: readonly HeaderName[] = ['X-Request-Id', 'Cache-Control'];
const problemHeaders: Readonly<Record<number, Pick<AnswerDoc, 'headers' | 'sometimes'>>> = {
  401: { headers: ['WWW-Authenticate'] },
  412: { sometimes: ['ETag'] },
  429: { headers: ['Retry-After', 'RateLimit', 'RateLimit-Policy'] },
  503: { headers: ['Retry-After'] },
};

/** The Operation Object of OpenAPI 3.1. Throws Error for a parameter in the path whose schema is not known. */
export function describeOperation(operationId: string, route: Route, doc: OperationDoc): object {
  return {
    operationId,
    summary: doc.summary,
    parameters: [
      ...[...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => pathParameter(name)),
      ...Object.entries(doc.query ?? {}).map(([name, parameter]) => parameterOf('query', name, parameter)),
      ...Object.entries(doc.headers ?? {}).map(([name, parameter]) => parameterOf('header', name, parameter)),
    ],
    security: route.caller === 'anyone' ? [] : [{ bearer: [] }],
    ...(doc.body === undefined
      ? {}
      : {
          requestBody: {
            required: doc.body !== api.emptySchema,
            content: { 'application/json': { schema: jsonSchema(doc.body, 'input') } },
          },
        }),
    responses: responsesOf(doc),
  };
}

function pathParameter(name: string): object {
  const schema = pathSchemas[name];
  if (!schema) throw new Error(`{${name}} in a path: got no schema, expected one in pathSchemas of bin/describe-operation.ts`);
  return { name, in: 'path', required: true, schema: jsonSchema(schema, 'input') };
}

function parameterOf(place: 'query' | 'header', name: string, { description, schema, required = false }: ParameterDoc): object {
  return { name, in: place, required, description, schema: schema === undefined ? { type: 'string' } : jsonSchema(schema, 'input') };
}

/** Answers by status. A status may have a plain answer and problems, several codes of them: the media type tells which. */
function responsesOf(doc: OperationDoc): Record<string, object> {
  const problemsByStatus = Map.groupBy(doc.problems, (code) => problems[code].status as number);
  const statuses = new Set([...Object.keys(doc.answers).map(Number), ...problemsByStatus.keys()]);
  return Object.fromEntries(
    [...statuses].map((status) => {
      const answer = doc.answers[status];
      const codes = problemsByStatus.get(status) ?? [];
      return [String(status), responseOf(status, answer, codes)];
    }),
  );
}

function responseOf(status: number, answer: AnswerDoc | undefined, codes: readonly ProblemCode[]): object {
  const always = [...everyAnswer, ...(answer?.headers ?? []), ...(codes.length > 0 ? (problemHeaders[status]?.headers ?? []) : [])];
  const sometimes = [...(answer?.sometimes ?? []), ...(codes.length > 0 ? (problemHeaders[status]?.sometimes ?? []) : [])];
  const content = {
    ...(answer?.schema === undefined ? {} : { 'application/json': { schema: jsonSchema(answer.schema, 'output') } }),
    ...(codes.length === 0 ? {} : { 'application/problem+json': { schema: problemOf(status, codes) } }),
  };
  return {
    description: [...(answer ? [answer.description] : []), ...codes.map(explain)].join('\n\n'),
    headers: {
      ...Object.fromEntries(always.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
      ...Object.fromEntries(sometimes.map((name) => [name, { ...answerHeaders[name], required: false }])),
    },
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}

function problemOf(status: number, codes: readonly ProblemCode[]): object {
  return {
    allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { status: { const: status }, code: { enum: codes } } }],
  };
}

function explain(code: ProblemCode): string {
  return `${code}: ${problemGuide[code].meaning} ${problemGuide[code].action}`;
}

function header(description: string, schema: Readonly<Record<string, unknown>>) {
  return { description, required: true, schema };
}

function jsonSchema(schema: Schema, io: 'input' | 'output'): object {
  if (!isZod(schema)) return schema;
  const { $schema: _, ...document } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return document;
}

function isZod(schema: Schema): schema is z.core.$ZodType {
  return '_zod' in schema;
}
