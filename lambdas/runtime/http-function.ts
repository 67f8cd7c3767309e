import { randomUUID } from 'node:crypto';
import withMiddleware from '@middy/core';
import type { HttpFunction } from '../contracts/functions.ts';
import { limits } from '../contracts/limits.ts';
import { metrics } from '../contracts/metrics.ts';
import type { OperationOf } from '../contracts/routes.ts';
import { UnavailableError } from '../domain/kernel/faults.ts';
import { AlbRequest, type AlbEvent, type AlbResult } from './alb-event.ts';
import { type ApiHandler, type ApiRefusal, type ApiRequest, type ApiResponse, type Caller, RefusedError } from './api.ts';
import type { Authenticator } from './authenticator.ts';
import { countCorruption } from './count-corruption.ts';
import { encodeResponse, type ResponseContext } from './encode-response.ts';
import type { Log } from './log.ts';
import { type Match, matchRoute } from './match-route.ts';
import type { FunctionMeter } from './meter.ts';
import { readJsonBody } from './read-json-body.ts';

/** Where an HTTP function tells what it did. */
export interface Reports {
  readonly log: Log;
  readonly meter: FunctionMeter;
}

/** What an HTTP function is made of: its operations, and who proves callers. `corsOrigins`: sites whose scripts may call. */
export interface HttpFunctionOptions<F extends HttpFunction> extends Reports {
  readonly operations: Readonly<Record<OperationOf<F>, ApiHandler>>;
  readonly authenticator: Authenticator;
  readonly corsOrigins: readonly string[];
}

/** What Lambda calls for a request of the load balancer. */
export type AlbHandler = (event: AlbEvent, context: { getRemainingTimeInMillis?(): number }) => Promise<AlbResult>;

/** One request on its way through the wrapper. */
interface Exchange {
  readonly request: AlbRequest;
  readonly context: ResponseContext;
  readonly match: Match;
  readonly startedMs: number;
}

/**
 * The one HTTP wrapper: routes, proves the caller, reads the body, runs the operation, and turns whatever comes out
 * into an answer of the contract: refusals and known faults as problem+json, one log line, one line of metrics. An
 * unexpected error is logged with its causes and answered as 503, with nothing of it shown.
 */
export function httpFunction<F extends HttpFunction>(options: HttpFunctionOptions<F>): AlbHandler {
  const handler = withMiddleware((exchange: Exchange) => answer(exchange, options), {
    timeoutEarlyInMillis: limits.httpEarlyMs,
    timeoutEarlyResponse: () => {
      throw new UnavailableError('function', 'the request ran out of time');
    },
  }).use({
    before: (request: { event: unknown }) => {
      request.event = openExchange(request.event as AlbEvent, options.corsOrigins);
    },
    after: (request: { event: unknown; response: unknown }) => {
      request.response = close(request.event as Exchange, request.response as ApiResponse, options);
    },
    onError: (request: { event: unknown; error: unknown; response: unknown }) => {
      request.response = close(request.event as Exchange, refusalOf(request.error, request.event as Exchange, options), options);
    },
  });
  return handler as unknown as AlbHandler;
}

/** The answer to a request whose function could not be made ready: as to any other fault. No origin is known yet, so CORS is not answered. */
export function answerUnready(event: AlbEvent, error: unknown, reports: Reports): AlbResult {
  const exchange = openExchange(event, []);
  return close(exchange, refusalOf(error, exchange, reports), reports);
}

function openExchange(event: AlbEvent, corsOrigins: readonly string[]): Exchange {
  const request = new AlbRequest(event);
  const given = request.header('x-request-id');
  const sane = given !== undefined && given.length <= limits.requestIdChars && /^[\x21-\x7e]+$/.test(given);
  const origin = request.header('origin');
  return {
    request,
    match: matchRoute(request.method, request.path),
    startedMs: performance.now(),
    context: {
      requestId: sane ? given : randomUUID(),
      path: request.path,
      allowedOrigin: origin !== undefined && corsOrigins.includes(origin) ? origin : undefined,
    },
  };
}

async function answer<F extends HttpFunction>(
  { request, match, context }: Exchange,
  options: HttpFunctionOptions<F>,
): Promise<ApiResponse> {
  switch (match.kind) {
    case 'not-found':
      return { problem: 'not-found', detail: `there is nothing at ${context.path}` };
    case 'method-not-allowed':
      return { problem: 'method-not-allowed', detail: `${request.method} is not one of ${match.allow}`, headers: { allow: match.allow } };
    case 'options':
      return { status: 204, headers: { allow: match.allow, ...(context.allowedOrigin === undefined ? {} : preflight(match.allow)) } };
    case 'matched': {
      const handler = (options.operations as Readonly<Record<string, ApiHandler>>)[match.operation];
      // The load balancer's rules sent it to the wrong function: a fault of the deployment, visible in the log.
      if (!handler) throw new Error(`operation ${match.operation} is not in this function`);
      const caller = await proveCaller(options.authenticator, request, match.route.caller);
      const body = match.route.method === 'GET' ? undefined : readJsonBody(request);
      return handler(toApiRequest(request, match, context, caller, body));
    }
  }
}

function preflight(allow: string): Record<string, string> {
  return {
    'access-control-allow-methods': allow,
    'access-control-allow-headers':
      'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Penstock-Admission, Prefer, X-Request-Id',
    'access-control-max-age': String(limits.preflightMaxAgeSeconds),
  };
}

async function proveCaller(authenticator: Authenticator, request: AlbRequest, needed: 'anyone' | 'customer' | 'operator'): Promise<Caller> {
  if (needed === 'anyone') return { kind: 'anyone' };
  const authorization = request.header('authorization');
  const caller = await authenticator.prove(authorization);
  if (!caller) {
    const detail =
      authorization === undefined
        ? 'send Authorization: Bearer with a token or an operator key'
        : 'the token or key is malformed, forged or expired';
    throw new RefusedError({ problem: 'unauthenticated', detail, headers: { 'www-authenticate': 'Bearer realm="penstock"' } });
  }
  if (needed === 'operator' && caller.kind !== 'operator')
    throw new RefusedError({ problem: 'forbidden', detail: 'this call needs an operator key' });
  return caller;
}

function toApiRequest(
  request: AlbRequest,
  match: Extract<Match, { kind: 'matched' }>,
  context: ResponseContext,
  caller: Caller,
  body: unknown,
): ApiRequest {
  return {
    operation: match.operation,
    requestId: context.requestId,
    path: context.path,
    params: match.params,
    caller,
    clientAddress: request.clientAddress,
    body,
    bytes: () => request.bytes(),
    header: (name) => request.header(name),
    query: (name) => request.query(name),
  };
}

/** What every log line of a request tells of it. */
function factsOf({ match, context }: Exchange): Readonly<Record<string, unknown>> {
  return { api: match.kind === 'matched' ? match.operation : match.kind, requestId: context.requestId };
}

function refusalOf(error: unknown, exchange: Exchange, { log, meter }: Reports): ApiRefusal {
  if (error instanceof RefusedError) return error.refusal;
  meter.count(metrics.unavailable);
  countCorruption(error, meter);
  if (error instanceof UnavailableError) {
    log.error('dependency unavailable', error, { ...factsOf(exchange), dependency: error.dependency });
    return {
      problem: 'unavailable',
      detail: 'a part of the system is busy or away; repeat the same request',
      headers: { 'retry-after': String(error.retryAfterSeconds) },
    };
  }
  log.error('unexpected error', error, factsOf(exchange));
  return {
    problem: 'unavailable',
    detail: 'something went wrong on our side; repeat the same request',
    headers: { 'retry-after': String(limits.faultRetryAfterSeconds) },
  };
}

function close(exchange: Exchange, response: ApiResponse, { log, meter }: Reports): AlbResult {
  const result = encodeResponse(response, exchange.context);
  log.info('request', {
    ...factsOf(exchange),
    status: result.statusCode,
    ...('problem' in response ? { problem: response.problem } : {}),
    ...response.facts,
    durationMs: Math.round((performance.now() - exchange.startedMs) * 100) / 100,
  });
  meter.flush();
  return result;
}
