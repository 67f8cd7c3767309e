import { randomUUID } from 'node:crypto';
import { auditSale } from '../domain/books/audit-sale.ts';
import { reportSale } from '../domain/books/report-sale.ts';
import { OrderIds } from '../domain/orders/order-id.ts';
import { listSaleOrders as listOrders } from '../domain/orders/list-sale-orders.ts';
import { changeSaleState as changeState } from '../domain/sales/change-sale-state.ts';
import { putSale as put } from '../domain/sales/put-sale.ts';
import { changeSaleState } from '../http/change-sale-state.ts';
import { getAdminSale } from '../http/get-admin-sale.ts';
import { getAudit } from '../http/get-audit.ts';
import { getReport } from '../http/get-report.ts';
import { listSaleOrders } from '../http/list-sale-orders.ts';
import { putSale } from '../http/put-sale.ts';
import { createSqsClient } from '../queues/sqs-client.ts';
import { SqsDeadLetters } from '../queues/sqs-dead-letters.ts';
import { SqsOrderQueue } from '../queues/sqs-order-queue.ts';
import { systemBackoff as backoff, systemClock as clock } from '../runtime/clock.ts';
import { Cursors } from '../runtime/cursors.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { readyHttp } from '../runtime/ready-http.ts';
import { createDynamoClient } from '../stores/dynamodb/client.ts';
import { DynamoOrderLedger } from '../stores/dynamodb/dynamo-order-ledger.ts';
import { DynamoSaleCatalog } from '../stores/dynamodb/dynamo-sale-catalog.ts';
import { RedisStockGate } from '../stores/redis/redis-stock-gate.ts';
import { openReports } from './wiring/open-reports.ts';
import { openWeb } from './wiring/open-web.ts';

/** Serves operators. */
export const handler = readyHttp(openReports('admin'), async (reports) => {
  const environment = readEnvironment('admin', process.env);
  const web = await openWeb(environment, reports);
  const client = createDynamoClient(environment.AWS_REGION);
  const sqs = createSqsClient(environment.AWS_REGION);
  const catalog = new DynamoSaleCatalog({ client, salesTable: environment.SALES_TABLE, backoff });
  const ids = new OrderIds(web.keys.orderIds);
  const deps = {
    catalog,
    gate: new RedisStockGate(web.redis),
    ledger: new DynamoOrderLedger({ client, ordersTable: environment.ORDERS_TABLE, claimsTable: environment.CLAIMS_TABLE, backoff }),
    queue: new SqsOrderQueue({ client: sqs, queueUrl: environment.ORDERS_QUEUE_URL }),
    deadLetters: new SqsDeadLetters({ client: sqs, queueUrl: environment.ORDERS_DLQ_URL }),
    newToken: randomUUID,
    tagOf: (saleId: string) => ids.saleTag(saleId),
    ids,
    clock,
    meter: web.meter,
  };
  return httpFunction<'admin'>({
    ...web,
    operations: {
      putSale: putSale({ put: (draft, expected) => put(deps, draft, expected), clock }),
      getAdminSale: getAdminSale({ catalog, clock }),
      openSale: changeSaleState({ change: (saleId) => changeState(deps, saleId, 'open'), clock }),
      closeSale: changeSaleState({ change: (saleId) => changeState(deps, saleId, 'close'), clock }),
      listSaleOrders: listSaleOrders({ catalog, list: (query) => listOrders(deps.ledger, query), cursors: new Cursors(web.keys.cursors) }),
      getReport: getReport({ catalog, report: (sale) => reportSale(deps, sale) }),
      getAudit: getAudit({ catalog, audit: (sale) => auditSale(deps, sale) }),
    },
  });
});
