import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { assert } from '../domain/kernel/assert.ts';
import { orUnavailable } from '../runtime/sdk-fault.ts';

/** Messages of a queue by where they are; SQS counts approximately, and may be a minute late. */
export interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** The depth of a queue. Throws UnavailableError. */
export async function readQueueDepth(client: SQSClient, queueUrl: string): Promise<QueueDepth> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: queueUrl,
    AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'],
  });
  const { Attributes: counts } = await orUnavailable('queue', client.send(command));
  return {
    visible: count(counts?.ApproximateNumberOfMessages),
    inFlight: count(counts?.ApproximateNumberOfMessagesNotVisible),
    delayed: count(counts?.ApproximateNumberOfMessagesDelayed),
  };
}

/** A missing count must not read as an empty queue: a rebuild would then begin too early. */
function count(value: string | undefined): number {
  assert(value !== undefined && /^\d+$/.test(value), `queue attributes: expected a count, got ${value}`);
  return Number(value);
}
