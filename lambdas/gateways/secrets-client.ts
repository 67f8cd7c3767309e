import { SecretsManagerClient, type SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import { limits } from '../contracts/limits.ts';
import { withoutLogger } from '../runtime/without-logger.ts';

/**
 * The Secrets Manager client of a function: its tries and their times leave the first request time to be answered.
 * Credentials come from the environment; `overrides` are for engines that are not AWS.
 */
export function createSecretsClient(
  region: string,
  overrides: Pick<SecretsManagerClientConfig, 'endpoint' | 'credentials'> = {},
): SecretsManagerClient {
  const client = new SecretsManagerClient({
    region,
    maxAttempts: limits.secretAttempts,
    requestHandler: {
      connectionTimeout: limits.secretConnectMs,
      requestTimeout: limits.secretRequestMs,
      // Without it the SDK only warns when the time is up, and goes on waiting.
      throwOnRequestTimeout: true,
    },
    ...overrides,
  });
  return withoutLogger(client);
}
