import { describe, expect, test } from '@jest/globals';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { SqsDeadLetters } from '../../../lambdas/queues/sqs-dead-letters.ts';
import { SqsExpiryQueue } from '../../../lambdas/queues/sqs-expiry-queue.ts';
import { SqsOrderQueue } from '../../../lambdas/queues/sqs-order-queue.ts';
import { requestOf } from '../../conformance/order-ledger.samples.ts';

const queueUrl = 'http://queue/1/orders';
const request = requestOf({ saleId: 'spring-drop' });

/** A client that answers every call alike, and what it was asked. */
function answering(answer: Error | object): { client: SQSClient; inputs: object[] } {
  const inputs: object[] = [];
  const send = ({ input }: { input: object }) => {
    inputs.push(input);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { client: { send } as unknown as SQSClient, inputs };
}

describe('SQS', () => {
  test('a send asks for a delay only where one is given', async () => {
    const { client, inputs } = answering({});
    const queue = new SqsOrderQueue({ client, queueUrl });
    await queue.send(request);
    await queue.send(request, { delaySeconds: 5 });
    const MessageBody = JSON.stringify(request);
    expect(inputs).toEqual([
      { QueueUrl: queueUrl, MessageBody },
      { QueueUrl: queueUrl, MessageBody, DelaySeconds: 5 },
    ]);
  });

  test('a body is ASCII, whatever a customer wrote, and means the same', async () => {
    const { client, inputs } = answering({});
    const extra = { reference: '😀 \u{10FFFF} ✓ \u007f', metadata: { ключ: '\u0000\uFFFD' } };
    const written = requestOf({ saleId: 'spring-drop', extra });
    await new SqsOrderQueue({ client, queueUrl }).send(written);
    const { MessageBody } = inputs[0] as { MessageBody: string };
    expect(MessageBody).toMatch(/^[ -~]+$/);
    expect(MessageBody).toContain('\\ud83d\\ude00 \\udbff\\udfff');
    expect(JSON.parse(MessageBody)).toEqual(written);
  });

  test('a timeout is unavailable: the message may have been sent all the same', async () => {
    const cause = Object.assign(new Error('no answer'), { name: 'TimeoutError' });
    const queue = new SqsOrderQueue({ client: answering(cause).client, queueUrl });
    await expect(queue.send(request)).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'queue', cause });
    await expect(queue.depth()).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'queue', cause });
  });

  test('rule 32: a count that is missing or no number is a fault, never an empty queue', async () => {
    const good = { ApproximateNumberOfMessages: '1', ApproximateNumberOfMessagesNotVisible: '2', ApproximateNumberOfMessagesDelayed: '4' };
    const depthOf = (Attributes: object) => new SqsOrderQueue({ client: answering({ Attributes }).client, queueUrl }).depth();
    expect(await depthOf(good)).toEqual({ visible: 1, inFlight: 2, delayed: 4 });
    for (const bad of [{}, { ...good, ApproximateNumberOfMessagesDelayed: undefined }, { ...good, ApproximateNumberOfMessages: '' }]) {
      await expect(depthOf(bad)).rejects.toThrow('queue attributes: expected a count');
    }
    expect(await new SqsDeadLetters({ client: answering({ Attributes: good }).client, queueUrl }).count()).toBe(7);
  });

  test('the end of a hold is sent with its delay, 0 as well; a timeout is unavailable', async () => {
    const notice = { orderId: 'ord_1', holdExpiresAtMs: 1_795_341_600_000, hops: 2 };
    const { client, inputs } = answering({});
    const expiries = new SqsExpiryQueue({ client, queueUrl });
    await expiries.send(notice, { delaySeconds: 900 });
    await expiries.send(notice, { delaySeconds: 0 });
    const sent = { QueueUrl: queueUrl, MessageBody: JSON.stringify(notice) };
    expect(inputs).toEqual([
      { ...sent, DelaySeconds: 900 },
      { ...sent, DelaySeconds: 0 },
    ]);
    const cause = Object.assign(new Error('no answer'), { name: 'TimeoutError' });
    const away = new SqsExpiryQueue({ client: answering(cause).client, queueUrl });
    await expect(away.send(notice, { delaySeconds: 0 })).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'queue', cause });
  });
});
