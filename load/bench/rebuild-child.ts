import { setTimeout as sleep } from 'node:timers/promises';
import { benchRequest, heldOrder } from './bench-order.ts';
import type { Measurement } from './figure.ts';
import { evaluate, putBenchSale } from './functions.ts';
import { loadSubject } from './load-subject.ts';
import { makeBundles } from './make-bundles.ts';
import { median } from './median.ts';
import { openRig } from './open-rig.ts';
import { OrderPolls } from './order-polls.ts';
import { beChild, type Run } from './run-child.ts';
import { unitsText } from './units-text.ts';
import { writeOrders } from './write-orders.ts';

/** A gate lost in a sold-out sale, made again while buyers poll their orders. */
const saleId = 'rebuilt';
/** Each of an order of its own, of a customer of its own. */
const claims = 100_000;
const rounds = 3;
/** Written at once: what is made of them is let go before the next. */
const slice = 10_000;
const polls = { orders: 500, perSecond: 100, quietMs: 3000 };

async function measure(folder: string, progress: Run['progress']): Promise<Measurement> {
  await using engines = await openRig(folder);
  using subject = await loadSubject(engines, folder);
  const bundles = await makeBundles(['admin', 'order-reads'], folder);
  await putBenchSale(evaluate({ admin: bundles.admin }, engines.environment).admin, saleId, claims);
  progress(`${unitsText(claims)} orders`);
  const orderOf = (unit: number) => heldOrder(benchRequest(subject, saleId, unit, 1), [unit]);
  for (let from = 0; from < claims; from += slice)
    await writeOrders(
      engines.tablesEndpoint,
      Array.from({ length: slice }, (_, index) => subject.ledgerItems(orderOf(from + index))),
    );
  const orderIds = Array.from({ length: polls.orders }, (_, index) => orderOf((index * claims) / polls.orders).orderId);
  await using buyers = await OrderPolls.start({ bundle: bundles['order-reads'], orderIds, perSecond: polls.perSecond });
  progress('polls alone');
  const quiet = await buyers.during(() => sleep(polls.quietMs));

  const done: { readonly seconds: number; readonly waitedSeconds: number; readonly p50Ms: number; readonly p99Ms: number }[] = [];
  let [others, worstLagMs] = [quiet.others, 0];
  for (let round = 1; round <= rounds; round++) {
    progress(`its gate, round ${round} of ${rounds}`);
    await engines.redis.flushall();
    let [seconds, waitedSeconds] = [0, 0];
    const seen = await buyers.during(async () => {
      const startedMs = performance.now();
      waitedSeconds = (await subject.rebuild(saleId)).waitedMs / 1000;
      seconds = (performance.now() - startedMs) / 1000;
    });
    done.push({ seconds, waitedSeconds, p50Ms: seen.p50Ms, p99Ms: seen.p99Ms });
    others += seen.others;
    worstLagMs = Math.max(worstLagMs, seen.worstLagMs);
  }
  const middle = (of: keyof (typeof done)[number]): number => median(done.map((round) => round[of]));
  const alone = (value: number) => ({ value, why: 'the same polls while no gate is made' });
  return {
    name: 'rebuild',
    figures: [
      { name: `gate of ${unitsText(claims)} claims, its waits left out`, value: middle('seconds'), unit: 's', bound: { atMost: 5 } },
      { name: 'its waits: T_take, its margin, looks at an empty queue', value: middle('waitedSeconds'), unit: 's' },
      { name: 'polls of orders meanwhile: answers other than 200', value: others, unit: 'answers', bound: { atMost: 0 } },
      { name: 'polls meanwhile: p50 from the intended start', value: middle('p50Ms'), unit: 'ms', floor: alone(quiet.p50Ms) },
      { name: 'polls meanwhile: p99 from the intended start', value: middle('p99Ms'), unit: 'ms', floor: alone(quiet.p99Ms) },
      { name: 'polls meanwhile: latest launch', value: worstLagMs, unit: 'ms' },
    ],
    comparisons: [],
  };
}

await beChild(measure);
