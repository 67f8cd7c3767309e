import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import { assert } from '../../lambdas/domain/kernel/assert.ts';
import { createSqsClient } from '../../lambdas/queues/sqs-client.ts';
import { SqsOrderQueue } from '../../lambdas/queues/sqs-order-queue.ts';
import { testCredentials, testRegion } from '../support/test-credentials.ts';
import { requestOf } from './order-ledger.samples.ts';

describe('a queue that takes calls and never answers', () => {
  jest.setTimeout(30_000);
  let server: Server | undefined;
  let requests = 0;
  beforeAll(async () => {
    server = createServer(() => {
      requests += 1;
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    server?.close();
    server?.closeAllConnections();
    if (server) await once(server, 'close');
  });

  test.each<[string, { readonly withinMs?: number }, number]>([
    ['is given up within the time left, before its second try', { withinMs: limits.queueRequestMs / 2 }, 1],
    [`is given up after ${limits.queueAttempts} tries where no time was given`, {}, limits.queueAttempts],
  ])('a send %s: unavailable', async (_, options, tries) => {
    assert(server, 'the server listens');
    const { port } = server.address() as AddressInfo;
    const endpoint = `http://127.0.0.1:${port}`;
    const client = createSqsClient(testRegion, { endpoint, credentials: testCredentials });
    const queue = new SqsOrderQueue({ client, queueUrl: `${endpoint}/1/orders` });
    requests = 0;
    const sent = queue.send(requestOf({ saleId: 'spring-drop' }), options);
    await expect(sent).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'queue' });
    expect(requests).toBe(tries);
    client.destroy();
  });
});
