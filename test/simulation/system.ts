import { limits } from '../../lambdas/contracts/limits.ts';
import { OrderIds } from '../../lambdas/domain/orders/order-id.ts';
import type { SqsEvent, SqsHandler } from '../../lambdas/runtime/sqs-function.ts';
import type { StreamHandler } from '../../lambdas/runtime/stream-function.ts';
import { ordersVisibilitySeconds } from '../../lib/config/assert-limits.ts';
import { InMemoryCatalog } from '../support/fakes-catalog.ts';
import { InMemoryCounters } from '../support/fakes-counters.ts';
import { InMemorySeatMaps } from '../support/fakes-seats.ts';
import { InProcessRedis } from '../support/in-process-redis.ts';
import { checkBooks } from './books-checker.ts';
import type { HttpHandlers } from './client.ts';
import { FairnessChecker } from './fairness-checker.ts';
import { RedisShards } from './redis-shards.ts';
import { FunctionPool } from './function-pool.ts';
import {
  type Backing,
  makeAdmin,
  makeChanges,
  makeCommit,
  makeExpiry,
  makeOrderReads,
  makeOrders,
  makePayments,
  makeSweep,
} from './functions.ts';
import { SimulatedLedger } from './simulated-ledger.ts';
import { type Message, SimulatedQueue } from './simulated-queue.ts';
import { SimulatedStream } from './simulated-stream.ts';
import type { World } from './world.ts';

/** The schedule's rate: once a minute. */
const sweepEveryMs = 60_000;
/** One for all runs: preparing a key costs as much as deriving an id. */
const ids = new OrderIds(new TextEncoder().encode('the key of every simulation'));

/** All of Penstock in this process, on virtual time. */
export interface System {
  readonly world: World;
  readonly shards: RedisShards;
  readonly backing: Backing;
  readonly stream: SimulatedStream;
  /** The queue may tell of fewer messages than it has. */
  readonly miscounted: boolean;
  /** A call may take effect after its time-out. */
  readonly belated: boolean;
  readonly orders: FunctionPool<HttpHandlers>;
  readonly orderReads: FunctionPool<HttpHandlers>;
  readonly payments: FunctionPool<HttpHandlers>;
  readonly admin: FunctionPool<HttpHandlers>;
}

/** Puts it together, with the checkers that look on all the time. */
export function makeSystem(world: World): System {
  const shards = new RedisShards(() => Math.floor(world.nowMs));
  world.watchers.push(shards.note);
  const ledger = new SimulatedLedger();
  const catalog = new InMemoryCatalog();
  const fairness = new FairnessChecker(world, shards, ledger, catalog);
  checkBooks(world, ledger, catalog);
  const consume = (event: Parameters<StreamHandler>[0]) => changes.invoke((handler) => handler(event));
  const stream = new SimulatedStream(world, consume);
  ledger.onChange.push((change) => stream.tell(change));
  const workQueue = (name: string, consumer: () => FunctionPool<SqsHandler>) =>
    new SimulatedQueue(world, {
      name,
      visibilityMs: ordersVisibilitySeconds(limits) * 1000,
      maxReceives: limits.commitMaxReceives,
      batchMessages: limits.commitBatchMessages,
      deliver: (messages) => deliver(consumer(), messages),
    });
  const backing: Backing = {
    world,
    redis: new InProcessRedis(shards.of),
    ledger,
    catalog,
    seatMaps: new InMemorySeatMaps(),
    counters: new InMemoryCounters(),
    ids,
    orders: workQueue('orders', () => commit),
    expiries: workQueue('expiries', () => expiry),
    published: new Set(),
    deliver: (orderId) => fairness.deliver(orderId),
    resends: new Map(),
  };
  const pool = <H>(name: string, seconds: number, make: (backing: Backing, environment: Parameters<typeof makeOrders>[1]) => H) =>
    new FunctionPool(world, { name, timeoutMs: seconds * 1000, make: (environment) => make(backing, environment) });
  const commit = pool('commit', limits.commitTimeoutSeconds, makeCommit);
  const expiry = pool('expiry', limits.commitTimeoutSeconds, makeExpiry);
  const sweep = pool('sweep', limits.sweepTimeoutSeconds, makeSweep);
  const schedule = () => {
    void sweep.invoke((run) => run());
    world.timeline.after(sweepEveryMs, schedule);
  };
  world.timeline.after(world.random.between(0, sweepEveryMs), schedule);
  const changes = pool('changes', limits.changesTimeoutSeconds, makeChanges);
  return {
    world,
    shards,
    backing,
    stream,
    miscounted: world.rates.wrongDepth > 0,
    belated: world.rates.lateEffect > 0,
    orders: pool('orders', limits.httpTimeoutSeconds, makeOrders),
    orderReads: pool('order-reads', limits.httpTimeoutSeconds, makeOrderReads),
    payments: pool('payments', limits.httpTimeoutSeconds, makePayments),
    admin: pool('admin', limits.adminTimeoutSeconds, makeAdmin),
  };
}

async function deliver(pool: FunctionPool<SqsHandler>, messages: readonly Message[]) {
  const event: SqsEvent = {
    Records: messages.map(({ id, body, receipt, receives }) => ({
      messageId: id,
      body,
      receiptHandle: receipt,
      attributes: { ApproximateReceiveCount: String(receives) },
    })),
  };
  const ended = await pool.invoke((handler) => handler(event, {}));
  if (ended.kind !== 'returned') return 'all failed';
  return { failed: new Set(ended.value.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)) };
}
