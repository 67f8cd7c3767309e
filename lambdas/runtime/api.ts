import type { ProblemCode } from '../contracts/problems.ts';
import type { Operation } from '../contracts/routes.ts';

/** Who calls, after the proof was checked. */
export type Caller =
  | { readonly kind: 'anyone' }
  | { readonly kind: 'customer'; readonly customerId: string }
  | { readonly kind: 'operator' };

/** A request as a handler sees it: routed, authenticated, its body read. Nothing of the load balancer shows. */
export interface ApiRequest {
  readonly operation: Operation;
  readonly requestId: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly caller: Caller;
  /** The address the load balancer saw. */
  readonly clientAddress: string;
  /** The parsed JSON body; undefined when there is none. */
  readonly body: unknown;
  /** The very bytes of the body: what a signature is over. */
  bytes(): Uint8Array;
  /** The last value of a header; undefined when missing. */
  header(name: string): string | undefined;
  /** The last value of a query parameter, decoded. */
  query(name: string): string | undefined;
}

/** An answer that is no problem. 503 is for readiness alone: it has a body of its own. */
export interface ApiSuccess {
  readonly status: 200 | 201 | 202 | 204 | 304 | 503;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the log line of the request tells beside: no personal data. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** An expected refusal: a value, not an exception. */
export interface ApiRefusal {
  readonly problem: ProblemCode;
  /** What is wrong with this very request, and what to do. */
  readonly detail: string;
  /** Members of the problem beside those of RFC 9457. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the log line of the request tells beside: no personal data. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** What a handler answers. */
export type ApiResponse = ApiSuccess | ApiRefusal;
/** One operation of the API. It throws only faults, and RefusedError for a request that cannot be read. */
export type ApiHandler = (request: ApiRequest) => Promise<ApiResponse>;

/** A refusal found while a request is being read. Caught by the HTTP wrapper only. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly refusal: ApiRefusal;
  constructor(refusal: ApiRefusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}
