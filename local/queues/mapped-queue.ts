import { callAws } from '../engines/call-aws.ts';
import { localLimits } from '../local-limits.ts';
import type { MappedQueue } from './event-source-mapping.ts';
import type { ReceivedMessage } from './queue-record.ts';

/**
 * The queue as its event source mapping reaches it: over the front door, with the access key of the function, whose role must allow it.
 */
export function mappedQueue(endpoint: string, queueUrl: string, accessKeyId: string): MappedQueue {
  return {
    async receive(count, waitSeconds, signal) {
      const { Messages } = await callAws<{ Messages?: ReceivedMessage[] }>(
        endpoint,
        'AmazonSQS.ReceiveMessage',
        {
          QueueUrl: queueUrl,
          MaxNumberOfMessages: count,
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        },
        { accessKeyId, signal: AbortSignal.any([signal, AbortSignal.timeout(waitSeconds * 1000 + localLimits.callMs)]) },
      );
      return Messages ?? [];
    },
    async delete(receiptHandles) {
      const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      await callAws(endpoint, 'AmazonSQS.DeleteMessageBatch', { QueueUrl: queueUrl, Entries }, { accessKeyId });
    },
  };
}
