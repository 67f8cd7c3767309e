import { DynamoSaleCatalog } from '../../lambdas/stores/dynamodb/dynamo-sale-catalog.ts';
import type { Engine } from '../support/engine-process.ts';
import { dynamoDbOn, realBackoff } from './order-ledger.dynamodb.ts';
import type { CatalogUnderTest } from './sale-catalog.suite.ts';

/** Starts the engine and makes a catalog on it. */
export async function catalogOn(start: () => Promise<Engine>): Promise<CatalogUnderTest> {
  const engine = await dynamoDbOn(start);
  const { client, tables } = engine;
  return {
    catalog: new DynamoSaleCatalog({ client, salesTable: tables.salesTable, backoff: realBackoff }),
    close: () => engine.close(),
  };
}
