import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';
import { commitRequestSchema } from '../../lambdas/contracts/messages.ts';
import { assert } from '../../lambdas/domain/kernel/assert.ts';
import { createSqsClient } from '../../lambdas/queues/sqs-client.ts';
import { SqsDeadLetters } from '../../lambdas/queues/sqs-dead-letters.ts';
import { SqsOrderQueue } from '../../lambdas/queues/sqs-order-queue.ts';
import type { Engine } from '../support/engine-process.ts';
import { startFauxqs } from '../support/fauxqs.ts';
import { testCredentials, testRegion } from '../support/test-credentials.ts';
import { range, requestOf } from './order-ledger.samples.ts';

describe('orders queue on fauxqs', () => {
  jest.setTimeout(30_000);
  let engine: Engine | undefined;
  let client: SQSClient | undefined;
  beforeAll(async () => {
    engine = await startFauxqs();
    client = createSqsClient(testRegion, { endpoint: engine.endpoint, credentials: testCredentials });
  });
  afterAll(async () => {
    client?.destroy();
    await engine?.stop();
  });

  const newQueue = async (QueueName: string) => {
    assert(client, 'the client was made');
    const { QueueUrl: queueUrl } = await client.send(new CreateQueueCommand({ QueueName }));
    assert(queueUrl !== undefined, 'the queue was made');
    return { client, queueUrl };
  };
  const receive = async ({ client, queueUrl }: { client: SQSClient; queueUrl: string }): Promise<Message[]> =>
    (await client.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }))).Messages ?? [];

  test('rule 12: the body is the whole request, as contracts/messages.ts has it', async () => {
    const options = await newQueue('bodies');
    const metadata = { note: 'ünï ✓ <&>"', empty: '' };
    const request = requestOf({ saleId: 'spring-drop', units: range(50), limit: 50, extra: { reference: 'PO 4711 ✓ 😀', metadata } });
    await new SqsOrderQueue(options).send(request);
    const messages = await receive(options);
    expect(messages).toHaveLength(1);
    expect(commitRequestSchema.parse(JSON.parse(messages[0]?.Body ?? ''))).toEqual(request);
  });

  test('rule 32: the depth tells visible, in flight and delayed messages apart', async () => {
    const options = await newQueue('depths');
    const queue = new SqsOrderQueue(options);
    expect(await queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    for (const key of ['k1', 'k2', 'k3']) await queue.send(requestOf({ saleId: 'spring-drop', key }));
    await queue.send(requestOf({ saleId: 'spring-drop', key: 'k4' }), { delaySeconds: 600 });
    expect(await queue.depth()).toEqual({ visible: 3, inFlight: 0, delayed: 1 });
    const messages = await receive(options);
    expect(messages).toHaveLength(3);
    expect(await queue.depth()).toEqual({ visible: 0, inFlight: 3, delayed: 1 });
    await options.client.send(new DeleteMessageCommand({ QueueUrl: options.queueUrl, ReceiptHandle: messages[0]?.ReceiptHandle }));
    expect(await queue.depth()).toEqual({ visible: 0, inFlight: 2, delayed: 1 });
  });

  test('a delayed message is not received before its time', async () => {
    const options = await newQueue('delays');
    await new SqsOrderQueue(options).send(requestOf({ saleId: 'spring-drop' }), { delaySeconds: 600 });
    expect(await receive(options)).toEqual([]);
  });

  test('dead letters are counted wherever they are', async () => {
    const options = await newQueue('dead-letters');
    const deadLetters = new SqsDeadLetters(options);
    expect(await deadLetters.count()).toBe(0);
    for (const key of ['k1', 'k2']) await new SqsOrderQueue(options).send(requestOf({ saleId: 'spring-drop', key }));
    expect(await deadLetters.count()).toBe(2);
    await receive(options);
    expect(await deadLetters.count()).toBe(2);
  });

  test('a queue that does not exist is a bug, not an outage', async () => {
    const { client, queueUrl } = await newQueue('there');
    const queue = new SqsOrderQueue({ client, queueUrl: queueUrl.replace('there', 'elsewhere') });
    await expect(queue.send(requestOf({ saleId: 'spring-drop' }))).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });
});
