import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import { limits } from '../contracts/limits.ts';
import { withoutLogger } from '../runtime/without-logger.ts';

/**
 * The SQS client of a function. Two tries of a send fit into limits.takeMs (protocol.md rule 10); its deadline is the sender's.
 * Credentials come from the environment; `overrides` are for engines that are not AWS.
 */
export function createSqsClient(region: string, overrides: Pick<SQSClientConfig, 'endpoint' | 'credentials'> = {}): SQSClient {
  const agent = { keepAlive: true, maxSockets: limits.queueSockets };
  const client = new SQSClient({
    region,
    maxAttempts: limits.queueAttempts,
    // The body is signed and goes over TLS; hashing it once more to check the answer is a tenth of the SDK's CPU a send.
    md5: false,
    requestHandler: {
      connectionTimeout: limits.queueConnectMs,
      requestTimeout: limits.queueRequestMs,
      // Without it the SDK only warns when the time is up, and goes on waiting.
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
    ...overrides,
  });
  return withoutLogger(client);
}
