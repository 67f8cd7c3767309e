import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import withMiddleware from '@middy/core';
import type { Log } from './log.ts';
import type { FunctionMeter } from './meter.ts';

/** The part of an event of a DynamoDB stream with a tumbling window that we read (AWS: "Using AWS Lambda with Amazon DynamoDB"). */
export interface StreamEvent {
  readonly Records: readonly StreamRecord[];
  readonly shardId: string;
}

/** One change of an item. */
export interface StreamRecord {
  readonly dynamodb: {
    readonly SequenceNumber: string;
    readonly NewImage?: Record<string, AttributeValue>;
    readonly OldImage?: Record<string, AttributeValue>;
  };
}

/** Lambda takes an answer without `state` for a failure; we keep nothing in it. */
export interface StreamResult {
  readonly state: object;
}

/** What Lambda calls for changes of one shard. */
export type StreamHandler = (event: StreamEvent) => Promise<StreamResult>;

interface StreamFunctionOptions {
  /** Works on the changes of one shard, in their order; a rejection brings the whole batch back. */
  readonly handle: (shardId: string, records: readonly StreamRecord[]) => Promise<void>;
  readonly log: Log;
  readonly meter: FunctionMeter;
}

/** The one wrapper of stream consumers: what fails is logged and thrown, so that Lambda brings the batch again. One log line a batch. */
export function streamFunction({ handle, log, meter }: StreamFunctionOptions): StreamHandler {
  const handler = withMiddleware(async ({ Records: records, shardId }: StreamEvent): Promise<StreamResult> => {
    const startedMs = performance.now();
    try {
      // A window ends with an event without records.
      if (records.length > 0) await handle(shardId, records);
    } catch (error) {
      log.error('batch failed: it comes again', error, { shardId, records: records.length });
      throw error;
    } finally {
      meter.flush();
    }
    log.info('batch', { shardId, records: records.length, durationMs: Math.round((performance.now() - startedMs) * 100) / 100 });
    return { state: {} };
  });
  return handler as unknown as StreamHandler;
}
