/**
 * Stands in for @aws-sdk/client-sqs in the bundle that `in-process` measures: everything of the function but the queue's
 * client, whose calls are answered here. Only what the order path uses; anything else fails the bundling.
 */
export class SQSClient {
  /** Of the SDK's middlewares, from which a function takes the logger, there is none. */
  readonly middlewareStack = { remove: (): boolean => false };

  send(command: SendMessageCommand | GetQueueAttributesCommand): Promise<unknown> {
    return Promise.resolve(command.answer());
  }
}

/** Sent at once, to nobody. */
export class SendMessageCommand {
  answer(): unknown {
    return { MessageId: 'in-process' };
  }
}

/** The queue is always empty. */
export class GetQueueAttributesCommand {
  answer(): unknown {
    return {
      Attributes: {
        ApproximateNumberOfMessages: '0',
        ApproximateNumberOfMessagesNotVisible: '0',
        ApproximateNumberOfMessagesDelayed: '0',
      },
    };
  }
}
