import { countChanges } from '../domain/books/count-changes.ts';
import { applyChanges } from '../domain/orders/apply-changes.ts';
import { LoggedEvents } from '../gateways/logged-events.ts';
import { countCorruption } from '../runtime/count-corruption.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { streamFunction } from '../runtime/stream-function.ts';
import { DynamoBookCounters } from '../stores/dynamodb/dynamo-book-counters.ts';
import { orderOfImage } from '../stores/dynamodb/order-image.ts';
import { type FollowOrdersDependencies, followOrders } from '../workers/follow-orders.ts';
import { gateAside } from './wiring/open-gate.ts';
import { openReports } from './wiring/open-reports.ts';
import { openTables } from './wiring/open-tables.ts';

const environment = readEnvironment('changes', process.env);
const counters = new DynamoBookCounters(openTables(environment));
const [{ log, meter }, openGate] = [openReports('changes'), gateAside(environment)];
const following: FollowOrdersDependencies = {
  count: (shardId, changes) => countChanges(counters, shardId, changes),
  apply: (images) => applyChanges({ openGate, meter }, images),
  publisher: new LoggedEvents(log),
  orderOf: orderOfImage,
  onCorruption: (error, sequence) => {
    countCorruption(error, meter);
    log.error('change not followed: its image is no order', error, { sequence });
  },
};

/** Follows every change of an order: counts it for the report, tells the gate, publishes it. */
export const handler = streamFunction({ handle: followOrders(following), log, meter });
