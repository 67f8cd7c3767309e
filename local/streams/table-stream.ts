import { callAws } from '../engines/call-aws.ts';
import type { TableStream } from './stream-mapping.ts';
import type { EngineRecord } from './stream-record.ts';

type Target = 'ListStreams' | 'DescribeStream' | 'GetShardIterator' | 'GetRecords';

/** The stream of a table of the DynamoDB engine, which has one shard. Throws for a table without a stream. */
export async function openTableStream(endpoint: string, tableName: string): Promise<TableStream> {
  const call = <T>(target: Target, input: object) => callAws<T>(endpoint, `DynamoDBStreams_20120810.${target}`, input);
  const { Streams } = await call<{ Streams: { StreamArn: string }[] }>('ListStreams', { TableName: tableName });
  const StreamArn = Streams.at(-1)?.StreamArn;
  if (StreamArn === undefined) throw new Error(`table ${tableName} has no stream`);
  const { StreamDescription } = await call<{ StreamDescription: { Shards: { ShardId: string }[] } }>('DescribeStream', { StreamArn });
  const ShardId = StreamDescription.Shards.at(-1)?.ShardId;
  if (ShardId === undefined) throw new Error(`the stream of table ${tableName} has no shard`);
  const iteratorAt = async (position: object) =>
    (await call<{ ShardIterator: string }>('GetShardIterator', { StreamArn, ShardId, ...position })).ShardIterator;
  let iterator: string | undefined;
  return {
    shardId: ShardId,
    async read(count) {
      iterator ??= await iteratorAt({ ShardIteratorType: 'TRIM_HORIZON' });
      const { Records, NextShardIterator } = await call<{ Records: EngineRecord[]; NextShardIterator?: string }>('GetRecords', {
        ShardIterator: iterator,
        Limit: count,
      });
      iterator = NextShardIterator;
      return Records;
    },
  };
}
