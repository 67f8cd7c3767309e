import type { SystemAssembly } from '../assembly/system-assembly.ts';
import type { StreamMappingSettings } from '../streams/stream-mapping.ts';
import { readProperties } from './read-property.ts';

/** A mapping with both of its ends. */
export interface StreamMappingDefinition extends StreamMappingSettings {
  /** Name or ARN of the function, an alias or a version of it. */
  readonly functionRef: string;
  readonly tableName: string;
}

/** What a mapping of a stream may ask for here: anything else would change what the function sees, and is not emulated. */
const known = new Set([
  'EventSourceArn',
  'FunctionName',
  'StartingPosition',
  'BatchSize',
  'ParallelizationFactor',
  'TumblingWindowInSeconds',
  'Enabled',
  'Tags',
]);

/**
 * Mappings from the streams of tables.
 * @throws Error for a setting that is not emulated: better than a mapping that works otherwise than on AWS.
 */
export function readStreamMappings(assembly: SystemAssembly, region: string): StreamMappingDefinition[] {
  const tables = new Map(
    assembly.ofType('AWS::DynamoDB::GlobalTable').map((table) => [assembly.values(table).attribute('StreamArn'), table.ref]),
  );
  return assembly.ofType('AWS::Lambda::EventSourceMapping').flatMap((resource) => {
    const read = readProperties(resource, resource.properties);
    const streamArn = read.text('EventSourceArn');
    const tableName = tables.get(streamArn);
    if (tableName === undefined || resource.properties['Enabled'] === false) return [];
    const unknown = Object.keys(resource.properties).filter((name) => !known.has(name));
    if (read.text('StartingPosition') !== 'TRIM_HORIZON') unknown.push('StartingPosition other than TRIM_HORIZON');
    if (read.number('ParallelizationFactor', 1) !== 1) unknown.push('ParallelizationFactor over 1');
    if (unknown.length > 0)
      throw new Error(`event source mapping of ${streamArn}: not emulated: ${unknown.join(', ')} (local/streams/stream-mapping.ts)`);
    return [
      {
        streamArn,
        tableName,
        region,
        functionRef: read.text('FunctionName'),
        batchRecords: read.number('BatchSize', 100),
        windowSeconds: read.number('TumblingWindowInSeconds', 0),
      },
    ];
  });
}
