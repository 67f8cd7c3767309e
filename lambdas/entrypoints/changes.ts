import { countChanges } from '../domain/books/count-changes.ts';
import { countCorruption } from '../runtime/count-corruption.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { createLog } from '../runtime/log.ts';
import { createMeter } from '../runtime/meter.ts';
import { streamFunction } from '../runtime/stream-function.ts';
import { DynamoBookCounters } from '../stores/dynamodb/dynamo-book-counters.ts';
import { orderOfImage } from '../stores/dynamodb/order-image.ts';
import { countOrders } from '../workers/count-orders.ts';
import { openTables } from './wiring/open-tables.ts';

const environment = readEnvironment('changes', process.env);
const counters = new DynamoBookCounters(openTables(environment));
const [log, meter] = [createLog('changes'), createMeter()];

/** Follows every change of an order: counts it for the report. */
export const handler = streamFunction({
  handle: countOrders({
    count: (shardId, changes) => countChanges(counters, shardId, changes),
    orderOf: orderOfImage,
    onCorruption: (error, sequence) => {
      countCorruption(error, meter);
      log.error('change not counted: its image is no order', error, { sequence });
    },
  }),
  log,
  meter,
});
