import { limits } from '../contracts/limits.ts';
import { commitOrder } from '../domain/orders/commit-order.ts';
import { SharedReconcile } from '../domain/stock/shared-reconcile.ts';
import { createSqsClient } from '../queues/sqs-client.ts';
import { SqsExpiryQueue } from '../queues/sqs-expiry-queue.ts';
import { SqsMessageDelay } from '../queues/sqs-message-delay.ts';
import { SqsOrderQueue } from '../queues/sqs-order-queue.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { DynamoOrderLedger } from '../stores/dynamodb/dynamo-order-ledger.ts';
import { DynamoSaleReads } from '../stores/dynamodb/dynamo-sale-catalog.ts';
import { commitOrders } from '../workers/commit-orders.ts';
import { openGate } from './wiring/open-gate.ts';
import { openTables } from './wiring/open-tables.ts';
import { serveQueue } from './wiring/serve-queue.ts';

/** Commits accepted orders. */
export const handler = serveQueue('commit', (environment, { meter }) => {
  const tables = openTables(environment);
  const orders = { client: createSqsClient(environment.AWS_REGION), queueUrl: environment.ORDERS_QUEUE_URL };
  const [ledger, sales, queue] = [new DynamoOrderLedger(tables), new DynamoSaleReads(tables), new SqsOrderQueue(orders)];
  const expiries = new SqsExpiryQueue({ client: orders.client, queueUrl: environment.EXPIRIES_QUEUE_URL });
  const open = async () => {
    const gate = await openGate(environment);
    const reconcile = new SharedReconcile({ gate, ledger, clock });
    return commitOrders((request) => commitOrder({ gate, ledger, reconcile, sales, queue, expiries, clock, meter }, request));
  };
  return { open, delay: new SqsMessageDelay(orders), parallel: limits.commitParallelOrders };
});
