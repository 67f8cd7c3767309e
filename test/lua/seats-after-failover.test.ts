import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { commitOrder } from '../../lambdas/domain/orders/commit-order.ts';
import type { CommitRequest, Order } from '../../lambdas/domain/orders/order.ts';
import { SharedReconcile } from '../../lambdas/domain/stock/shared-reconcile.ts';
import { connectRedis } from '../../lambdas/stores/redis/connect.ts';
import type { RedisConnection } from '../../lambdas/stores/redis/connection.ts';
import { RedisStockGate } from '../../lambdas/stores/redis/redis-stock-gate.ts';
import { acceptedOrder, holdSeconds, itemOf, saleOf } from '../support/builders.ts';
import { InMemoryCatalog } from '../support/fakes-catalog.ts';
import { ManualClock } from '../support/fakes-clock.ts';
import { InMemoryLedger } from '../support/fakes-ledger.ts';
import { CountingMeter } from '../support/fakes-meter.ts';
import { RecordingExpiries, RecordingQueue } from '../support/fakes-queue.ts';
import { seatedItem } from '../support/fakes-seats.ts';
import { available, startRedisServer, type RedisServer } from '../support/redis-server.ts';
import { describeWith } from '../support/skip.ts';

const rows = ['A1', 'A2', 'A3', 'A4', 'A5'];
const shirts = 40;
const runs = 150;
const seed = 20_261_122;

interface Story {
  /** Orders of shirts and seats, and after which of them the gate forgets all that the ledger does not have. */
  readonly orders: readonly { readonly seats: readonly number[]; readonly shirts: number; readonly failover: boolean }[];
  /** Positions of the messages as they are delivered, some twice; all are delivered once more at the end. */
  readonly deliveries: readonly number[];
  /** So many of the first deliveries come before the last order. */
  readonly early: number;
}

const story: fc.Arbitrary<Story> = fc.record({
  orders: fc.array(
    fc.record({
      seats: fc.uniqueArray(fc.nat({ max: rows.length - 1 }), { minLength: 1, maxLength: 2 }),
      shirts: fc.integer({ min: 1, max: 3 }),
      failover: fc.boolean(),
    }),
    { minLength: 2, maxLength: 6 },
  ),
  deliveries: fc.array(fc.nat({ max: 5 }), { maxLength: 12 }),
  early: fc.nat({ max: 3 }),
});

describeWith('redis-server', available(), () => {
  let server: RedisServer;
  let connection: RedisConnection;
  let gate: RedisStockGate;
  let stories = 0;

  beforeAll(async () => {
    server = await startRedisServer({ cluster: false });
    connection = await connectRedis(server);
    gate = new RedisStockGate(connection);
  }, 30_000);
  afterAll(async () => {
    connection.close();
    await server.stop();
  });

  async function tell({ orders, deliveries, early }: Story): Promise<void> {
    stories += 1;
    const sale = saleOf({ saleId: `sale-${stories}`, items: [itemOf({ capacity: shirts }), seatedItem(rows)] });
    const { saleId } = sale;
    const ledger = new InMemoryLedger();
    const parts = { ledger, gate, sales: new InMemoryCatalog(sale), clock: new ManualClock(), meter: new CountingMeter() };
    const deps = { ...parts, queue: new RecordingQueue(), expiries: new RecordingExpiries(), reconcile: new SharedReconcile(parts) };
    const messages: CommitRequest[] = [];
    const deliver = async (positions: readonly number[]) => {
      for (const position of positions) {
        const message = messages[position];
        if (message) expect(await commitOrder(deps, message)).toBe('settled');
      }
    };
    const forget = async () => {
      await gate.beginRebuild(saleId, `token-${messages.length}`, ['shirt', 'stalls'], { remake: true, lanes: 1, gateVersion: 1 });
      await gate.publish({ saleId, gateVersion: 1 }, `token-${messages.length}`, 0, { shirt: shirts, stalls: rows.length });
      for (const order of ledger.stored.values()) await gate.apply(order);
    };

    await forget();
    for (const [index, wish] of orders.entries()) {
      if (index === orders.length - 1) await deliver(deliveries.slice(0, early));
      const outcome = await gate.reserve({ order: orderOf(saleId, index, wish), customerLimit: 0, holdSeconds, gateVersion: 1 });
      if (outcome.kind === 'reserved') messages.push(outcome.request);
      if (wish.failover) await forget();
    }
    await deliver(deliveries.slice(early));
    await Promise.all(messages.toReversed().map((message) => commitOrder(deps, message)));

    for (const { order } of messages) judge(ledger, ledger.stored.get(order.orderId), order);
    for (const { sku, capacity } of sale.items)
      await deps.reconcile.run({ saleId, gateVersion: 1 }, { sku, capacity }, { sinceMs: 0, incarnation: '' });
    for (const { sku } of sale.items) {
      const owned = (await gate.owners(saleId, sku, 0)).map(({ unit, orderId }) => `${unit} ${orderId}`);
      const claimed = [...ledger.claimed.values()].filter((claim) => claim.sku === sku).map(({ unit, orderId }) => `${unit} ${orderId}`);
      expect(owned.toSorted()).toEqual(claimed.toSorted());
    }
  }

  test(`${runs} stories of seats and shirts that a failover handed out twice: each seat has one owner, shirts move, nobody is turned away from a free seat`, async () => {
    const result = await fc.check(fc.asyncProperty(story, tell), {
      seed,
      numRuns: runs,
      interruptAfterTimeLimit: 60_000,
      markInterruptAsFailure: true,
    });
    expect(fc.defaultReportMessage(result)).toBeUndefined();
  }, 90_000);
});

function orderOf(saleId: string, index: number, { seats, shirts: quantity }: Story['orders'][number]): Order {
  const order = acceptedOrder({ saleId, key: `k${index}`, customerId: `customer-${index}` });
  const line = { unitPriceMinor: 4999 };
  return {
    ...order,
    lines: [
      { ...line, sku: 'shirt', quantity, units: [] },
      { ...line, sku: 'stalls', quantity: seats.length, units: [...seats], seats: seats.map((unit) => rows[unit] ?? '') },
    ],
  };
}

/** What became of an order: all of its seats and as many shirts as it asked for; or nothing, because others have a seat of it. */
function judge(ledger: InMemoryLedger, settled: Order | undefined, asked: Order): void {
  const [shirtLine, seatLine] = asked.lines;
  const ownerOf = (unit: number) => [...ledger.claimed.values()].find((claim) => claim.sku === 'stalls' && claim.unit === unit);
  if (settled?.state === 'held') {
    expect(settled.lines[1]).toEqual(seatLine);
    expect(new Set(settled.lines[0]?.units).size).toBe(shirtLine?.quantity);
    return;
  }
  expect(settled).toMatchObject({ state: 'rejected', reason: 'seat-taken' });
  expect(seatLine?.units.some((unit) => ownerOf(unit) !== undefined)).toBe(true);
}
