import * as z from 'zod/mini';
import { Pool } from 'undici';
import { loadLimits } from './limits.ts';
import { problemShape } from './shapes.ts';

/** No answer came: no connection, a reset, or the time ran out. The request may have taken effect. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** An answer came that the contract does not allow here. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** One answer to an order: what the crowd counts, decides by and follows up. */
export type OrderAnswer =
  | { readonly kind: 'accepted'; readonly status: number; readonly orderId: string; readonly replayed: boolean }
  /** Any other answer; the code is the problem's, or `http-<status>` where the body is none (the load balancer's own). */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly retryAfterSeconds?: number }
  /** No answer. The cause is the error's code, such as ECONNRESET. */
  | { readonly kind: 'lost'; readonly cause: string };

/** What a read found: `absent` is 404, `busy` is 429 or 503. */
export type ReadAnswer<T> = { readonly kind: 'found'; readonly value: T } | { readonly kind: 'absent' } | { readonly kind: 'busy' };

interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

const headerOf = (reply: Reply, name: string): string | undefined => {
  const value = reply.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

const causeOf = (error: unknown): string =>
  error instanceof Error ? ('code' in error && typeof error.code === 'string' ? error.code : error.name) : String(error);

/** Seconds of a Retry-After header; its date form is not used by this API. */
function retryAfterSeconds(reply: Reply): number | undefined {
  const value = Number(headerOf(reply, 'retry-after') ?? Number.NaN);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

function problemCode(reply: Reply): string {
  try {
    const problem = z.safeParse(problemShape, JSON.parse(reply.text));
    if (problem.success) return problem.data.code;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return `http-${reply.status}`;
}

const orderLocation = /\/v1\/orders\/([^/?]+)$/;

/** The API as an operator uses it, over kept-alive connections. The order path parses a header and no body. */
export class ApiClient {
  readonly #pool: Pool;
  readonly #basePath: string;
  readonly #key: string;

  constructor(options: { readonly url: URL; readonly key: string; readonly sockets?: number }) {
    this.#basePath = options.url.pathname.replace(/\/$/, '');
    this.#key = options.key;
    this.#pool = new Pool(options.url.origin, {
      connections: options.sockets ?? loadLimits.sockets,
      pipelining: 1,
      connect: { timeout: loadLimits.connectMs },
      headersTimeout: loadLimits.requestMs,
      bodyTimeout: loadLimits.requestMs,
    });
  }

  /** Sends one order for the customer; never throws for what the network or the system does. */
  async placeOrder(order: {
    readonly saleId: string;
    readonly idempotencyKey: string;
    readonly customerId: string;
    readonly sku: string;
    readonly quantity: number;
  }): Promise<OrderAnswer> {
    const body = `{"customerId":"${order.customerId}","lines":[{"sku":"${order.sku}","quantity":${order.quantity}}]}`;
    let reply: Reply;
    try {
      reply = await this.#exchange('POST', `/v1/sales/${order.saleId}/orders`, { body, idempotencyKey: order.idempotencyKey });
    } catch (error) {
      return { kind: 'lost', cause: causeOf(error) };
    }
    const orderId = reply.status === 202 ? orderLocation.exec(headerOf(reply, 'location') ?? '')?.[1] : undefined;
    if (orderId !== undefined)
      return { kind: 'accepted', status: 202, orderId, replayed: headerOf(reply, 'idempotency-replayed') === 'true' };
    // A 202 without a Location is a broken promise: nobody could find that order again.
    const code = reply.status === 202 ? 'accepted-without-location' : problemCode(reply);
    const retryAfter = retryAfterSeconds(reply);
    return { kind: 'refused', status: reply.status, code, ...(retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter }) };
  }

  /** Reads a resource, within the time given. Throws UnreachableError, UnexpectedAnswerError. */
  async read<S extends z.ZodMiniType>(path: string, shape: S, timeoutMs: number = loadLimits.requestMs): Promise<ReadAnswer<z.infer<S>>> {
    const reply = await this.#exchangeOrThrow('GET', path, { timeoutMs });
    if (reply.status === 404) return { kind: 'absent' };
    if (reply.status === 429 || reply.status === 503) return { kind: 'busy' };
    if (reply.status !== 200) throw new UnexpectedAnswerError(reply.status, `GET ${path}: got ${describe(reply)}, expected 200`);
    return { kind: 'found', value: parse('GET', path, reply, shape) };
  }

  /** Does what an operator does: `busy` on 429 or 503. Throws UnreachableError, UnexpectedAnswerError. */
  async write(method: 'PUT' | 'POST', path: string, body?: unknown): Promise<'done' | 'busy'> {
    const reply = await this.#exchangeOrThrow(method, path, body === undefined ? {} : { body: JSON.stringify(body) });
    if (reply.status === 429 || reply.status === 503) return 'busy';
    if (reply.status >= 200 && reply.status < 300) return 'done';
    throw new UnexpectedAnswerError(reply.status, `${method} ${path}: got ${describe(reply)}, expected 2xx`);
  }

  /** Ends every connection, also those that still wait for an answer. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #exchangeOrThrow(method: 'GET' | 'PUT' | 'POST', path: string, options: ExchangeOptions): Promise<Reply> {
    try {
      return await this.#exchange(method, path, options);
    } catch (error) {
      throw new UnreachableError(`${method} ${path}: no answer (${causeOf(error)})`, { cause: error });
    }
  }

  async #exchange(method: 'GET' | 'PUT' | 'POST', path: string, options: ExchangeOptions): Promise<Reply> {
    const { statusCode, headers, body } = await this.#pool.request({
      method,
      path: this.#basePath + path,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey }),
      },
      ...(options.body === undefined ? {} : { body: options.body }),
      ...(options.timeoutMs === undefined ? {} : { headersTimeout: options.timeoutMs, bodyTimeout: options.timeoutMs }),
    });
    return { status: statusCode, headers, text: await body.text() };
  }
}

interface ExchangeOptions {
  readonly body?: string;
  readonly idempotencyKey?: string;
  readonly timeoutMs?: number;
}

function describe(reply: Reply): string {
  return `${reply.status} ${reply.text.slice(0, 300)}`.trim();
}

function parse<S extends z.ZodMiniType>(method: string, path: string, reply: Reply, shape: S): z.infer<S> {
  let body: unknown;
  try {
    body = JSON.parse(reply.text);
  } catch (error) {
    throw new UnexpectedAnswerError(reply.status, `${method} ${path}: the body is not JSON (${String(error)})`);
  }
  const parsed = z.safeParse(shape, body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UnexpectedAnswerError(reply.status, `${method} ${path}: member ${issue?.path.join('.') ?? '?'}: ${issue?.message ?? 'unfit'}`);
}
