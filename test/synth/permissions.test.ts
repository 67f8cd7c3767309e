import { beforeAll, describe, expect, test } from '@jest/globals';
import { listOf, textOf } from './support/intrinsics.ts';
import { permissionsOf, statementsOf } from './support/policies.ts';
import { stageNames, type StageTemplates, synthesizeStage } from './support/synthesized.ts';

const log = { 'own log': ['logs:CreateLogStream', 'logs:PutLogEvents'] };
const read = ['secretsmanager:GetSecretValue'];
const web = { ...log, 'redis password': read, 'deployment secret': read, 'operator key': read };

/** Every right of every function: whatever is added to one must be added here, by somebody who thought about it. */
const expected: Record<string, Record<string, string[]>> = {
  orders: { ...web, sales: ['dynamodb:GetItem', 'dynamodb:Query'], orders: ['dynamodb:GetItem'], 'orders queue': ['sqs:SendMessage'] },
  tickets: web,
  'order-reads': {
    ...web,
    sales: ['dynamodb:GetItem', 'dynamodb:Query'],
    orders: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    claims: ['dynamodb:DeleteItem', 'dynamodb:PutItem'],
  },
  payments: {
    ...web,
    'stripe secret': read,
    sales: ['dynamodb:GetItem', 'dynamodb:Query'],
    orders: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    claims: ['dynamodb:DeleteItem', 'dynamodb:PutItem'],
  },
  catalog: { ...web, sales: ['dynamodb:GetItem', 'dynamodb:Query'] },
  admin: {
    ...web,
    sales: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    orders: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    'orders index bySale': ['dynamodb:Query'],
    claims: ['dynamodb:DeleteItem', 'dynamodb:Query'],
    'orders queue': ['sqs:GetQueueAttributes', 'sqs:SendMessage'],
    'dead letters': ['sqs:GetQueueAttributes'],
  },
  pages: { ...web, sales: ['dynamodb:GetItem'], 'orders queue': ['sqs:GetQueueAttributes'] },
  changes: {
    ...log,
    'redis password': read,
    sales: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    'orders stream': ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
  },
  commit: {
    ...log,
    'redis password': read,
    sales: ['dynamodb:GetItem'],
    orders: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    claims: ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    'orders queue': ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:SendMessage'],
    'expiries queue': ['sqs:SendMessage'],
  },
  expiry: {
    ...log,
    'redis password': read,
    orders: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    claims: ['dynamodb:DeleteItem'],
    'expiries queue': [
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ],
  },
  sweep: {
    ...log,
    'redis password': read,
    sales: ['dynamodb:GetItem', 'dynamodb:Query'],
    orders: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
    claims: ['dynamodb:DeleteItem', 'dynamodb:Query'],
    'orders queue': ['sqs:GetQueueAttributes', 'sqs:SendMessage'],
  },
};

describe.each(stageNames)('permissions, %s', (stage) => {
  let templates: StageTemplates;
  beforeAll(async () => {
    templates = await synthesizeStage(stage);
  });

  test.each(Object.keys(expected))('%s may do exactly what it does', (name) => {
    expect(permissionsOf(templates.service, name)).toEqual(expected[name]);
  });

  test('no statement allows a wildcard action', () => {
    const all = Object.values(templates).flatMap(statementsOf);
    expect(all.length).toBeGreaterThan(20);
    const wild = all.filter(
      ({ statement }) => statement.Effect === 'Allow' && listOf(statement.Action).some((action) => action.includes('*')),
    );
    expect(wild).toEqual([]);
  });

  test('only the endpoints allow a wildcard resource, and those only within the account', () => {
    const wild = Object.values(templates)
      .flatMap(statementsOf)
      .filter(({ statement }) => statement.Effect === 'Allow' && statement.Resource !== undefined)
      .filter(({ statement }) => listOf(statement.Resource).some((resource) => textOf(resource).includes('*')));
    expect(wild).toHaveLength(4);
    for (const { type, statement } of wild) {
      expect(type).toBe('AWS::EC2::VPCEndpoint');
      const account = { Ref: 'AWS::AccountId' };
      expect(statement.Condition).toEqual({ StringEquals: { 'aws:PrincipalAccount': account, 'aws:ResourceAccount': account } });
    }
  });

  test('the endpoints let pass what functions may do, and nothing else of those services', () => {
    const actions = (pattern: RegExp, of: readonly string[]): string[] => [...new Set(of.filter((action) => pattern.test(action)))].sort();
    const passing = statementsOf(templates.network)
      .filter(({ type }) => type === 'AWS::EC2::VPCEndpoint')
      .flatMap(({ statement }) => listOf(statement.Action));
    const allowed = Object.keys(expected).flatMap((name) => Object.values(permissionsOf(templates.service, name)).flat());
    // Streams are read for the function by Lambda's poller, outside the network.
    const ofPollers = /^dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)$/;
    const called = allowed.filter((action) => !ofPollers.test(action));
    expect(actions(/^(dynamodb|secretsmanager):/, passing)).toEqual(actions(/^(dynamodb|secretsmanager):/, called));
    // Receiving and deleting is done for the function by Lambda's poller, outside the network.
    expect(actions(/^sqs:/, passing)).toEqual(actions(/^sqs:(?!ReceiveMessage|DeleteMessage)/, allowed));
  });

  test('functions have one managed policy, for their network interfaces', () => {
    const roles = Object.entries(templates.service.Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
    expect(roles).toHaveLength(Object.keys(expected).length);
    for (const [, { Properties }] of roles)
      expect((Properties['ManagedPolicyArns'] as unknown[]).map(textOf)).toEqual([
        'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaENIManagementAccess',
      ]);
  });
});
