import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { CommitRequest } from '../domain/orders/order.ts';
import type { OrderQueue, SendOptions } from '../domain/orders/ports.ts';
import { orUnavailable } from '../runtime/sdk-fault.ts';
import { readQueueDepth, type QueueDepth } from './queue-depth.ts';

/** The orders queue in SQS. The body of a message is the request as JSON (contracts/messages.ts), in ASCII. */
export class SqsOrderQueue implements OrderQueue {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(options: { readonly client: SQSClient; readonly queueUrl: string }) {
    this.#client = options.client;
    this.#queueUrl = options.queueUrl;
  }

  async send(request: CommitRequest, { delaySeconds, withinMs }: SendOptions = {}): Promise<void> {
    const command = new SendMessageCommand({
      QueueUrl: this.#queueUrl,
      MessageBody: asciiJson(request),
      ...(delaySeconds === undefined ? {} : { DelaySeconds: delaySeconds }),
    });
    const deadline = withinMs === undefined ? {} : { abortSignal: AbortSignal.timeout(withinMs) };
    await orUnavailable('queue', this.#client.send(command, deadline));
  }

  depth(): Promise<QueueDepth> {
    return readQueueDepth(this.#client, this.#queueUrl);
  }
}

/** Which characters SQS takes is its own affair: what is not ASCII is escaped, so that none a customer writes can fail a send. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
