import { randomUUID } from 'node:crypto';
import { OrderIds } from '../domain/orders/order-id.ts';
import { findOrder } from '../domain/orders/find-order.ts';
import { listOwnOrders as listOwn } from '../domain/orders/list-own-orders.ts';
import { readOrder } from '../domain/orders/read-order.ts';
import { getOrder } from '../http/get-order.ts';
import { listOwnOrders } from '../http/list-own-orders.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { Cursors } from '../runtime/cursors.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { readyHttp } from '../runtime/ready-http.ts';
import { createDynamoClient } from '../stores/dynamodb/client.ts';
import { DynamoOrderReader } from '../stores/dynamodb/dynamo-order-reader.ts';
import { DynamoSaleReads } from '../stores/dynamodb/dynamo-sale-catalog.ts';
import { NearSales } from '../stores/memory/near-sales.ts';
import { RedisStockGate } from '../stores/redis/redis-stock-gate.ts';
import { openReports } from './wiring/open-reports.ts';
import { openWeb } from './wiring/open-web.ts';

/** Answers polls. */
export const handler = readyHttp(openReports('order-reads'), async (reports) => {
  const environment = readEnvironment('order-reads', process.env);
  const web = await openWeb(environment, reports);
  const client = createDynamoClient(environment.AWS_REGION);
  const deps = {
    sales: new NearSales(new DynamoSaleReads({ client, salesTable: environment.SALES_TABLE })),
    gate: new RedisStockGate(web.redis),
    ledger: new DynamoOrderReader({ client, ordersTable: environment.ORDERS_TABLE }),
    ids: new OrderIds(web.keys.orderIds),
    clock,
    newWaitId: randomUUID,
  };
  const cursors = new Cursors(web.keys.cursors);
  return httpFunction<'order-reads'>({
    ...web,
    operations: {
      getOrder: getOrder((query) => readOrder(deps, query)),
      listOwnOrders: listOwnOrders({ list: (query) => listOwn(deps, query), find: (query) => findOrder(deps, query), cursors }),
    },
  });
});
