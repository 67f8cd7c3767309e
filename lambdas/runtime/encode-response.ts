import { problems } from '../contracts/problems.ts';
import type { AlbResult } from './alb-event.ts';
import type { ApiResponse } from './api.ts';

/** What an answer needs to know of its request. */
export interface ResponseContext {
  readonly requestId: string;
  readonly path: string;
  /** The caller's origin, if it is one that CORS answers. */
  readonly allowedOrigin?: string | undefined;
}

const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
} as const;

const exposedHeaders = 'ETag, Idempotency-Replayed, Location, Preference-Applied, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id';

/**
 * Any outcome as the load balancer wants it, with the headers that every answer has. The answer to HEAD is that to GET:
 * the load balancer computes the length from the body (AWS: "Respond to the load balancer"), and sends none of it.
 */
export function encodeResponse(response: ApiResponse, context: ResponseContext): AlbResult {
  const { status, type, text, headers } = 'problem' in response ? encodeProblem(response, context) : encodeSuccess(response);
  const all: Record<string, string> = { ...securityHeaders, 'x-request-id': context.requestId, ...lowerCased(headers) };
  if (text !== '') all['content-type'] ??= type;
  if (context.allowedOrigin !== undefined) {
    all['access-control-allow-origin'] = context.allowedOrigin;
    all['access-control-expose-headers'] = exposedHeaders;
  }
  all['vary'] = 'Origin';
  return {
    statusCode: status,
    statusDescription: `${status}`,
    multiValueHeaders: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
    body: text,
    isBase64Encoded: false,
  };
}

interface Encoded {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

function encodeSuccess({ status, body, headers = {} }: Extract<ApiResponse, { status: number }>): Encoded {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  return { status, type: 'application/json', text, headers };
}

function encodeProblem(refusal: Extract<ApiResponse, { problem: string }>, context: ResponseContext): Encoded {
  const { status, title } = problems[refusal.problem];
  const body = {
    type: `/problems/${refusal.problem}`,
    title,
    status,
    detail: refusal.detail,
    instance: context.path,
    code: refusal.problem,
    requestId: context.requestId,
    ...refusal.members,
  };
  return { status, type: 'application/problem+json', text: JSON.stringify(body), headers: refusal.headers ?? {} };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
