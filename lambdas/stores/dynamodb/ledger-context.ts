import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Backoff } from './retry-contended.ts';

/** What every operation of the ledger works with. */
export interface LedgerContext {
  readonly client: DynamoDBClient;
  readonly ordersTable: string;
  readonly claimsTable: string;
  readonly backoff: Backoff;
}
