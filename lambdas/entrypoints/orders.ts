import { acceptOrder } from '../domain/orders/accept-order.ts';
import { OrderIds } from '../domain/orders/order-id.ts';
import { createOrder } from '../http/create-order.ts';
import { createSqsClient } from '../queues/sqs-client.ts';
import { SqsOrderQueue } from '../queues/sqs-order-queue.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { DynamoOrderReader } from '../stores/dynamodb/dynamo-order-reader.ts';
import { NearSoldOut } from '../stores/memory/near-sold-out.ts';
import { RedisStockGate } from '../stores/redis/redis-stock-gate.ts';
import { openCatalog } from './wiring/open-catalog.ts';
import { openTables } from './wiring/open-tables.ts';
import { serveHttp } from './wiring/serve-http.ts';

/** Takes orders in. */
export const handler = serveHttp('orders', (environment, { redis, keys, meter }) => {
  const tables = openTables(environment);
  const deps = {
    ...openCatalog(tables),
    gate: new RedisStockGate(redis),
    ledger: new DynamoOrderReader(tables),
    queue: new SqsOrderQueue({ client: createSqsClient(environment.AWS_REGION), queueUrl: environment.ORDERS_QUEUE_URL }),
    soldOut: new NearSoldOut(),
    ids: new OrderIds(keys.orderIds),
    clock,
  };
  return { createOrder: createOrder({ accept: (intent) => acceptOrder(deps, intent), meter }) };
});
