import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { ExpiryNotice } from '../domain/orders/order.ts';
import type { ExpiryQueue } from '../domain/orders/ports.ts';
import { orUnavailable } from '../runtime/sdk-fault.ts';

/** The expiries queue in SQS. The body of a message is the notice as JSON (contracts/messages.ts). */
export class SqsExpiryQueue implements ExpiryQueue {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(options: { readonly client: SQSClient; readonly queueUrl: string }) {
    this.#client = options.client;
    this.#queueUrl = options.queueUrl;
  }

  async send(notice: ExpiryNotice, { delaySeconds }: { readonly delaySeconds: number }): Promise<void> {
    const command = new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody: JSON.stringify(notice), DelaySeconds: delaySeconds });
    await orUnavailable('queue', this.#client.send(command));
  }
}
