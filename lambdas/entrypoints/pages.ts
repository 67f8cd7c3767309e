import { getHealth } from '../http/get-health.ts';
import { getOpenApi } from '../http/get-open-api.ts';
import { getReady } from '../http/get-ready.ts';
import { createSqsClient } from '../queues/sqs-client.ts';
import { SqsOrderQueue } from '../queues/sqs-order-queue.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { readyHttp } from '../runtime/ready-http.ts';
import { createDynamoClient } from '../stores/dynamodb/client.ts';
import { DynamoSaleReads } from '../stores/dynamodb/dynamo-sale-catalog.ts';
import { openReports } from './wiring/open-reports.ts';
import { openWeb } from './wiring/open-web.ts';

/** The OpenAPI document, put in by the build (bin/build.ts). */
declare const OPENAPI_DOCUMENT: string;

/** Tells how the service is; answers whatever has no function of its own. */
export const handler = readyHttp(openReports('pages'), async (reports) => {
  const environment = readEnvironment('pages', process.env);
  const web = await openWeb(environment, reports);
  const catalog = new DynamoSaleReads({
    client: createDynamoClient(environment.AWS_REGION),
    salesTable: environment.SALES_TABLE,
  });
  const queue = new SqsOrderQueue({ client: createSqsClient(environment.AWS_REGION), queueUrl: environment.ORDERS_QUEUE_URL });
  const probes = [
    { name: 'gate', touch: () => web.redis.ping() },
    { name: 'ledger', touch: () => catalog.read('readiness') },
    { name: 'queue', touch: () => queue.depth() },
  ];
  return httpFunction<'pages'>({
    ...web,
    operations: {
      getHealth: getHealth(environment.PENSTOCK_VERSION),
      getReady: getReady(probes, web.log),
      getOpenApi: getOpenApi(OPENAPI_DOCUMENT),
    },
  });
});
