import { Cluster } from 'ioredis';
import type { Measurement } from './figure.ts';
import { evaluate, expectAnswer, openBenchSale, orderEvent } from './functions.ts';
import { makeBundles } from './make-bundles.ts';
import { openRig } from './open-rig.ts';
import { rig } from './rig-environment.ts';
import { beChild, type Run } from './run-child.ts';

/** The orders function, whole but for the queue's client, against a real Redis: how many orders a second one core takes. */
const saleId = 'bench-in-process';
const warmUpMs = 3000;
const measuredMs = 6000;
/** Enough requests at once to hide Redis's latency: the processor is to be measured. */
const lanes = 32;
const stock = 1_000_000;
/** As long as the payload of an order for one unit. */
const payload = 'x'.repeat(500);

interface Rate {
  readonly perSecond: number;
  readonly cpuMs: number;
}

/** Repeats work in all lanes for a time; processor time of this process for each repetition. */
async function repeat(ms: number, work: (index: number) => Promise<void>, from = 0): Promise<Rate & { readonly done: number }> {
  let next = from;
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  const lane = async (): Promise<void> => {
    while (performance.now() - startedMs < ms) await work(next++);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const { user, system } = process.cpuUsage(cpu);
  const done = next - from;
  return { done, perSecond: (done * 1000) / (performance.now() - startedMs), cpuMs: (user + system) / 1000 / done };
}

/** What one script call of that size costs the client alone. */
async function redisCall(port: number): Promise<Rate> {
  const cluster = new Cluster([{ host: '127.0.0.1', port }], {
    redisOptions: { username: rig.redisUser, password: rig.redisPassword },
  });
  try {
    const keys = Array.from({ length: 5 }, (_, index) => `{${saleId}}:bench-key-${index}`);
    cluster.defineCommand('benchCall', { numberOfKeys: keys.length, lua: 'return {1, ARGV[1]}' });
    const call = (cluster as unknown as { benchCall(...args: string[]): Promise<unknown> }).benchCall.bind(cluster);
    const once = async (): Promise<void> => {
      await call(...keys, payload);
    };
    await repeat(warmUpMs / 2, once);
    return await repeat(measuredMs / 2, once);
  } finally {
    cluster.disconnect();
  }
}

async function measure(folder: string, progress: Run['progress']): Promise<Measurement> {
  await using engines = await openRig(folder);
  const alias = { '@aws-sdk/client-sqs': new URL('queue-client-in-process.ts', import.meta.url).pathname };
  const bundles = await makeBundles(['orders', 'admin'], folder, alias);
  const { orders, admin } = evaluate(bundles, engines.environment);
  await openBenchSale(admin, orders, saleId, stock);
  const order = async (buyer: number): Promise<void> => {
    await expectAnswer(orders, orderEvent(saleId, buyer), 202);
  };
  progress('warming up');
  const warm = await repeat(warmUpMs, order, 1);
  progress('measuring');
  const measured = await repeat(measuredMs, order, warm.done + 1);
  progress('the Redis call alone');
  const call = await redisCall(engines.redisPort);
  return {
    name: 'in-process',
    figures: [
      {
        name: 'orders through handler and gate',
        value: measured.perSecond,
        unit: '/s',
        bound: { atLeast: 3000 },
        floor: { value: call.perSecond, why: 'the same client with nothing but a script call of that size' },
      },
      { name: 'processor time of an order', value: measured.cpuMs, unit: 'ms' },
      { name: 'processor time of its Redis call', value: call.cpuMs, unit: 'ms' },
      {
        name: 'handler beyond its calls',
        value: measured.cpuMs - call.cpuMs,
        unit: 'ms',
        bound: { atMost: 0.5 },
      },
    ],
    comparisons: [],
  };
}

await beChild(measure);
