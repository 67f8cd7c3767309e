import { problems } from '../../lambdas/contracts/problems.ts';
import type { Operation } from '../../lambdas/contracts/routes.ts';
import { UnavailableError } from '../../lambdas/domain/kernel/faults.ts';
import { type ApiHandler, type ApiResponse, type Caller, RefusedError } from '../../lambdas/runtime/api.ts';
import { describe } from './describe.ts';
import type { FunctionPool } from './function-pool.ts';
import type { World } from './world.ts';

export type HttpHandlers = Readonly<Partial<Record<Operation, ApiHandler>>>;

/** What a caller sees: an answer, or none (the function died, or the answer was lost on its way). */
export type Answer = { readonly status: number; readonly body: unknown; readonly replayed: boolean } | 'no answer';

export interface Request {
  readonly operation: Operation;
  readonly caller: Caller;
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Sends one request to the function, as the load balancer would. Any answer but 2xx, 4xx and 503 is a violation. */
export async function send(world: World, pool: FunctionPool<HttpHandlers>, request: Request): Promise<Answer> {
  await world.timeline.sleep(world.random.between(0.2, 5));
  const ended = await pool.invoke((handlers) => handle(handlers, request));
  await world.timeline.sleep(world.random.between(0.2, 5));
  switch (ended.kind) {
    case 'crashed':
      return 'no answer';
    case 'threw':
      world.violate(`${request.operation} failed: ${describe(ended.error)}`);
      return 'no answer';
    case 'returned': {
      const answer = toAnswer(ended.value);
      world.tell(() => `${request.operation} → ${answer.status} ${JSON.stringify(answer.body).slice(0, 150)}`);
      if (answer.status >= 500 && answer.status !== 503) world.violate(`${request.operation} answered ${answer.status}`);
      return world.random.chance(world.rates.lostAnswer) ? 'no answer' : answer;
    }
  }
}

async function handle(handlers: HttpHandlers, { operation, caller, params = {}, headers = {}, body }: Request): Promise<ApiResponse> {
  const handler = handlers[operation];
  if (!handler) throw new Error(`no handler of ${operation}`);
  try {
    return await handler({
      operation,
      requestId: 'simulated',
      path: '/',
      params,
      caller,
      clientAddress: '192.0.2.1',
      body,
      bytes: () => Buffer.from(JSON.stringify(body ?? null)),
      header: (name) => headers[name],
      query: () => undefined,
    });
  } catch (error) {
    if (error instanceof RefusedError) return error.refusal;
    if (error instanceof UnavailableError) return { problem: 'unavailable', detail: error.message };
    throw error;
  }
}

function toAnswer(response: ApiResponse): Exclude<Answer, string> {
  if ('problem' in response)
    return {
      status: problems[response.problem].status,
      body: { code: response.problem, detail: response.detail, ...response.members },
      replayed: false,
    };
  return { status: response.status, body: response.body, replayed: response.headers?.['idempotency-replayed'] === 'true' };
}
