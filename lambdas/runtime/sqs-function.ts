import withMiddleware from '@middy/core';
import { limits } from '../contracts/limits.ts';
import { UnavailableError } from '../domain/kernel/faults.ts';
import { atOnce } from '../domain/kernel/at-once.ts';
import { countCorruption } from './count-corruption.ts';
import type { Log } from './log.ts';
import type { FunctionMeter } from './meter.ts';
import { getReady } from './get-ready.ts';

/** The part of an SQS event that we read (AWS: "Using Lambda with Amazon SQS"). */
export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}

interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: { readonly ApproximateReceiveCount: string };
}

interface SqsResult {
  readonly batchItemFailures: { itemIdentifier: string }[];
}

/** What Lambda calls for a batch of a queue. */
export type SqsHandler = (event: SqsEvent, context: { getRemainingTimeInMillis?(): number }) => Promise<SqsResult>;
/** Works on the body of one message; a rejection brings the message back. */
export type RecordHandler = (body: string) => Promise<void>;

/** Says when a failed message comes back; unsaid, it waits out the whole visibility timeout. */
export interface MessageDelay {
  /** Seconds from now. */
  putOff(receiptHandle: string, seconds: number): Promise<void>;
}

/** What a function behind a queue is made of. */
export interface SqsFunctionOptions {
  /** Makes what works on the messages. While it cannot be made each message fails by itself, and the next one tries anew. */
  readonly open: () => Promise<RecordHandler>;
  readonly delay: MessageDelay;
  /** Records of a batch worked on at once. */
  readonly parallel: number;
  readonly log: Log;
  readonly meter: FunctionMeter;
}

/**
 * The one SQS wrapper: each record by itself, a bounded number at once; what fails comes back alone (partial batch
 * response), soon at first and then later and later; what succeeded does not. One log line a batch, one of metrics.
 */
export function sqsFunction(options: SqsFunctionOptions): SqsHandler {
  const { parallel, log, meter } = options;
  const ready = getReady(options.open);
  const handler = withMiddleware(async (event: SqsEvent): Promise<SqsResult> => {
    const startedMs = performance.now();
    const failures: { itemIdentifier: string }[] = [];
    await atOnce(parallel, event.Records.values(), async (record) => {
      if (!(await succeeds(record, ready, options))) failures.push({ itemIdentifier: record.messageId });
    });
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

async function succeeds(
  { messageId, receiptHandle, body, attributes }: SqsRecord,
  ready: () => Promise<RecordHandler>,
  { delay, log, meter }: SqsFunctionOptions,
): Promise<boolean> {
  try {
    const handle = await ready();
    await handle(body);
    return true;
  } catch (error) {
    countCorruption(error, meter);
    const seconds = retryDelaySeconds(Number(attributes.ApproximateReceiveCount));
    const message = error instanceof UnavailableError ? 'message put back: dependency unavailable' : 'message failed';
    log.error(message, error, { messageId, receives: attributes.ApproximateReceiveCount, againInSeconds: seconds });
    // If this fails too, the message comes back all the same: after the whole visibility timeout.
    await delay.putOff(receiptHandle, seconds).catch((cause: unknown) => log.error('message not put off', cause, { messageId }));
    return false;
  }
}

/** When a message comes back after it was received so often: 2 s, three times as long each time, at most 3 minutes. */
export function retryDelaySeconds(receives: number): number {
  return Math.min(limits.retryBaseSeconds * limits.retryFactor ** (Math.max(1, receives) - 1), limits.retryMaxSeconds);
}
