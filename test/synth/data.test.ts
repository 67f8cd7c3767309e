import { beforeAll, describe, expect, test } from '@jest/globals';
import { orderIndex, tables } from '../../lambdas/contracts/tables.ts';
import { stages } from '../../lib/config/stages.ts';
import { listOf, textOf } from './support/intrinsics.ts';
import { ofType, only, type Resource, stageNames, type StageTemplates, synthesizeStage } from './support/synthesized.ts';

interface Table {
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[];
  readonly Replicas: readonly Record<string, unknown>[];
}

function tableOf({ data }: StageTemplates, name: string): Resource {
  const found = ofType(data, 'AWS::DynamoDB::GlobalTable').find(([id]) => id.startsWith(`Tables${name}`));
  if (!found) throw new Error(`no table ${name}`);
  return found[1];
}

function mappingTo({ service }: StageTemplates, functionName: string): Record<string, unknown> {
  const found = ofType(service, 'AWS::Lambda::EventSourceMapping').find(([, { Properties }]) =>
    textOf(Properties['FunctionName']).startsWith(`\${Functions${functionName}Function`),
  );
  if (!found) throw new Error(`no event source mapping to ${functionName}`);
  return found[1].Properties;
}

/** Key attributes with their types: `pk S hash, sk N range`. */
function keysOf({ AttributeDefinitions, KeySchema }: Pick<Table, 'AttributeDefinitions' | 'KeySchema'>): string[] {
  const types = Object.fromEntries(AttributeDefinitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]));
  return KeySchema.map(({ AttributeName, KeyType }) => `${AttributeName} ${types[AttributeName]} ${KeyType}`);
}

const stateful = [
  'AWS::DynamoDB::GlobalTable',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::ElastiCache::User',
  'AWS::ElastiCache::UserGroup',
  'AWS::SecretsManager::Secret',
  'AWS::SQS::Queue',
];

describe.each(stageNames)('data, %s', (stage) => {
  const config = stages[stage];
  let templates: StageTemplates;
  beforeAll(async () => {
    templates = await synthesizeStage(stage);
  });

  test('logical ids of what holds data never change: another id is another, empty resource', () => {
    const ids = [templates.data, templates.service].flatMap((template) =>
      stateful.flatMap((type) => ofType(template, type).map(([id]) => id)),
    );
    expect(ids.sort()).toEqual([
      'BootstrapOperatorKeySecret6716A850',
      'DeploymentSecret82E2E75D',
      'ExpiriesDeadLetters7A51F134',
      'ExpiriesQueueFD5FFE2E',
      'OrdersDeadLetters6314E60F',
      'OrdersQueueC538DD4C',
      'RedisApplicationUser0F5FF17D',
      'RedisDefaultUserDE8B1144',
      'RedisPasswordSecretC0447AF3',
      'RedisReplicationGroup3B65AB4E',
      'RedisUsers2B56A058',
      'StripeSecret57D1B7F6',
      'TablesClaimsE002CF53',
      'TablesOrdersACF7C9C0',
      'TablesSales56F18341',
    ]);
  });

  test.each([
    ['Orders', tables.orders, 'S'],
    ['Claims', tables.claims, 'N'],
    ['Sales', tables.sales, 'S'],
  ] as const)('%s: keys of the contracts, on demand, encrypted, restorable', (name, keys, sortType) => {
    const table = tableOf(templates, name).Properties as unknown as Table;
    expect(keysOf(table)).toEqual([`${keys.partitionKey} S HASH`, `${keys.sortKey} ${sortType} RANGE`]);
    expect(table).toMatchObject({ BillingMode: 'PAY_PER_REQUEST', SSESpecification: { SSEEnabled: true } });
    expect(table.Replicas).toEqual([
      expect.objectContaining({
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: config.pointInTimeRecoveryDays },
        DeletionProtectionEnabled: stage === 'prod',
      }),
    ]);
  });

  test('orders alone has a stream, with both images, and one index, of keys only', () => {
    const orders = tableOf(templates, 'Orders').Properties as unknown as Table & { readonly GlobalSecondaryIndexes: (Table & object)[] };
    expect(orders).toMatchObject({ StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } });
    const [index, ...others] = orders.GlobalSecondaryIndexes;
    expect(others).toEqual([]);
    expect(index).toMatchObject({ IndexName: orderIndex.name, Projection: { ProjectionType: 'KEYS_ONLY' } });
    expect(keysOf({ AttributeDefinitions: orders.AttributeDefinitions, KeySchema: index?.KeySchema ?? [] })).toEqual([
      `${orderIndex.partitionKey} S HASH`,
      `${orderIndex.sortKey} N RANGE`,
    ]);
    for (const name of ['Claims', 'Sales']) {
      expect(tableOf(templates, name).Properties).not.toHaveProperty('StreamSpecification');
      expect(tableOf(templates, name).Properties).not.toHaveProperty('GlobalSecondaryIndexes');
    }
  });

  test('Redis: cluster mode, TLS required, encrypted at rest, failover always on, several zones where there are replicas', () => {
    const { replicasPerShard } = config.redis;
    expect(replicasPerShard > 0).toBe(stage === 'prod');
    expect(only(templates.data, 'AWS::ElastiCache::ReplicationGroup')).toMatchObject({
      Engine: 'redis',
      EngineVersion: '7.1',
      ClusterMode: 'enabled',
      CacheNodeType: config.redis.nodeType,
      NumNodeGroups: config.redis.shards,
      ReplicasPerNodeGroup: replicasPerShard,
      AutomaticFailoverEnabled: true,
      MultiAZEnabled: stage === 'prod',
      TransitEncryptionEnabled: true,
      TransitEncryptionMode: 'required',
      AtRestEncryptionEnabled: true,
      SnapshotRetentionLimit: config.redis.snapshotDays,
    });
  });

  test('Redis never evicts', () => {
    expect(only(templates.data, 'AWS::ElastiCache::ParameterGroup')).toMatchObject({
      Properties: { 'cluster-enabled': 'yes', 'maxmemory-policy': 'noeviction' },
    });
  });

  test('Redis has one user with a generated password, and the one without a name is switched off', () => {
    const users = Object.fromEntries(
      ofType(templates.data, 'AWS::ElastiCache::User').map(([, { Properties }]) => [String(Properties['UserName']), Properties]),
    );
    expect(Object.keys(users).sort()).toEqual(['default', 'penstock']);
    expect(users['default']).toMatchObject({ AccessString: 'off -@all' });
    const proof = users['penstock']?.['AuthenticationMode'] as { readonly Type: string; readonly Passwords: unknown[] } | undefined;
    expect(proof?.Type).toBe('password');
    expect(proof?.Passwords.map(textOf)).toEqual([
      expect.stringMatching(/^{{resolve:secretsmanager:\${RedisPasswordSecret\w+}:SecretString:::}}$/),
    ]);
    expect(only(templates.data, 'AWS::ElastiCache::UserGroup')['UserIds']).toHaveLength(2);
  });

  test('secrets are generated, of letters and digits, 256 bits at least', () => {
    const secrets = ofType(templates.data, 'AWS::SecretsManager::Secret');
    expect(secrets).toHaveLength(4);
    for (const [, { Properties }] of secrets) {
      expect(Properties['SecretString']).toBeUndefined();
      const { PasswordLength, ExcludePunctuation } = Properties['GenerateSecretString'] as Record<string, unknown>;
      expect(ExcludePunctuation).toBe(true);
      expect(PasswordLength).toBeGreaterThanOrEqual(43);
    }
  });

  test('an output tells the command that prints the operator key', () => {
    expect(textOf(templates.data.Outputs?.['OperatorKeyCommand']?.Value)).toMatch(
      /^echo psk_\$\(aws secretsmanager get-secret-value --secret-id \${BootstrapOperatorKey\w+} --query SecretString --output text\)$/,
    );
  });

  test('an output tells the command that stores the signing secret of Stripe', () => {
    expect(textOf(templates.data.Outputs?.['StripeSecretCommand']?.Value)).toMatch(
      /^aws secretsmanager put-secret-value --secret-id \${StripeSecret\w+} --secret-string whsec_…$/,
    );
  });

  test(`what holds data ${stage === 'prod' ? 'outlives' : 'goes with'} its stack`, () => {
    const policies = (id: RegExp): Set<string | undefined> =>
      new Set(
        [templates.data, templates.service]
          .flatMap(({ Resources }) => Object.entries(Resources))
          .filter(([logicalId]) => id.test(logicalId))
          .map(([, { DeletionPolicy }]) => DeletionPolicy),
      );
    expect(
      policies(/^(Tables|DeploymentSecret|BootstrapOperatorKey|StripeSecret|(?:Orders|Expiries)(?:Queue|DeadLetters)[0-9A-F]{8}$)/),
    ).toEqual(new Set([stage === 'prod' ? 'Retain' : 'Delete']));
    // The cluster and all it stands on. Some of its ids are fixed: a creation that failed must not leave them taken.
    expect(policies(/^Redis/)).toEqual(new Set([stage === 'prod' ? 'RetainExceptOnCreate' : 'Delete']));
  });

  test('orders reach the ledger’s worker in batches whose messages fail one by one, and end as dead letters', () => {
    const queues = Object.fromEntries(ofType(templates.service, 'AWS::SQS::Queue'));
    const [queueId, deadLettersId] = ['OrdersQueue', 'OrdersDeadLetters'].map((prefix) =>
      Object.keys(queues).find((id) => id.startsWith(prefix)),
    );
    expect(queues[queueId ?? '']?.Properties).toMatchObject({
      VisibilityTimeout: 180,
      MessageRetentionPeriod: 4 * 86_400,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { maxReceiveCount: 8, deadLetterTargetArn: { 'Fn::GetAtt': [deadLettersId, 'Arn'] } },
    });
    expect(queues[deadLettersId ?? '']?.Properties).toMatchObject({ MessageRetentionPeriod: 14 * 86_400, SqsManagedSseEnabled: true });
    expect(mappingTo(templates, 'commit')).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': [queueId, 'Arn'] },
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 50 },
    });
  });

  test('the stream of orders feeds changes from its beginning, one batch a shard at a time, and events name their shard', () => {
    const mapping = mappingTo(templates, 'changes');
    expect(textOf(mapping['EventSourceArn'])).toMatch(/TablesOrders\w*StreamArn/);
    expect(mapping).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 1000,
      ParallelizationFactor: 1,
      TumblingWindowInSeconds: 900,
    });
    // Nothing is given up before its time: neither by age nor by tries, nor cut out of its batch.
    for (const name of ['MaximumRecordAgeInSeconds', 'MaximumRetryAttempts', 'BisectBatchOnFunctionError', 'FilterCriteria'])
      expect(mapping).not.toHaveProperty(name);
  });

  test('queues refuse plain HTTP', () => {
    const policies = ofType(templates.service, 'AWS::SQS::QueuePolicy');
    expect(policies).toHaveLength(4);
    for (const [, { Properties }] of policies) {
      const { Statement } = Properties['PolicyDocument'] as { readonly Statement: readonly Record<string, unknown>[] };
      expect(listOf(Statement)).toEqual([
        expect.objectContaining({ Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]);
    }
  });
});
