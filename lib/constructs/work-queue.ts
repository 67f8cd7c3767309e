import { EventSourceMapping, type Function } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { visibilityTimeouts } from '../config/assert-limits.ts';

/** Properties of a WorkQueue. */
export interface WorkQueueProps {
  /** Timeout of the one function that will consume the queue; a message stays invisible for six of it. */
  readonly consumerTimeout: Duration;
  /** How long an unprocessed message is kept. */
  readonly retention: Duration;
  /** How long a dead letter is kept, counted from its first send. */
  readonly deadLetterRetention: Duration;
  /** Receives after which a message is a dead letter. */
  readonly maxReceives: number;
  /** The queues, and what waits in them, outlive the stack. */
  readonly protectData: boolean;
}

/** How a WorkQueue feeds its consumer. */
export interface ConsumerProps {
  /** Messages a batch (1–10; there is no window, so a lone message does not wait). */
  readonly batchMessages: number;
  /** Batches at once (2–1,000). */
  readonly maxConcurrency: number;
}

/** Work for one function: a queue, the dead-letter queue behind it, and the mapping that reports each failed message by itself. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const removalPolicy = props.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy,
      retentionPeriod: props.deadLetterRetention,
    });
    Validations.of(this.deadLetters).acknowledge({ id: 'Serverless-SQSRedrivePolicy', reason: 'It is the dead-letter queue.' });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy,
      retentionPeriod: props.retention,
      visibilityTimeout: Duration.seconds(visibilityTimeouts * props.consumerTimeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.maxReceives },
    });
  }

  /** Makes the function the queue's consumer; it must answer with `batchItemFailures`. */
  addConsumer(consumer: Function, props: ConsumerProps): void {
    this.queue.grant(consumer, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes');
    const mapping = new EventSourceMapping(this, 'Consumer', {
      target: consumer,
      eventSourceArn: this.queue.queueArn,
      batchSize: props.batchMessages,
      maxBatchingWindow: Duration.seconds(0),
      maxConcurrency: props.maxConcurrency,
      reportBatchItemFailures: true,
    });
    Validations.of(mapping).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'A message that fails to the end goes to the queue’s dead-letter queue.',
    });
  }
}
