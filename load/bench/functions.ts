import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { crowdSale } from '../sale.ts';
import { rig } from './rig-environment.ts';

/** An HTTP answer of a function, as the load balancer would read it. */
export interface FunctionAnswer {
  readonly statusCode: number;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
}

/** A function's handler, evaluated in this process from its bundle. */
export type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const require = createRequire(import.meta.url);
const context = { getRemainingTimeInMillis: () => 30_000 };
/** A tenth of a second between them: a gate that is built takes some seconds at most. */
const openAttempts = 300;

/** Evaluates bundles under an environment: they read it then, and the SDK at its first calls. */
export function evaluate<F extends string>(bundles: Readonly<Record<F, string>>, environment: Readonly<Record<string, string>>) {
  Object.assign(process.env, environment);
  return Object.fromEntries(
    Object.entries<string>(bundles).map(([name, file]) => [name, (require(file) as { handler: Handler }).handler]),
  ) as Record<F, Handler>;
}

/** The event an Application Load Balancer makes of a request of the operator's. */
export function httpEvent(
  method: string,
  path: string,
  options: { readonly body?: string; readonly idempotencyKey?: string } = {},
): unknown {
  return {
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/bench/1' } },
    httpMethod: method,
    path,
    multiValueQueryStringParameters: {},
    multiValueHeaders: {
      authorization: [`Bearer ${rig.operatorKey}`],
      'content-type': ['application/json'],
      'x-forwarded-for': ['127.0.0.1'],
      ...(options.idempotencyKey === undefined ? {} : { 'idempotency-key': [options.idempotencyKey] }),
    },
    body: options.body ?? '',
    isBase64Encoded: false,
  };
}

/** The event of one buyer's order for one unit. */
export function orderEvent(saleId: string, buyer: number): unknown {
  const body = `{"customerId":"buyer-${buyer}","lines":[{"sku":"unit","quantity":1}]}`;
  return httpEvent('POST', `/v1/sales/${saleId}/orders`, { body, idempotencyKey: `${saleId}-${buyer}` });
}

/** The event of one batch of the orders queue. */
export function batchEvent(bodies: readonly string[]): unknown {
  const attributes = { ApproximateReceiveCount: '1' };
  return { Records: bodies.map((body, index) => ({ messageId: `m${index}`, body, attributes })) };
}

/** Runs an HTTP event. Throws when the answer is not the one expected. */
export async function expectAnswer(handler: Handler, event: unknown, status: number): Promise<FunctionAnswer> {
  const answer = (await handler(event, context)) as FunctionAnswer;
  if (answer.statusCode !== status) throw new Error(`expected ${status}, got ${answer.statusCode} ${answer.body.slice(0, 300)}`);
  return answer;
}

/** Runs a batch. Throws when a message failed. */
export async function expectCommitted(handler: Handler, bodies: readonly string[]): Promise<void> {
  const { batchItemFailures } = (await handler(batchEvent(bodies), context)) as { batchItemFailures: unknown[] };
  if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} of ${bodies.length} messages failed`);
}

/** Creates a sale and waits until its gate takes orders: the first one builds it. */
export async function openBenchSale(admin: Handler, orders: Handler, saleId: string, stock: number): Promise<void> {
  const body = JSON.stringify(crowdSale(stock, Date.now()));
  await expectAnswer(admin, httpEvent('PUT', `/v1/admin/sales/${saleId}`, { body }), 201);
  for (let attempt = 0; attempt < openAttempts; attempt++) {
    const answer = (await orders(orderEvent(saleId, 0), context)) as FunctionAnswer;
    if (answer.statusCode === 202) return;
    if (answer.statusCode !== 503) throw new Error(`sale ${saleId} does not open: ${answer.statusCode} ${answer.body.slice(0, 300)}`);
    await sleep(100);
  }
  throw new Error(`sale ${saleId} did not open within ${openAttempts / 10} s`);
}
