import { limits } from '../contracts/limits.ts';
import { commitOrder } from '../domain/orders/commit-order.ts';
import { SharedReconcile } from '../domain/stock/shared-reconcile.ts';
import { SecretReader } from '../gateways/secrets.ts';
import { createSecretsClient } from '../gateways/secrets-client.ts';
import { createSqsClient } from '../queues/sqs-client.ts';
import { SqsMessageDelay } from '../queues/sqs-message-delay.ts';
import { SqsOrderQueue } from '../queues/sqs-order-queue.ts';
import { systemBackoff as backoff, systemClock as clock } from '../runtime/clock.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { createLog } from '../runtime/log.ts';
import { createMeter } from '../runtime/meter.ts';
import { readyHandler } from '../runtime/ready-handler.ts';
import { sqsFunction } from '../runtime/sqs-function.ts';
import { createDynamoClient } from '../stores/dynamodb/client.ts';
import { DynamoOrderLedger } from '../stores/dynamodb/dynamo-order-ledger.ts';
import { DynamoSaleReads } from '../stores/dynamodb/dynamo-sale-catalog.ts';
import { RedisStockGate } from '../stores/redis/redis-stock-gate.ts';
import { commitOrders } from '../workers/commit-orders.ts';
import { openRedis } from './wiring/open-redis.ts';

/** Commits accepted orders. */
export const handler = readyHandler(async () => {
  const environment = readEnvironment('commit', process.env);
  const secrets = new SecretReader(createSecretsClient(environment.AWS_REGION));
  const redis = await openRedis(environment, await secrets.read(environment.REDIS_SECRET_ARN));
  const client = createDynamoClient(environment.AWS_REGION);
  const queue = { client: createSqsClient(environment.AWS_REGION), queueUrl: environment.ORDERS_QUEUE_URL };
  const meter = createMeter();
  const gate = new RedisStockGate(redis);
  const ledger = new DynamoOrderLedger({ client, ordersTable: environment.ORDERS_TABLE, claimsTable: environment.CLAIMS_TABLE, backoff });
  const deps = {
    gate,
    ledger,
    reconcile: new SharedReconcile({ gate, ledger, clock }),
    queue: new SqsOrderQueue(queue),
    sales: new DynamoSaleReads({ client, salesTable: environment.SALES_TABLE }),
    clock,
    meter,
  };
  const handle = commitOrders((request) => commitOrder(deps, request));
  return sqsFunction({ handle, delay: new SqsMessageDelay(queue), parallel: limits.commitParallelOrders, log: createLog('commit'), meter });
});
