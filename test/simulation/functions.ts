import { limits } from '../../lambdas/contracts/limits.ts';
import { countChanges } from '../../lambdas/domain/books/count-changes.ts';
import type { OrderEvent } from '../../lambdas/domain/events/order-events.ts';
import { acceptOrder } from '../../lambdas/domain/orders/accept-order.ts';
import { cancelOrder as cancel } from '../../lambdas/domain/orders/cancel-order.ts';
import { commitOrder } from '../../lambdas/domain/orders/commit-order.ts';
import { applyChanges } from '../../lambdas/domain/orders/apply-changes.ts';
import { expireOnTime } from '../../lambdas/domain/orders/expire-on-time.ts';
import { confirmWhenCommitted } from '../../lambdas/domain/orders/confirm-when-committed.ts';
import type { OrderIds } from '../../lambdas/domain/orders/order-id.ts';
import type { CommitRequest } from '../../lambdas/domain/orders/order.ts';
import type { ExpiryQueue, OrderQueue } from '../../lambdas/domain/orders/ports.ts';
import { readOrder } from '../../lambdas/domain/orders/read-order.ts';
import { takePaymentEvent } from '../../lambdas/domain/orders/take-payment-event.ts';
import type { PaymentEvent } from '../../lambdas/domain/payments/ports.ts';
import { SharedReconcile } from '../../lambdas/domain/stock/shared-reconcile.ts';
import { sweepSale } from '../../lambdas/domain/stock/sweep-sale.ts';
import { bookOperations } from '../../lambdas/entrypoints/wiring/book-operations.ts';
import type { Operating } from '../../lambdas/entrypoints/wiring/open-operating.ts';
import { saleOperations } from '../../lambdas/entrypoints/wiring/sale-operations.ts';
import { stockOperations } from '../../lambdas/entrypoints/wiring/stock-operations.ts';
import { cancelOrder } from '../../lambdas/http/cancel-order.ts';
import { confirmOrder } from '../../lambdas/http/confirm-order.ts';
import { createOrder } from '../../lambdas/http/create-order.ts';
import { getOrder } from '../../lambdas/http/get-order.ts';
import { receiveStripeEvent } from '../../lambdas/http/receive-stripe-event.ts';
import type { Log } from '../../lambdas/runtime/log.ts';
import type { FunctionMeter } from '../../lambdas/runtime/meter.ts';
import { type SqsHandler, sqsFunction } from '../../lambdas/runtime/sqs-function.ts';
import { type StreamHandler, streamFunction } from '../../lambdas/runtime/stream-function.ts';
import { orderOfImage } from '../../lambdas/stores/dynamodb/order-image.ts';
import { NearSales } from '../../lambdas/stores/memory/near-sales.ts';
import { NearSeatMaps } from '../../lambdas/stores/memory/near-seat-maps.ts';
import { NearSoldOut } from '../../lambdas/stores/memory/near-sold-out.ts';
import type { RedisConnection } from '../../lambdas/stores/redis/connection.ts';
import { RedisStockGate } from '../../lambdas/stores/redis/redis-stock-gate.ts';
import { commitOrders } from '../../lambdas/workers/commit-orders.ts';
import { expireOrders } from '../../lambdas/workers/expire-orders.ts';
import { followOrders } from '../../lambdas/workers/follow-orders.ts';
import { sweepSales } from '../../lambdas/workers/sweep-sales.ts';
import type { InMemoryCatalog } from '../support/fakes-catalog.ts';
import type { InMemoryCounters } from '../support/fakes-counters.ts';
import type { InMemorySeatMaps } from '../support/fakes-seats.ts';
import type { HttpHandlers } from './client.ts';
import type { FunctionEnvironment } from './function-environment.ts';
import { describe } from './describe.ts';
import type { SimulatedLedger } from './simulated-ledger.ts';
import type { Delivery } from './fairness-checker.ts';
import type { SimulatedQueue } from './simulated-queue.ts';
import { SimulatedRedis } from './simulated-redis.ts';
import { throughEnvironment } from './through-environment.ts';
import type { World } from './world.ts';

/** What all functions share: the stores, and where messages go. */
export interface Backing {
  readonly world: World;
  readonly redis: RedisConnection;
  readonly ledger: SimulatedLedger;
  readonly catalog: InMemoryCatalog;
  readonly seatMaps: InMemorySeatMaps;
  readonly counters: InMemoryCounters;
  readonly ids: OrderIds;
  readonly orders: SimulatedQueue;
  readonly expiries: SimulatedQueue;
  /** Ids of the events that were published. */
  readonly published: Set<string>;
  /** Told of each run of an order's worker. */
  readonly deliver: (orderId: string) => Delivery;
  /** orderId → when the sweeper sent it again, each time that the message took effect. */
  readonly resends: Map<string, number[]>;
}

/** The stores as an environment reaches them, wired as lambdas/entrypoints/ does it. */
function reach(
  { world, redis, ledger, catalog, seatMaps, counters, orders, expiries: notices, ids, resends }: Backing,
  environment: FunctionEnvironment,
) {
  const queue: OrderQueue = {
    send: (request: CommitRequest, { delaySeconds = 0 } = {}) =>
      environment.call('queue', 'queue.send', async () => {
        const { orderId } = request.order;
        if (environment.name === 'sweep') resends.set(orderId, [...(resends.get(orderId) ?? []), world.nowMs]);
        orders.send(JSON.stringify(request), delaySeconds);
      }),
    depth: () => environment.call('queue', 'queue.depth', async () => orders.depth()),
  };
  const expiries: ExpiryQueue = {
    send: (notice, { delaySeconds }) =>
      environment.call('queue', 'expiries.send', async () => notices.send(JSON.stringify(notice), delaySeconds)),
  };
  return {
    newToken: () => `token-${world.random.whole(0, 2 ** 31)}-${world.random.whole(0, 2 ** 31)}`,
    expiries,
    gate: new RedisStockGate(new SimulatedRedis(environment, redis), world.random.next),
    ledger: throughEnvironment(environment, 'ledger', ledger),
    catalog: throughEnvironment(environment, 'catalog', catalog),
    seatMaps: throughEnvironment(environment, 'catalog', seatMaps),
    counters: throughEnvironment(environment, 'ledger', counters),
    perf: { now: () => world.nowMs },
    queue,
    ids,
    clock: environment.clock,
    meter: silentMeter,
  };
}

/** Takes orders in, as entrypoints/orders.ts wires it. */
export function makeOrders(backing: Backing, environment: FunctionEnvironment): HttpHandlers {
  const { catalog, seatMaps, perf, ...deps } = reach(backing, environment);
  const sales = new NearSales(catalog, perf);
  const accepting = { ...deps, sales, seatMaps: new NearSeatMaps(seatMaps), soldOut: new NearSoldOut(perf) };
  return { createOrder: createOrder({ accept: (intent) => acceptOrder(accepting, intent), meter: silentMeter }) };
}

/** Answers polls and cancels, as entrypoints/order-reads.ts wires it. */
export function makeOrderReads(backing: Backing, environment: FunctionEnvironment): HttpHandlers {
  const { catalog, perf, ...deps } = reach(backing, environment);
  const newWaitId = () => `${environment.name}-${backing.world.random.whole(0, 2 ** 31)}`;
  const reading = { ...deps, sales: new NearSales(catalog, perf), newWaitId };
  return {
    cancelOrder: cancelOrder((order) => cancel(reading, order)),
    confirmOrder: confirmOrder((orderId, payment) => confirmWhenCommitted(reading, orderId, payment)),
    getOrder: getOrder((query) => readOrder(reading, query)),
  };
}

/** Hears from payment providers, as entrypoints/payments.ts wires it; the events are taken for signed. */
export function makePayments(backing: Backing, environment: FunctionEnvironment): HttpHandlers {
  const { catalog, perf, ...deps } = reach(backing, environment);
  const orders = { ...deps, sales: new NearSales(catalog, perf) };
  const events = { read: async (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as PaymentEvent };
  return { receiveStripeEvent: receiveStripeEvent({ events, take: (event) => takePaymentEvent(orders, event), clock: environment.clock }) };
}

/** Serves operators, as entrypoints/admin.ts wires it. */
export function makeAdmin(backing: Backing, environment: FunctionEnvironment): HttpHandlers {
  const deps = reach(backing, environment);
  const operating = {
    ...deps,
    deadLetters: { count: () => Promise.resolve(backing.orders.deadLetters.length) },
    tagOf: (saleId: string) => backing.ids.saleTag(saleId),
  } as unknown as Operating;
  return { ...saleOperations(operating), ...stockOperations(operating), ...bookOperations(operating) };
}

/** Commits accepted orders, as entrypoints/commit.ts wires it. */
export function makeCommit(backing: Backing, environment: FunctionEnvironment): SqsHandler {
  const { catalog: sales, ...deps } = reach(backing, environment);
  const shared = new SharedReconcile(deps);
  const commitWatched = (request: CommitRequest) => {
    const delivery = backing.deliver(request.order.orderId);
    const run = (...args: Parameters<SharedReconcile['run']>) => {
      delivery.compare(args[1].sku);
      return shared.run(...args);
    };
    const committing = commitOrder({ ...deps, sales, reconcile: { run } }, request);
    void committing.then(delivery.end, delivery.fail);
    return committing;
  };
  return sqsFunction({
    open: async () => commitOrders(commitWatched),
    delay: {
      putOff: (receipt, seconds) => environment.call('queue', 'queue.putOff', async () => backing.orders.putOff(receipt, seconds)),
    },
    parallel: limits.commitParallelOrders,
    log: watchfulLog(backing.world),
    meter: silentMeter,
  });
}

/** Follows the orders table's stream, as entrypoints/changes.ts wires it. */
export function makeChanges(backing: Backing, environment: FunctionEnvironment): StreamHandler {
  const { counters, gate, meter } = reach(backing, environment);
  return streamFunction({
    handle: followOrders({
      count: (shardId, changes) => countChanges(counters, shardId, changes),
      apply: (images) => applyChanges({ openGate: () => Promise.resolve(gate), meter }, images),
      publisher: { publish: (events) => environment.call('queue', 'publish', async () => publish(backing, events)) },
      orderOf: orderOfImage,
      onCorruption: (error) => backing.world.violate(`a stored order cannot be read: ${error.message}`),
    }),
    log: watchfulLog(backing.world),
    meter: silentMeter,
  });
}

/** Ends holds at their time, as entrypoints/expiry.ts wires it. */
export function makeExpiry(backing: Backing, environment: FunctionEnvironment): SqsHandler {
  const deps = reach(backing, environment);
  return sqsFunction({
    open: async () => expireOrders((notice) => expireOnTime(deps, notice)),
    delay: {
      putOff: (receipt, seconds) => environment.call('queue', 'queue.putOff', async () => backing.expiries.putOff(receipt, seconds)),
    },
    parallel: limits.commitParallelOrders,
    log: watchfulLog(backing.world),
    meter: silentMeter,
  });
}

/** Mends what was left, as entrypoints/sweep.ts wires it. */
export function makeSweep(backing: Backing, environment: FunctionEnvironment): () => Promise<void> {
  const deps = reach(backing, environment);
  return sweepSales({
    ...deps,
    sweep: (sale, from) => sweepSale(deps, sale, from),
    log: watchfulLog(backing.world),
    onFault: () => {},
  });
}

function publish({ published }: Backing, events: readonly OrderEvent[]): void {
  for (const { id } of events) published.add(id);
}

const silentMeter: FunctionMeter = { count: () => {}, flush: () => {} };

/** A function may fail for want of a dependency; any other error is a bug. */
function watchfulLog(world: World): Log {
  return {
    info: () => {},
    error: (message, error) => {
      if (!(error instanceof Error) || error.name !== 'UnavailableError') world.violate(`${message}: ${describe(error)}`);
    },
  };
}
