import { orderIndex, tables } from '../../lambdas/contracts/tables.ts';
import { callAws } from '../../local/engines/call-aws.ts';
import { startDynoxide } from '../../local/engines/start-dynoxide.ts';
import { type CacheEngine, startRedis } from '../../local/engines/start-redis.ts';
import { AwsEndpoint } from './aws-endpoint.ts';
import { rig, rigEnvironment } from './rig-environment.ts';

/** Real engines with nothing of the local runtime between them and a function that is evaluated in this process. */
export interface Rig extends AsyncDisposable {
  readonly aws: AwsEndpoint;
  readonly redis: CacheEngine['admin'];
  readonly redisPort: number;
  /** DynamoDB itself: what is asked here is not counted. */
  readonly tablesEndpoint: string;
  readonly environment: Record<string, string>;
}

/** Starts Redis, DynamoDB and the AWS endpoint; the tables are those of the contracts. */
export async function openRig(folder: string): Promise<Rig> {
  await using stack = new AsyncDisposableStack();
  const dynamo = await startDynoxide(folder, false);
  stack.defer(() => dynamo.stop());
  const cache = await startRedis(folder, false, undefined);
  stack.defer(() => cache.stop());
  if (cache.embedded)
    throw new Error(
      'the bench measures with a real Redis: put redis-server or valkey-server on the PATH (Debian: `apt-get install redis-server`)',
    );
  await Promise.all([cache.ready, makeTables(dynamo.endpoint)]);
  await cache.admin.call('ACL', 'SETUSER', rig.redisUser, 'reset', 'on', `>${rig.redisPassword}`, '~*', '&*', '+@all');
  const aws = stack.use(new AwsEndpoint(dynamo.endpoint));
  const environment = rigEnvironment({ redisPort: cache.port, awsEndpoint: await aws.start() });
  const parts = stack.move();
  return {
    aws,
    redis: cache.admin,
    redisPort: cache.port,
    tablesEndpoint: dynamo.endpoint,
    environment,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

async function makeTables(endpoint: string): Promise<void> {
  const key = ({ partitionKey, sortKey }: { readonly partitionKey: string; readonly sortKey: string }) => [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    { AttributeName: sortKey, KeyType: 'RANGE' },
  ];
  const types = (of: Readonly<Record<string, 'S' | 'N'>>) =>
    Object.entries(of).map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
  const make = (TableName: string, input: object): Promise<unknown> =>
    callAws(endpoint, 'DynamoDB_20120810.CreateTable', { TableName, BillingMode: 'PAY_PER_REQUEST', ...input });
  await make(rig.ordersTable, {
    KeySchema: key(tables.orders),
    AttributeDefinitions: types({
      [tables.orders.partitionKey]: 'S',
      [tables.orders.sortKey]: 'S',
      [orderIndex.partitionKey]: 'S',
      [orderIndex.sortKey]: 'N',
    }),
    GlobalSecondaryIndexes: [{ IndexName: orderIndex.name, KeySchema: key(orderIndex), Projection: { ProjectionType: 'KEYS_ONLY' } }],
  });
  await make(rig.claimsTable, {
    KeySchema: key(tables.claims),
    AttributeDefinitions: types({ [tables.claims.partitionKey]: 'S', [tables.claims.sortKey]: 'N' }),
  });
  await make(rig.salesTable, {
    KeySchema: key(tables.sales),
    AttributeDefinitions: types({ [tables.sales.partitionKey]: 'S', [tables.sales.sortKey]: 'S' }),
  });
}
