import { costOf } from './cost-of.ts';
import { fillGate } from './fill-gate.ts';
import { expectAnswer, expectCommitted, type Handler, httpEvent, openBenchSale, orderEvent, orderPath } from './functions.ts';
import { median } from './median.ts';
import type { Rig } from './open-rig.ts';
import type { Subject } from './subject/open-subject.ts';

/** What works on a sale that grows. */
export interface GrowthBench {
  readonly engines: Rig;
  readonly subject: Subject;
  readonly functions: Readonly<Record<'orders' | 'commit' | 'order-reads' | 'admin', Handler>>;
  /** File of the admin function. */
  readonly adminBundle: string;
  readonly sku: string;
}

/** The cost of one order, of reading it and of the report, in a sale of some size. Times are medians, one request at a time. */
export interface OrdersGrowth {
  readonly acceptMs: number;
  readonly reserveUs: number;
  readonly commitMs: number;
  readonly applyUs: number;
  readonly commitUnits: number;
  readonly pollMs: number;
  readonly reportMs: number;
  readonly reportUnits: number;
  readonly bytesAUnit: number;
  readonly bytesAnOrder: number;
}

const none: readonly number[] = [];
const warmOrders = 50;
const orders = 200;
const reports = 20;
const batchMessages = 10;

/** Opens a sale of so many units, sets aside all but a few hundred, and has orders of one unit taken, committed and read. */
export async function ordersAt(bench: GrowthBench, units: number): Promise<OrdersGrowth> {
  const { engines, subject, functions, sku } = bench;
  const { messages } = engines.aws;
  const saleId = `growth-${units}`;
  await openBenchSale(functions.admin, functions.orders, saleId, units);
  await fillGate(subject, saleId, units - warmOrders - orders - 1);
  const warm: string[] = [];
  const paths: string[] = [];
  const accept = (buyer: number, into: string[]) => async (): Promise<void> => {
    into.push(orderPath(await expectAnswer(functions.orders, orderEvent(saleId, buyer), 202)));
  };
  const commit = () => expectCommitted(functions.commit, messages.splice(0, batchMessages));
  const poll = (path: string) => () => expectAnswer(functions['order-reads'], httpEvent('GET', path), 200);

  await timesOf(warmOrders, (index) => accept(1 + index, warm));
  while (messages.length > 0) await commit();
  for (const path of warm) await poll(path)();

  const before = await bytes(engines, subject.orderKeys(saleId));
  const times = { accepted: none, committed: none, reported: none };
  const acceptCost = await costOf(engines, orders, async () => {
    times.accepted = await timesOf(orders, (index) => accept(1 + warmOrders + index, paths));
  });
  const commitCost = await costOf(engines, orders, async () => {
    times.committed = await timesOf(orders / batchMessages, () => commit);
  });
  const after = await bytes(engines, subject.orderKeys(saleId));
  const polled = await timesOf(orders, (index) => poll(paths[index] ?? ''));
  await subject.countHeld(saleId, sku, units);
  const report = httpEvent('GET', `/v1/admin/sales/${saleId}/report`);
  const reportCost = await costOf(engines, reports, async () => {
    times.reported = await timesOf(reports, () => () => expectAnswer(functions.admin, report, 200));
  });
  return {
    acceptMs: median(times.accepted),
    reserveUs: acceptCost.scriptUs,
    commitMs: median(times.committed) / batchMessages,
    applyUs: commitCost.scriptUs,
    commitUnits: commitCost.units,
    pollMs: median(polled),
    reportMs: median(times.reported),
    reportUnits: reportCost.units,
    bytesAUnit: (await bytes(engines, subject.unitKeys(saleId, sku))) / units,
    bytesAnOrder: (after - before) / orders,
  };
}

/** Milliseconds of each run. */
async function timesOf(runs: number, workOf: (index: number) => () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < runs; index++) {
    const work = workOf(index);
    const startedMs = performance.now();
    await work();
    times.push(performance.now() - startedMs);
  }
  return times;
}

/** Memory of some keys within Redis, every element counted. */
async function bytes({ redis }: Rig, keys: readonly string[]): Promise<number> {
  let sum = 0;
  for (const key of keys) sum += (await redis.memory('USAGE', key, 'SAMPLES', 0)) ?? 0;
  return sum;
}
