import { type ApiHandler, type ApiRequest, type ApiResponse, RefusedError } from '../../lambdas/runtime/api.ts';

export interface RequestWish {
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly caller?: ApiRequest['caller'];
  readonly clientAddress?: string;
}

/** A request as handlers see it: by the customer `ann`, about the sale `drop`. */
export function apiRequest({
  params = { saleId: 'drop' },
  body,
  headers = {},
  query = {},
  caller,
  clientAddress,
}: RequestWish = {}): ApiRequest {
  return {
    operation: 'getSale',
    requestId: 'r1',
    path: '/',
    params,
    caller: caller ?? { kind: 'customer', customerId: 'ann' },
    clientAddress: clientAddress ?? '192.0.2.1',
    body,
    bytes: () => Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    header: (name) => headers[name],
    query: (name) => query[name],
  };
}

/** What the handler answers, a refusal it throws included. */
export async function answerOf(handler: ApiHandler, wish: RequestWish = {}): Promise<ApiResponse> {
  try {
    return await handler(apiRequest(wish));
  } catch (error) {
    if (error instanceof RefusedError) return error.refusal;
    throw error;
  }
}

/** Pointers of the errors in an invalid-request answer; undefined for any other answer. */
export function pointersOf(response: ApiResponse): string[] | undefined {
  if (!('problem' in response) || response.problem !== 'invalid-request') return undefined;
  return (response.members?.['errors'] as { pointer: string }[] | undefined)?.map(({ pointer }) => pointer);
}
