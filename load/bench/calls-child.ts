import { setTimeout as sleep } from 'node:timers/promises';
import { functionNames } from '../../lambdas/contracts/functions.ts';
import { callAws } from '../../local/engines/call-aws.ts';
import { crowdSku } from '../sale.ts';
import { type Calls, countCalls } from './count-calls.ts';
import type { ComparisonRow, Measurement } from './figure.ts';
import {
  buyerId,
  buyerKey,
  evaluate,
  expectAnswer,
  expectCommitted,
  type Handler,
  httpEvent,
  openBenchSale,
  orderEvent,
  orderPath,
  runChanges,
} from './functions.ts';
import { makeBundles } from './make-bundles.ts';
import { openRig, type Rig } from './open-rig.ts';
import { rig } from './rig-environment.ts';
import { beChild, type Run } from './run-child.ts';

/** Counts the calls of each kind of request at the engines: the functions run in this process, one request at a time. */
const requests = 200;
/** Orders cancelled, and changes of stock. */
const changes = 20;
/** How often, at most, a message is looked for that a request under way sends. */
const looks = 2000;
const lookMs = 2;
const batchMessages = 10;
const saleId = 'bench-calls';

interface Bench {
  readonly engines: Rig;
  readonly functions: Record<(typeof functionNames)[number], Handler>;
  readonly progress: Run['progress'];
}

/** A kind of request: how often it is made, by what, and what it should cost. */
interface Kind {
  readonly name: string;
  /** What the calls are divided by. */
  readonly per: number;
  readonly work: () => Promise<void>;
  /** Bounds of Redis calls, SQS calls, DynamoDB calls and request units. */
  readonly atMost?: ComparisonRow['atMost'];
  readonly expected: string;
}

async function count({ engines, progress }: Bench, { name, per, work, atMost, expected }: Kind): Promise<ComparisonRow> {
  progress(name);
  const { redis, queue, tables, units }: Calls = await countCalls(engines, per, work);
  return { name, values: [redis, queue, tables, units], expected, ...(atMost === undefined ? {} : { atMost }) };
}

/** So many times the same, one after the other. */
async function repeat(work: (index: number) => Promise<unknown>, times = requests): Promise<void> {
  for (let index = 0; index < times; index++) await work(index);
}

async function orderRows(bench: Bench): Promise<ComparisonRow[]> {
  const { engines, functions } = bench;
  const { messages } = engines.aws;
  const paths: string[] = [];
  const place = (from: number, status: number) => () =>
    repeat(async (index) => {
      const answer = await expectAnswer(functions.orders, orderEvent(saleId, from + index), status);
      if (status === 202) paths[index] = orderPath(answer);
    });
  // The first run of a script carries its text: a call more, once in the life of a Redis.
  await expectCommitted(functions.commit, messages.splice(0));
  const commit = async (): Promise<void> => {
    for (let from = 0; from < messages.length; from += batchMessages)
      await expectCommitted(functions.commit, messages.slice(from, from + batchMessages));
  };
  const poll = () => repeat((index) => expectAnswer(functions['order-reads'], httpEvent('GET', paths[index] ?? ''), 200));
  const near = 'the near cache reads the sale again each 0.7 s, whatever the requests';
  const rows = [
    await count(bench, {
      name: 'accepted order',
      per: requests,
      work: place(1, 202),
      atMost: [1, 1],
      expected: `1, 1, 0: one decision; ${near}`,
    }),
    await count(bench, {
      name: 'committed order',
      per: messages.length,
      work: commit,
      atMost: [1, 1, 1, 5],
      expected: '1, 1, 1, 5: one transaction (order 2, claim 2, index 1), the message of its hold’s end, its image to the gate',
    }),
  ];
  // The first asks how many lanes the sale has: a call more, once an environment and sale.
  await expectAnswer(functions['order-reads'], httpEvent('GET', paths[0] ?? ''), 200);
  rows.push(
    await count(bench, { name: 'poll', per: requests, work: poll, atMost: [1, 0], expected: `1, 0, 0: ${near}` }),
    await count(bench, {
      name: 'replay',
      per: requests,
      work: place(1, 202),
      atMost: [1, 0],
      expected: '1, 0, 0: as an order, and nothing is sent',
    }),
  );
  // The first of these finds out and is remembered; the second is the first to peek, so it carries the script's text.
  for (const buyer of [100_000, 100_001]) await expectAnswer(functions.orders, orderEvent(saleId, buyer), 409);
  rows.push(
    await count(bench, {
      name: 'hopeless order',
      per: requests,
      work: place(200_000, 409),
      atMost: [1, 0],
      expected: '1, 0, 0: it may be known, so the gate is asked',
    }),
  );
  return rows;
}

async function listRows(bench: Bench): Promise<ComparisonRow[]> {
  const { 'order-reads': reads, admin } = bench.functions;
  const own = (index: number) => httpEvent('GET', '/v1/orders', { query: { customerId: buyerId(index + 1) } });
  const byKey = (index: number) =>
    httpEvent('GET', '/v1/orders', { query: { customerId: buyerId(index + 1), saleId, idempotencyKey: buyerKey(saleId, index + 1) } });
  const ofSale = httpEvent('GET', `/v1/admin/sales/${saleId}/orders`);
  return [
    await count(bench, {
      name: 'own orders, a list of 1',
      per: requests,
      work: () => repeat((index) => expectAnswer(reads, own(index), 200)),
      expected: '0, 0, 1, 1: one query of the customer’s partition',
    }),
    await count(bench, {
      name: 'order by its Idempotency-Key',
      per: requests,
      work: () => repeat((index) => expectAnswer(reads, byKey(index), 200)),
      expected: '1, 0, 0, 0: the id is derived, the gate knows it',
    }),
    await count(bench, {
      name: 'orders of a sale, a page of 25',
      per: requests,
      work: () => repeat(() => expectAnswer(admin, ofSale, 200)),
      expected: '0, 0, 34, 43: the sale 1, 32 shards of the index 16, the orders in one batch 26',
    }),
  ];
}

async function bookRows(bench: Bench): Promise<ComparisonRow[]> {
  const { admin, changes: stream } = bench.functions;
  const report = httpEvent('GET', `/v1/admin/sales/${saleId}/report`);
  const records = await insertions(bench.engines, 100);
  return [
    await count(bench, {
      name: `${records.length} changes of the stream, counted, the gate told`,
      per: 1,
      work: () => runChanges(stream, 'shardId-bench', records),
      expected: `${records.length + 1}, 0, 2, 2: each image to the gate, its lanes asked for once; the counters are read and written once a batch`,
    }),
    await count(bench, {
      name: 'report',
      per: requests,
      work: () => repeat(() => expectAnswer(admin, report, 200)),
      expected: '3 in one round trip, 2, 2, 2: the gate’s summary, both queues, sale and counters',
    }),
  ];
}

async function visitorRows(bench: Bench): Promise<ComparisonRow[]> {
  const { catalog, tickets } = bench.functions;
  const near = 'answered from memory for a second';
  const guest = httpEvent('POST', '/v1/guests');
  await expectAnswer(tickets, guest, 201);
  return [
    await count(bench, {
      name: 'sale',
      per: requests,
      work: () => repeat(() => expectAnswer(catalog, httpEvent('GET', `/v1/sales/${saleId}`), 200)),
      expected: `0, 0, 0, 0: ${near}`,
    }),
    await count(bench, {
      name: 'availability',
      per: requests,
      work: () => repeat(() => expectAnswer(catalog, httpEvent('GET', `/v1/sales/${saleId}/availability`), 200)),
      expected: `0, 0, 0, 0: ${near}`,
    }),
    await count(bench, {
      name: 'guest',
      per: requests,
      work: () => repeat(() => expectAnswer(tickets, guest, 201)),
      expected: '1, 0, 0, 0: the limit of its address',
    }),
  ];
}

/** What changes orders and stock; after everything else, for it makes units free again. */
async function changeRows(bench: Bench): Promise<ComparisonRow[]> {
  const { orders, 'order-reads': reads, admin, commit } = bench.functions;
  const { messages } = bench.engines.aws;
  const cancel = async (buyer: number): Promise<void> => {
    const path = orderPath(await expectAnswer(orders, orderEvent(saleId, buyer), 202));
    await expectAnswer(reads, httpEvent('POST', `${path}/cancel`), 200);
  };
  const stock = (change: object, idempotencyKey: string) =>
    httpEvent('POST', `/v1/admin/sales/${saleId}/items/${crowdSku}/stock`, { body: JSON.stringify(change), idempotencyKey });
  // The call waits for the commit, which is the worker's.
  const withdraw = async (index: number): Promise<void> => {
    const answered = expectAnswer(admin, stock({ withdraw: 1 }, `withdraw-${index}`), 200);
    for (let look = 0; messages.length === 0 && look < looks; look++) await Promise.race([answered, sleep(lookMs)]);
    await expectCommitted(commit, messages.splice(0));
    await answered;
  };
  const paths: string[] = [];
  messages.length = 0;
  // As above: the first of each carries a script's text.
  await cancel(1);
  await expectAnswer(admin, stock({ add: 1 }, 'add-first'), 200);
  for (let buyer = 2; buyer <= changes + 1; buyer++) paths.push(orderPath(await expectAnswer(orders, orderEvent(saleId, buyer), 202)));
  const rows = [
    await count(bench, {
      name: 'held order cancelled',
      per: changes,
      work: () => repeat((index) => expectAnswer(reads, httpEvent('POST', `${paths[index] ?? ''}/cancel`), 200), changes),
      expected: '1, 0, 2, 5: the order 1, one transaction (order 2, claim 2), its image to the gate',
    }),
    await count(bench, {
      name: 'unit added',
      per: changes,
      work: () => repeat((index) => expectAnswer(admin, stock({ add: 1 }, `add-${index}`), 200), changes),
      expected: '4, 0, 3, 6: sale and operation 2, both written 4; the gate told 1, its summary 3 in one round trip',
    }),
    await count(bench, {
      name: 'unit withdrawn, and committed',
      per: changes,
      work: () => repeat((index) => withdraw(index), changes),
      expected: '9 and 1 for each look at the commit, 1, 5, 12: recorded 6, looked for 1, committed 5',
    }),
  ];
  return rows;
}

/** Stored orders, as the stream would tell of their coming. */
async function insertions({ tablesEndpoint }: Rig, atMost: number): Promise<unknown[]> {
  const { Items } = await callAws<{ Items: object[] }>(tablesEndpoint, 'DynamoDB_20120810.Scan', {
    TableName: rig.ordersTable,
    Limit: atMost,
  });
  if (Items.length < atMost) throw new Error(`expected ${atMost} items in the orders table, got ${Items.length}`);
  return Items.map((NewImage, index) => ({ dynamodb: { SequenceNumber: String(index + 1), NewImage } }));
}

async function measure(folder: string, progress: Run['progress']): Promise<Measurement> {
  await using engines = await openRig(folder);
  const functions = evaluate(await makeBundles(functionNames, folder), engines.environment);
  await openBenchSale(functions.admin, functions.orders, saleId, requests + 1);
  const bench = { engines, functions, progress };
  const rows = [
    ...(await orderRows(bench)),
    ...(await listRows(bench)),
    ...(await bookRows(bench)),
    ...(await visitorRows(bench)),
    ...(await changeRows(bench)),
  ];
  const columns = ['Redis calls', 'SQS calls', 'DynamoDB calls', 'request units'];
  return { name: 'calls', figures: [], comparisons: [{ of: 'request', columns, rows }] };
}

await beChild(measure);
