import type { SystemAssembly } from '../assembly/system-assembly.ts';
import { readProperties } from './read-property.ts';

/** A table of the templates: the input of CreateTable. */
export type TableDefinition = Readonly<Record<string, unknown>> & { readonly TableName: string };

interface TableIndex {
  readonly IndexName: string;
  readonly KeySchema: readonly object[];
  readonly Projection: object;
}

/**
 * The tables, with their indexes, and their streams where a mapping reads them: one that nobody reads would only cost. All are
 * on demand: the engine knows no throughput.
 */
export function readTables(assembly: SystemAssembly): TableDefinition[] {
  const sources = new Set(assembly.ofType('AWS::Lambda::EventSourceMapping').map(({ properties }) => properties['EventSourceArn']));
  return assembly.ofType('AWS::DynamoDB::GlobalTable').map((resource) => {
    const read = readProperties(resource, resource.properties);
    const indexes = (name: string) =>
      (read.list(name) as readonly TableIndex[]).map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }));
    const [globalIndexes, localIndexes] = [indexes('GlobalSecondaryIndexes'), indexes('LocalSecondaryIndexes')];
    const stream = read.object('StreamSpecification');
    return {
      TableName: resource.ref,
      AttributeDefinitions: read.list('AttributeDefinitions'),
      KeySchema: read.list('KeySchema'),
      BillingMode: 'PAY_PER_REQUEST',
      ...(globalIndexes.length > 0 ? { GlobalSecondaryIndexes: globalIndexes } : {}),
      ...(localIndexes.length > 0 ? { LocalSecondaryIndexes: localIndexes } : {}),
      ...(stream['StreamViewType'] === undefined || !sources.has(assembly.values(resource).attribute('StreamArn'))
        ? {}
        : { StreamSpecification: { StreamEnabled: true, StreamViewType: stream['StreamViewType'] } }),
    };
  });
}
