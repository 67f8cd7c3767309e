import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { CommitRequest } from '../domain/orders/order.ts';
import type { OrderQueue } from '../domain/orders/ports.ts';
import { orUnavailable } from '../runtime/sdk-fault.ts';
import { readQueueDepth, type QueueDepth } from './queue-depth.ts';

/** The orders queue in SQS. The body of a message is the request as JSON (contracts/messages.ts). */
export class SqsOrderQueue implements OrderQueue {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(options: { readonly client: SQSClient; readonly queueUrl: string }) {
    this.#client = options.client;
    this.#queueUrl = options.queueUrl;
  }

  async send(request: CommitRequest, options: { readonly delaySeconds?: number } = {}): Promise<void> {
    const command = new SendMessageCommand({
      QueueUrl: this.#queueUrl,
      MessageBody: JSON.stringify(request),
      ...(options.delaySeconds === undefined ? {} : { DelaySeconds: options.delaySeconds }),
    });
    await orUnavailable('queue', this.#client.send(command));
  }

  depth(): Promise<QueueDepth> {
    return readQueueDepth(this.#client, this.#queueUrl);
  }
}
