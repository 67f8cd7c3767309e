import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { limits } from '../../contracts/limits.ts';
import { withoutLogger } from '../../runtime/without-logger.ts';

/**
 * The DynamoDB client of a function: one an environment, its timeouts and connections bounded by contracts/limits.ts.
 * Credentials come from the environment; `overrides` are for engines that are not AWS.
 */
export function createDynamoClient(region: string, overrides: Pick<DynamoDBClientConfig, 'endpoint' | 'credentials'> = {}): DynamoDBClient {
  const agent = { keepAlive: true, maxSockets: limits.ledgerSockets };
  const client = new DynamoDBClient({
    region,
    maxAttempts: limits.ledgerRequestAttempts,
    requestHandler: {
      connectionTimeout: limits.ledgerConnectMs,
      requestTimeout: limits.ledgerRequestMs,
      // Without it the SDK only warns when the time is up, and goes on waiting.
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
    ...overrides,
  });
  return withoutLogger(client);
}
