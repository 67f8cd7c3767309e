import withMiddleware from '@middy/core';
import { UnavailableError } from '../domain/kernel/faults.ts';
import type { Log } from './log.ts';
import type { FunctionMeter } from './meter.ts';

/** The part of an SQS event that we read (AWS: "Using Lambda with Amazon SQS"). */
export interface SqsEvent {
  readonly Records: readonly {
    readonly messageId: string;
    readonly body: string;
    readonly attributes: { readonly ApproximateReceiveCount: string };
  }[];
}

export interface SqsResult {
  readonly batchItemFailures: { itemIdentifier: string }[];
}

export type SqsHandler = (event: SqsEvent, context: { getRemainingTimeInMillis?(): number }) => Promise<SqsResult>;
/** Works on the body of one message; a rejection brings the message back. */
export type RecordHandler = (body: string) => Promise<void>;

export interface SqsFunctionOptions {
  readonly handle: RecordHandler;
  /** Records of a batch worked on at once. */
  readonly parallel: number;
  readonly log: Log;
  readonly meter: FunctionMeter;
}

/**
 * The one SQS wrapper: each record by itself, a bounded number at once; what fails comes back alone (partial batch
 * response), what succeeded does not. One log line a batch, one line of metrics.
 */
export function sqsFunction(options: SqsFunctionOptions): SqsHandler {
  const { handle, parallel, log, meter } = options;
  const handler = withMiddleware(async (event: SqsEvent): Promise<SqsResult> => {
    const startedMs = performance.now();
    const failures: { itemIdentifier: string }[] = [];
    const records = event.Records.values();
    const lane = async () => {
      for (const { messageId, body, attributes } of records) {
        try {
          await handle(body);
        } catch (error) {
          failures.push({ itemIdentifier: messageId });
          const known = error instanceof UnavailableError;
          log.error(known ? 'message put back: dependency unavailable' : 'message failed', error, {
            messageId,
            receives: attributes.ApproximateReceiveCount,
          });
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(parallel, event.Records.length) }, lane));
    log.info('batch', {
      records: event.Records.length,
      failures: failures.length,
      durationMs: Math.round((performance.now() - startedMs) * 100) / 100,
    });
    meter.flush();
    return { batchItemFailures: failures };
  });
  return handler as unknown as SqsHandler;
}
