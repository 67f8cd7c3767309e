import { acceptOrder } from '../domain/orders/accept-order.ts';
import { OrderIds } from '../domain/orders/order-id.ts';
import { createOrder } from '../http/create-order.ts';
import { createSqsClient } from '../queues/sqs-client.ts';
import { SqsOrderQueue } from '../queues/sqs-order-queue.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { readyHttp } from '../runtime/ready-http.ts';
import { createDynamoClient } from '../stores/dynamodb/client.ts';
import { DynamoOrderReader } from '../stores/dynamodb/dynamo-order-reader.ts';
import { DynamoSaleReads } from '../stores/dynamodb/dynamo-sale-catalog.ts';
import { NearSales } from '../stores/memory/near-sales.ts';
import { NearSoldOut } from '../stores/memory/near-sold-out.ts';
import { RedisStockGate } from '../stores/redis/redis-stock-gate.ts';
import { openReports } from './wiring/open-reports.ts';
import { openWeb } from './wiring/open-web.ts';

/** Takes orders in. */
export const handler = readyHttp(openReports('orders'), async (reports) => {
  const environment = readEnvironment('orders', process.env);
  const web = await openWeb(environment, reports);
  const dynamo = createDynamoClient(environment.AWS_REGION);
  const deps = {
    sales: new NearSales(new DynamoSaleReads({ client: dynamo, salesTable: environment.SALES_TABLE })),
    gate: new RedisStockGate(web.redis),
    ledger: new DynamoOrderReader({ client: dynamo, ordersTable: environment.ORDERS_TABLE }),
    queue: new SqsOrderQueue({ client: createSqsClient(environment.AWS_REGION), queueUrl: environment.ORDERS_QUEUE_URL }),
    soldOut: new NearSoldOut(),
    ids: new OrderIds(web.keys.orderIds),
    clock,
  };
  return httpFunction<'orders'>({
    ...web,
    operations: { createOrder: createOrder({ accept: (intent) => acceptOrder(deps, intent), meter: web.meter }) },
  });
});
