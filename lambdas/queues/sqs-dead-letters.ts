import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetters } from '../domain/orders/ports.ts';
import { readQueueDepth } from './queue-depth.ts';

/** The dead-letter queue in SQS. */
export class SqsDeadLetters implements DeadLetters {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(options: { readonly client: SQSClient; readonly queueUrl: string }) {
    this.#client = options.client;
    this.#queueUrl = options.queueUrl;
  }

  /** Messages in it, those under inspection included; approximate. */
  async count(): Promise<number> {
    const { visible, inFlight, delayed } = await readQueueDepth(this.#client, this.#queueUrl);
    return visible + inFlight + delayed;
  }
}
