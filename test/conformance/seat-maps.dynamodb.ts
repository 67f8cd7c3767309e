import { DynamoSeatMaps } from '../../lambdas/stores/dynamodb/dynamo-seat-maps.ts';
import type { Engine } from '../support/engine-process.ts';
import { dynamoDbOn } from './order-ledger.dynamodb.ts';
import type { SeatMapsUnderTest } from './seat-maps.suite.ts';

/** Starts the engine and makes a store of seat maps on it. */
export async function seatMapsOn(start: () => Promise<Engine>): Promise<SeatMapsUnderTest> {
  const engine = await dynamoDbOn(start);
  return {
    maps: new DynamoSeatMaps({ client: engine.client, salesTable: engine.tables.salesTable }),
    close: () => engine.close(),
  };
}
