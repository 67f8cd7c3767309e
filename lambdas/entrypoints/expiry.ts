import { limits } from '../contracts/limits.ts';
import { expireOnTime } from '../domain/orders/expire-on-time.ts';
import { createSqsClient } from '../queues/sqs-client.ts';
import { SqsExpiryQueue } from '../queues/sqs-expiry-queue.ts';
import { SqsMessageDelay } from '../queues/sqs-message-delay.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { DynamoOrderLedger } from '../stores/dynamodb/dynamo-order-ledger.ts';
import { expireOrders } from '../workers/expire-orders.ts';
import { openGate } from './wiring/open-gate.ts';
import { openTables } from './wiring/open-tables.ts';
import { serveQueue } from './wiring/serve-queue.ts';

/** Ends holds at their time. */
export const handler = serveQueue('expiry', (environment) => {
  const ledger = new DynamoOrderLedger(openTables(environment));
  const queue = { client: createSqsClient(environment.AWS_REGION), queueUrl: environment.EXPIRIES_QUEUE_URL };
  const expiries = new SqsExpiryQueue(queue);
  const open = async () => {
    const gate = await openGate(environment);
    return expireOrders((notice) => expireOnTime({ gate, ledger, expiries, clock }, notice));
  };
  return { open, delay: new SqsMessageDelay(queue), parallel: limits.commitParallelOrders };
});
