import { getHealth } from '../http/get-health.ts';
import { getOpenApi } from '../http/get-open-api.ts';
import { getProblem, listProblems } from '../http/get-problem.ts';
import { getReady } from '../http/get-ready.ts';
import { createSqsClient } from '../queues/sqs-client.ts';
import { SqsOrderQueue } from '../queues/sqs-order-queue.ts';
import { DynamoSaleReads } from '../stores/dynamodb/dynamo-sale-catalog.ts';
import { openTables } from './wiring/open-tables.ts';
import { serveHttp } from './wiring/serve-http.ts';

/** The OpenAPI document, put in by the build (bin/build.ts). */
declare const OPENAPI_DOCUMENT: string;

/** Tells how the service is; answers whatever has no function of its own. */
export const handler = serveHttp('pages', (environment, { redis, log }) => {
  const catalog = new DynamoSaleReads(openTables(environment));
  const queue = new SqsOrderQueue({ client: createSqsClient(environment.AWS_REGION), queueUrl: environment.ORDERS_QUEUE_URL });
  const probes = [
    { name: 'gate', touch: () => redis.ping() },
    { name: 'ledger', touch: () => catalog.read('readiness') },
    { name: 'queue', touch: () => queue.depth() },
  ];
  return {
    getHealth: getHealth(environment.PENSTOCK_VERSION),
    getReady: getReady(probes, log),
    getOpenApi: getOpenApi(OPENAPI_DOCUMENT),
    listProblems,
    getProblem,
  };
});
