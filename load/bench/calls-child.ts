import type { FunctionName } from '../../lambdas/contracts/functions.ts';
import type { Measurement } from './figure.ts';
import { evaluate, expectAnswer, expectCommitted, httpEvent, openBenchSale, orderEvent } from './functions.ts';
import { makeBundles } from './make-bundles.ts';
import { openRig, type Rig } from './open-rig.ts';
import { childAnswer } from './run-child.ts';
import { withFolder } from './with-folder.ts';

/** Counts the calls of each kind of request at the engines: the functions run in this process, one request at a time. */
const names = ['orders', 'order-reads', 'commit', 'admin'] as const satisfies readonly FunctionName[];
const requests = 200;
const batchMessages = 10;
const saleId = 'bench-calls';
/** Commands of the connection itself, and ours. */
const housekeeping = new Set([
  'info',
  'config|resetstat',
  'ping',
  'client|setinfo',
  'client|setname',
  'hello',
  'auth',
  'cluster|slots',
  'acl|setuser',
]);

interface Counted {
  readonly redis: number;
  readonly sends: number;
  readonly dynamo: number;
  readonly units: number;
}

/** Calls made per request while `work` handled that many. */
async function counted({ aws, redis }: Rig, per: number, work: () => Promise<void>): Promise<Counted> {
  await redis.config('RESETSTAT');
  aws.reset();
  await work();
  const stats = [...(await redis.info('commandstats')).matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)];
  const commands = stats.filter(([, name = '']) => !housekeeping.has(name)).map(([, name = '', calls]) => ({ name, calls: Number(calls) }));
  const scripts = commands.filter(({ name }) => name.startsWith('eval')).reduce((sum, { calls }) => sum + calls, 0);
  // What a script calls is counted as well; beside scripts only these come from a client of ours.
  const reads = scripts > 0 ? 0 : commands.reduce((sum, { calls }) => sum + calls, 0);
  const sum = (service: string): number =>
    [...aws.counts.calls].reduce((total, [name, calls]) => total + (name.startsWith(service) ? calls : 0), 0);
  return { redis: (scripts + reads) / per, sends: sum('SQS') / per, dynamo: sum('DynamoDB') / per, units: aws.counts.units / per };
}

async function measure(folder: string): Promise<Measurement> {
  await using engines = await openRig(folder);
  const functions = evaluate(await makeBundles(names, folder), engines.environment);
  await openBenchSale(functions.admin, functions.orders, saleId, requests + 1);
  const ids: string[] = [];
  const orderAll = async (status: number, from: number): Promise<void> => {
    for (let buyer = from; buyer < from + requests; buyer++) {
      const answer = await expectAnswer(functions.orders, orderEvent(saleId, buyer), status);
      if (status === 202) ids.push(String(answer.multiValueHeaders['location']?.[0] ?? answer.multiValueHeaders['Location']?.[0]));
    }
  };
  const accepted = await counted(engines, requests, () => orderAll(202, 1));
  const { messages } = engines.aws;
  const committed = await counted(engines, messages.length, async () => {
    for (let from = 0; from < messages.length; from += batchMessages)
      await expectCommitted(functions.commit, messages.slice(from, from + batchMessages));
  });
  const polls = ids.slice(0, requests);
  const poll = await counted(engines, requests, async () => {
    for (const location of polls) await expectAnswer(functions['order-reads'], httpEvent('GET', location), 200);
  });
  const replay = await counted(engines, requests, () => orderAll(202, 1));
  // The first of these finds out and is remembered; the second is the first to peek, so it carries the script's text.
  for (const buyer of [100_000, 100_001]) await expectAnswer(functions.orders, orderEvent(saleId, buyer), 409);
  const hopeless = await counted(engines, requests, () => orderAll(409, 200_000));
  return {
    name: 'calls',
    figures: [
      ...order('accepted order', accepted, 1),
      ...commit(committed),
      ...order('replay', replay, 0),
      ...order('poll', poll, 0),
      ...order('hopeless order', hopeless, 0),
    ],
  };
}

const cacheFloor = { value: 0, why: 'the near cache reads the sale again each 0.7 s, whatever the requests' };

const order = (name: string, { redis, sends, dynamo }: Counted, sendsBound: number): Measurement['figures'] => [
  { name: `${name}: Redis calls`, value: redis, unit: 'calls', bound: { atMost: 1 }, floor: { value: 1, why: 'one decision' } },
  { name: `${name}: SQS calls`, value: sends, unit: 'calls', bound: { atMost: sendsBound } },
  { name: `${name}: DynamoDB calls`, value: dynamo, unit: 'calls', floor: cacheFloor },
];

const commit = ({ redis, dynamo, units }: Counted): Measurement['figures'] => [
  {
    name: 'committed order: DynamoDB calls',
    value: dynamo,
    unit: 'calls',
    bound: { atMost: 1 },
    floor: { value: 1, why: 'one transaction' },
  },
  {
    name: 'committed order: request units, index included',
    value: units,
    unit: 'units',
    floor: { value: 5, why: 'order 2 + claim 2 + index 1' },
  },
  { name: 'committed order: Redis calls', value: redis, unit: 'calls', floor: { value: 1, why: 'the image is applied to the gate' } },
];

await childAnswer(await withFolder(measure));
process.exit(0);
