import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../lambdas/contracts/limits.ts';
import { createSecretsClient } from '../../../lambdas/gateways/secrets-client.ts';
import { createSqsClient } from '../../../lambdas/queues/sqs-client.ts';
import { createDynamoClient } from '../../../lambdas/stores/dynamodb/client.ts';
import { transact } from '../../../lambdas/stores/dynamodb/transact.ts';
import { testCredentials, testRegion } from '../../support/test-credentials.ts';

const overrides = { endpoint: 'http://127.0.0.1:9', credentials: testCredentials };

describe('clients', () => {
  test('a DynamoDB request is given up, not only warned of, at its time, and tried a bounded number of times', async () => {
    const client = createDynamoClient(testRegion, overrides);
    expect(await client.config.maxAttempts()).toBe(limits.ledgerRequestAttempts);
    await expect(handlerSettings(client)).resolves.toMatchObject({
      requestTimeout: limits.ledgerRequestMs,
      throwOnRequestTimeout: true,
      connectionTimeout: limits.ledgerConnectMs,
    });
  });

  test('rule 10: all tries of an SQS request end within the 5 s in which a reservation may be sent', async () => {
    const client = createSqsClient(testRegion, overrides);
    expect(await client.config.maxAttempts()).toBe(limits.queueAttempts);
    await expect(handlerSettings(client)).resolves.toMatchObject({
      requestTimeout: limits.queueRequestMs,
      throwOnRequestTimeout: true,
      connectionTimeout: limits.queueConnectMs,
    });
    expect(limits.queueAttempts * (limits.queueRequestMs + limits.queueConnectMs)).toBeLessThan(limits.takeMs);
  });

  test('all tries of reading a secret end while its request can still be answered', async () => {
    const client = createSecretsClient(testRegion, overrides);
    expect(await client.config.maxAttempts()).toBe(limits.secretAttempts);
    await expect(handlerSettings(client)).resolves.toMatchObject({
      requestTimeout: limits.secretRequestMs,
      throwOnRequestTimeout: true,
      connectionTimeout: limits.secretConnectMs,
    });
  });

  test.each([
    ['DynamoDB', createDynamoClient],
    ['SQS', createSqsClient],
    ['Secrets Manager', createSecretsClient],
  ])('%s copies no call for a log that nobody reads', (_, create) => {
    expect(create(testRegion, overrides).middlewareStack.identify().join()).not.toContain('loggerMiddleware');
  });

  test('a transaction whose answer was lost is repeated by the SDK under the same token; the next call has another', async () => {
    const client = createDynamoClient(testRegion, overrides);
    const tokens: unknown[] = [];
    client.config.requestHandler.handle = ({ body }) => {
      tokens.push((JSON.parse(new TextDecoder().decode(body as Uint8Array)) as { ClientRequestToken?: string }).ClientRequestToken);
      if (tokens.length === 1) return Promise.reject(Object.assign(new Error('connection reset'), { code: 'ECONNRESET' }));
      return Promise.resolve({ response: { statusCode: 200, headers: {}, body: Buffer.from('{}') } });
    };
    const actions = [{ Put: { TableName: 'sales', Item: { pk: { S: 'sales' }, sk: { S: 'a' } } } }];
    const deadline = { abortSignal: new AbortController().signal };
    expect(await transact('ledger', client, actions, deadline)).toBeUndefined();
    expect(await transact('ledger', client, actions, deadline)).toBeUndefined();
    const [first, repeated, next] = tokens;
    expect(first).toMatch(/^.{1,36}$/);
    expect(repeated).toBe(first);
    expect(next).not.toBe(first);
    expect(tokens).toHaveLength(3);
  });
});

/** The settings its HTTP handler works with, as it resolved them. */
async function handlerSettings(client: { config: { requestHandler: object } }): Promise<object> {
  const handler = client.config.requestHandler as { configProvider: Promise<object> };
  return handler.configProvider;
}
