import { randomUUID } from 'node:crypto';
import { OrderIds } from '../../../lambdas/domain/orders/order-id.ts';
import { rebuildGate } from '../../../lambdas/domain/stock/rebuild-gate.ts';
import type { Order } from '../../../lambdas/domain/orders/order.ts';
import { Tally } from '../../../lambdas/domain/books/tally.ts';
import { assert } from '../../../lambdas/domain/kernel/assert.ts';
import { deriveKeys } from '../../../lambdas/runtime/derive-keys.ts';
import { systemBackoff, systemClock } from '../../../lambdas/runtime/clock.ts';
import { createDynamoClient } from '../../../lambdas/stores/dynamodb/client.ts';
import { toClaimItem } from '../../../lambdas/stores/dynamodb/claim-item.ts';
import { DynamoBookCounters } from '../../../lambdas/stores/dynamodb/dynamo-book-counters.ts';
import { DynamoOrderLedger } from '../../../lambdas/stores/dynamodb/dynamo-order-ledger.ts';
import { DynamoSaleReads } from '../../../lambdas/stores/dynamodb/dynamo-sale-catalog.ts';
import { toOrderItem } from '../../../lambdas/stores/dynamodb/order-item.ts';
import { bitsKey, ownKey, saleKeys } from '../../../lambdas/stores/redis/keys.ts';
import { RedisConnection } from '../../../lambdas/stores/redis/connection.ts';
import type { RedisSettings } from '../../../lambdas/stores/redis/open-client.ts';
import { RedisRateLimiter } from '../../../lambdas/stores/redis/rate-limit.ts';
import { RedisStockGate } from '../../../lambdas/stores/redis/redis-stock-gate.ts';
import { SaleLanes } from '../../../lambdas/stores/redis/sale-lanes.ts';
import { scripts } from '../../../lambdas/stores/redis/scripts.ts';

/** What the bench measures below the functions: the gate, and what a sale is made of in the ledger. */
export type Subject = ReturnType<typeof openSubject>;
/** The name of a gate script in the code. */
export type ScriptName = keyof typeof scripts;

/** Where it works. DynamoDB's endpoint and the credentials are in the environment, as a function finds them. */
export interface SubjectSettings {
  readonly redis: RedisSettings;
  readonly region: string;
  readonly deploymentSecret: string;
  readonly salesTable: string;
  readonly ordersTable: string;
  readonly claimsTable: string;
}

/** Opens the gate and the ledger as the functions do. Bundled like them (make-bundles.ts), for it takes the Lua in. */
export function openSubject(settings: SubjectSettings) {
  const connection = new RedisConnection(settings.redis);
  const tables = { ...settings, client: createDynamoClient(settings.region), backoff: systemBackoff };
  const gate = new RedisStockGate(connection);
  const counters = new DynamoBookCounters(tables);
  return {
    gate,
    scripts,
    /** An order's home lane, and the next one. */
    lanesOf: (saleId: string, lanes: number, orderId: string) => {
      const { home, others } = new SaleLanes(connection, Math.random, { saleId, lanes }).of(orderId);
      assert(others[0], `a sale of several lanes, got ${lanes}`);
      return { home, other: others[0] };
    },
    limiter: new RedisRateLimiter(connection),
    ids: new OrderIds(deriveKeys(settings.deploymentSecret).orderIds),
    /** Keys that grow with the units of a sku. */
    unitKeys: (saleId: string, sku: string) => [bitsKey(saleId, sku), ownKey(saleId, sku)],
    /** Keys that grow with the orders of a sale. */
    orderKeys: (saleId: string) => {
      const { ent, pend, due, cust } = saleKeys(saleId);
      return [ent, pend, due, cust];
    },
    rebuild: (saleId: string) => rebuild(gate, tables, saleId),
    ledgerItems,
    /** The report's counters of a sale in which so many orders, each of one unit, are held. */
    countHeld: async (saleId: string, sku: string, orders: number): Promise<void> => {
      const tally = new Tally();
      tally.orders.held = orders;
      tally.unitsOf(sku).held = orders;
      await counters.write(saleId, 'shardId-bench', { tally, lastSequence: '1', changedAtMs: Date.now() }, undefined);
    },
    close: () => connection.close(),
  };
}

type Tables = ConstructorParameters<typeof DynamoOrderLedger>[0] & ConstructorParameters<typeof DynamoSaleReads>[0];

/** A whole rebuild but for its waits, which do not depend on the sale, as nothing else is at work here; they are told. */
async function rebuild(gate: RedisStockGate, tables: Tables, saleId: string): Promise<{ readonly waitedMs: number }> {
  const catalog = new DynamoSaleReads(tables);
  const sale = await catalog.read(saleId);
  assert(sale, `the sale to rebuild exists: ${saleId}`);
  let waitedMs = 0;
  const sleep = async (ms: number): Promise<void> => {
    waitedMs += ms;
  };
  const done = await rebuildGate(
    {
      gate,
      ledger: new DynamoOrderLedger(tables),
      queue: { depth: () => Promise.resolve({ visible: 0, inFlight: 0, delayed: 0 }) },
      catalog,
      clock: { ...systemClock, sleep },
      meter: { count: () => {} },
      newToken: randomUUID,
    },
    sale,
  );
  assert(done === 'rebuilt', `a gate that was lost is rebuilt, got ${done}`);
  return { waitedMs };
}

/** The items of a held order in the ledger: itself, and its claims. */
function ledgerItems(order: Order) {
  const { saleId, orderId, version, customerId, holdExpiresAtMs } = order;
  const claims = order.lines.flatMap(({ sku, units }) =>
    units.map((unit) =>
      toClaimItem(saleId, { sku, unit, orderId, version, customerId, ...(holdExpiresAtMs === undefined ? {} : { holdExpiresAtMs }) }),
    ),
  );
  return { order: toOrderItem(order), claims };
}
