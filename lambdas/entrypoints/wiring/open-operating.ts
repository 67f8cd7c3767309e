import { randomUUID } from 'node:crypto';
import type { Environment } from '../../contracts/env.ts';
import { OrderIds } from '../../domain/orders/order-id.ts';
import { createSqsClient } from '../../queues/sqs-client.ts';
import { SqsDeadLetters } from '../../queues/sqs-dead-letters.ts';
import { SqsOrderQueue } from '../../queues/sqs-order-queue.ts';
import { systemClock as clock } from '../../runtime/clock.ts';
import { Cursors } from '../../runtime/cursors.ts';
import { DynamoBookCounters } from '../../stores/dynamodb/dynamo-book-counters.ts';
import { DynamoOrderLedger } from '../../stores/dynamodb/dynamo-order-ledger.ts';
import { DynamoSaleCatalog } from '../../stores/dynamodb/dynamo-sale-catalog.ts';
import { DynamoSeatMaps } from '../../stores/dynamodb/dynamo-seat-maps.ts';
import { RedisStockGate } from '../../stores/redis/redis-stock-gate.ts';
import { openTables } from './open-tables.ts';
import type { Web } from './open-web.ts';

/** What the operator's operations work on. */
export type Operating = ReturnType<typeof openOperating>;

/** Opens every store and queue for the operator's operations. */
export function openOperating(environment: Environment<'admin'>, { redis, keys, meter }: Web) {
  const tables = openTables(environment);
  const sqs = createSqsClient(environment.AWS_REGION);
  const ids = new OrderIds(keys.orderIds);
  return {
    catalog: new DynamoSaleCatalog(tables),
    seatMaps: new DynamoSeatMaps(tables),
    gate: new RedisStockGate(redis),
    ledger: new DynamoOrderLedger(tables),
    counters: new DynamoBookCounters(tables),
    queue: new SqsOrderQueue({ client: sqs, queueUrl: environment.ORDERS_QUEUE_URL }),
    deadLetters: new SqsDeadLetters({ client: sqs, queueUrl: environment.ORDERS_DLQ_URL }),
    newToken: randomUUID,
    tagOf: (saleId: string) => ids.saleTag(saleId),
    ids,
    cursors: new Cursors(keys.cursors),
    clock,
    meter,
  };
}
