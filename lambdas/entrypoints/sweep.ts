import { randomUUID } from 'node:crypto';
import { sweepSale } from '../domain/stock/sweep-sale.ts';
import { createSqsClient } from '../queues/sqs-client.ts';
import { SqsOrderQueue } from '../queues/sqs-order-queue.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { countCorruption } from '../runtime/count-corruption.ts';
import { DynamoOrderLedger } from '../stores/dynamodb/dynamo-order-ledger.ts';
import { DynamoSaleReads } from '../stores/dynamodb/dynamo-sale-catalog.ts';
import { sweepSales } from '../workers/sweep-sales.ts';
import { openGate } from './wiring/open-gate.ts';
import { openTables } from './wiring/open-tables.ts';
import { serveSchedule } from './wiring/serve-schedule.ts';

/** Mends what crashes and failovers left. */
export const handler = serveSchedule('sweep', async (environment, { log, meter }) => {
  const gate = await openGate(environment);
  const tables = openTables(environment);
  const [ledger, catalog] = [new DynamoOrderLedger(tables), new DynamoSaleReads(tables)];
  const queue = new SqsOrderQueue({ client: createSqsClient(environment.AWS_REGION), queueUrl: environment.ORDERS_QUEUE_URL });
  const deps = { gate, ledger, queue, catalog, clock, meter, newToken: randomUUID };
  const onFault = (error: unknown) => countCorruption(error, meter);
  return sweepSales({ catalog, sweep: (sale, from) => sweepSale(deps, sale, from), clock, log, onFault });
});
