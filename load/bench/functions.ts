import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { crowdSale, crowdSku } from '../sale.ts';
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
  options: { readonly body?: string; readonly idempotencyKey?: string; readonly query?: Readonly<Record<string, string>> } = {},
): unknown {
  const query = Object.entries(options.query ?? {}).map(([name, value]) => [name, [encodeURIComponent(value)]]);
  return {
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/bench/1' } },
    httpMethod: method,
    path,
    multiValueQueryStringParameters: Object.fromEntries(query) as Record<string, string[]>,
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

/** The customer that a buyer is. */
export const buyerId = (buyer: number): string => `buyer-${buyer}`;

/** The Idempotency-Key of a buyer's one order in a sale. */
export const buyerKey = (saleId: string, buyer: number): string => `${saleId}-${buyer}`;

/** The event of one buyer's order for one unit. */
export function orderEvent(saleId: string, buyer: number): unknown {
  const body = `{"customerId":"${buyerId(buyer)}","lines":[{"sku":"${crowdSku}","quantity":1}]}`;
  return httpEvent('POST', `/v1/sales/${saleId}/orders`, { body, idempotencyKey: buyerKey(saleId, buyer) });
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

/** Runs a batch of changes from one shard of the orders table's stream. */
export async function runChanges(handler: Handler, shardId: string, records: readonly unknown[]): Promise<void> {
  await handler({ Records: records, shardId }, context);
}

/** The path of the order that an answer to its placing names. */
export function orderPath({ multiValueHeaders }: FunctionAnswer): string {
  const path = multiValueHeaders['location']?.[0] ?? multiValueHeaders['Location']?.[0];
  if (path === undefined) throw new Error('the answer to an order names no place');
  return path;
}

/** Runs a batch. Throws when a message failed. */
export async function expectCommitted(handler: Handler, bodies: readonly string[]): Promise<void> {
  const { batchItemFailures } = (await handler(batchEvent(bodies), context)) as { batchItemFailures: unknown[] };
  if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} of ${bodies.length} messages failed`);
}

/** Creates a sale of one sku. */
export async function putBenchSale(admin: Handler, saleId: string, stock: number): Promise<void> {
  const body = JSON.stringify(crowdSale(stock, Date.now()));
  await expectAnswer(admin, httpEvent('PUT', `/v1/admin/sales/${saleId}`, { body }), 201);
}

/** Creates a sale and waits until its gate takes orders: the first one builds it. */
export async function openBenchSale(admin: Handler, orders: Handler, saleId: string, stock: number): Promise<void> {
  await putBenchSale(admin, saleId, stock);
  for (let attempt = 0; attempt < openAttempts; attempt++) {
    const answer = (await orders(orderEvent(saleId, 0), context)) as FunctionAnswer;
    if (answer.statusCode === 202) return;
    if (answer.statusCode !== 503) throw new Error(`sale ${saleId} does not open: ${answer.statusCode} ${answer.body.slice(0, 300)}`);
    await sleep(100);
  }
  throw new Error(`sale ${saleId} did not open within ${openAttempts / 10} s`);
}
