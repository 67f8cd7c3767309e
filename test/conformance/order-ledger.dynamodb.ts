import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoClient } from '../../lambdas/stores/dynamodb/client.ts';
import { DynamoOrderLedger } from '../../lambdas/stores/dynamodb/dynamo-order-ledger.ts';
import type { Backoff } from '../../lambdas/stores/dynamodb/retry-contended.ts';
import type { Engine } from '../support/engine-process.ts';
import { createTables, type TestTables } from '../support/tables.ts';
import { testCredentials, testRegion } from '../support/test-credentials.ts';

/** Waiting as in production. */
export const realBackoff: Backoff = { sleep: (ms) => sleep(ms), random: () => randomInt(2 ** 32) / 2 ** 32 };

/** An engine with the tables made and a client on it. */
export interface DynamoDbUnderTest {
  readonly client: DynamoDBClient;
  readonly tables: TestTables;
  readonly ledger: DynamoOrderLedger;
  close(): Promise<void>;
}

/** Starts the engine and makes a ledger on it. */
export async function dynamoDbOn(start: () => Promise<Engine>): Promise<DynamoDbUnderTest> {
  const engine = await start();
  try {
    const tables = await createTables(engine.endpoint);
    const client = createDynamoClient(testRegion, { endpoint: engine.endpoint, credentials: testCredentials });
    return {
      client,
      tables,
      ledger: new DynamoOrderLedger({ client, ...tables, backoff: realBackoff }),
      close: async () => {
        client.destroy();
        await engine.stop();
      },
    };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}
