import { randomUUID } from 'node:crypto';
import type { Environment } from '../../contracts/env.ts';
import { OrderIds } from '../../domain/orders/order-id.ts';
import { systemClock as clock } from '../../runtime/clock.ts';
import { DynamoOrderLedger } from '../../stores/dynamodb/dynamo-order-ledger.ts';
import { DynamoSaleReads } from '../../stores/dynamodb/dynamo-sale-catalog.ts';
import { NearSales } from '../../stores/memory/near-sales.ts';
import { RedisStockGate } from '../../stores/redis/redis-stock-gate.ts';
import { openTables } from './open-tables.ts';
import type { Web } from './open-web.ts';

/** Opens what the operations on single orders work on. */
export function openOrderReading(environment: Environment<'order-reads'>, { redis, keys, meter }: Web) {
  const tables = openTables(environment);
  return {
    sales: new NearSales(new DynamoSaleReads(tables)),
    gate: new RedisStockGate(redis),
    ledger: new DynamoOrderLedger(tables),
    ids: new OrderIds(keys.orderIds),
    clock,
    meter,
    newWaitId: randomUUID,
  };
}
