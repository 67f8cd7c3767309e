import { EventSourceMapping, type Function, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** Properties of OrderChanges. */
export interface OrderChangesProps {
  /** A table with a stream of new and old images. */
  readonly table: TableV2;
  readonly consumer: Function;
  /** Changes a batch (1–10,000; 6 MB at most). */
  readonly batchRecords: number;
  /** The tumbling window (up to 15 minutes): with one, events name their shard. */
  readonly window: Duration;
}

/**
 * The changes of a table, handed to one function in their order within a shard. A batch that fails comes again until
 * it succeeds or is a day old: each is counted, or none behind it is. One batch a shard at a time: what is counted
 * exactly once rests on it.
 */
export class OrderChanges extends Construct {
  constructor(scope: Construct, id: string, { table, consumer, batchRecords, window }: OrderChangesProps) {
    super(scope, id);
    table.grantStreamRead(consumer);
    const mapping = new EventSourceMapping(this, 'Consumer', {
      target: consumer,
      eventSourceArn: table.tableStreamArn ?? missingStream(table),
      // From the first change on, so that nothing is missing in the counts.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: batchRecords,
      parallelizationFactor: 1,
      tumblingWindow: window,
    });
    Validations.of(mapping).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'Nothing is given up before it is a day old; the alarm on the age of the stream comes long before.',
    });
  }
}

function missingStream(table: TableV2): never {
  throw new Error(`${table.node.path} has no stream: give it dynamoStream`);
}
