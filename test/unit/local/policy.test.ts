import { describe, expect, test } from '@jest/globals';
import { authorizer } from '../../../local/front-door/authorize.ts';
import { evaluatePolicy, type Statement, unsupportedConditions } from '../../../local/front-door/evaluate-policy.ts';
import { identifyCall } from '../../../local/front-door/identify-call.ts';

const account = { region: 'us-east-1', accountId: '000000000000' };
const table = (name: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;
const queue = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const allow = (over: Partial<Statement>): Statement => ({ Effect: 'Allow', ...over });
const deny = (over: Partial<Statement>): Statement => ({ Effect: 'Deny', ...over });
const context = new Map([['aws:securetransport', 'true']]);

describe('the decision of a policy', () => {
  const access = { action: 'dynamodb:PutItem', resource: table('orders') };
  const exact = allow({ Action: 'dynamodb:PutItem', Resource: table('orders') });

  test.each<[string, Statement[], string]>([
    ['no statement', [], 'not allowed'],
    ['the action on the resource', [exact], 'allowed'],
    ['lists', [allow({ Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: [table('x'), table('orders')] })], 'allowed'],
    ['another action', [allow({ Action: 'dynamodb:GetItem', Resource: '*' })], 'not allowed'],
    ['another table', [allow({ Action: 'dynamodb:PutItem', Resource: table('claims') })], 'not allowed'],
    [
      'the index of a table is not the table',
      [allow({ Action: 'dynamodb:PutItem', Resource: `${table('orders')}/index/*` })],
      'not allowed',
    ],
    ['a wildcard action, in any case', [allow({ Action: 'DynamoDB:put*', Resource: '*' })], 'allowed'],
    ['a wildcard resource', [allow({ Action: 'dynamodb:*', Resource: 'arn:aws:dynamodb:*:*:table/ord?rs' })], 'allowed'],
    ['a deny wins, whatever its place', [deny({ Action: '*', Resource: '*' }), exact], 'explicitly denied'],
    ['a deny of another action does not matter', [exact, deny({ Action: 'dynamodb:DeleteItem', Resource: '*' })], 'allowed'],
    ['NotAction leaves the action out', [allow({ NotAction: 'dynamodb:PutItem', Resource: '*' })], 'not allowed'],
    ['NotResource leaves the resource out', [allow({ Action: '*', NotResource: table('orders') })], 'not allowed'],
    ['a condition that holds', [{ ...exact, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }], 'allowed'],
    [
      'a deny whose condition does not hold',
      [exact, deny({ Action: '*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
      'allowed',
    ],
    [
      'an allow with a condition that is not evaluated',
      [{ ...exact, Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['a'] } } }],
      'not allowed',
    ],
    [
      'a deny with a condition that is not evaluated',
      [exact, deny({ Action: '*', Resource: '*', Condition: { StringEquals: { 'aws:SourceVpc': 'x' } } })],
      'explicitly denied',
    ],
  ])('%s', (_, statements, decision) => {
    expect(evaluatePolicy(statements, access, context)).toBe(decision);
  });

  test('conditions that are not evaluated are named', () => {
    const statement = allow({
      Condition: {
        StringEquals: { 'aws:SourceVpc': 'x' },
        Bool: { 'aws:SecureTransport': 'true' },
        IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
      },
    });
    expect(unsupportedConditions(statement, context)).toEqual(['StringEquals aws:SourceVpc', 'IpAddress aws:SourceIp']);
  });
});

describe('the refusal', () => {
  const principal = { accessKeyId: 'A', functionName: 'orders', sessionArn: 'arn:aws:sts::000000000000:assumed-role/role/orders' };
  const put = { action: 'dynamodb:PutItem', resource: table('orders') };

  test('has the words of AWS', () => {
    expect(authorizer({ ...principal, statements: [] }, context)([put])).toBe(
      `User: arn:aws:sts::000000000000:assumed-role/role/orders is not authorized to perform: dynamodb:PutItem on resource: ${table('orders')} because no identity-based policy allows the dynamodb:PutItem action`,
    );
    expect(authorizer({ ...principal, statements: [deny({ Action: '*', Resource: '*' })] }, context)([put])).toMatch(
      /with an explicit deny in an identity-based policy$/,
    );
  });

  test('one access that is not allowed refuses the whole transaction', () => {
    const authorize = authorizer({ ...principal, statements: [allow({ Action: 'dynamodb:PutItem', Resource: table('orders') })] }, context);
    expect(authorize([put])).toBeUndefined();
    expect(authorize([put, { action: 'dynamodb:PutItem', resource: table('claims') }])).toContain(table('claims'));
  });
});

describe('what a call does', () => {
  const identify = (target: string, body: Record<string, unknown>) =>
    identifyCall(account, target, body, (id) => `arn:secret:${id}`)?.accesses;

  test.each<[string, Record<string, unknown>, [string, string][]]>([
    ['DynamoDB_20120810.GetItem', { TableName: 'orders' }, [['dynamodb:GetItem', table('orders')]]],
    ['DynamoDB_20120810.GetItem', { TableName: table('orders') }, [['dynamodb:GetItem', table('orders')]]],
    ['DynamoDB_20120810.Query', { TableName: 'orders', IndexName: 'bySale' }, [['dynamodb:Query', `${table('orders')}/index/bySale`]]],
    [
      'DynamoDB_20120810.TransactWriteItems',
      {
        TransactItems: [
          { Put: { TableName: 'orders' } },
          { Update: { TableName: 'orders' } },
          { Delete: { TableName: 'claims' } },
          { ConditionCheck: { TableName: 'sales' } },
        ],
      },
      [
        ['dynamodb:PutItem', table('orders')],
        ['dynamodb:UpdateItem', table('orders')],
        ['dynamodb:DeleteItem', table('claims')],
        ['dynamodb:ConditionCheckItem', table('sales')],
      ],
    ],
    [
      'DynamoDB_20120810.BatchGetItem',
      { RequestItems: { orders: {}, claims: {} } },
      [
        ['dynamodb:BatchGetItem', table('orders')],
        ['dynamodb:BatchGetItem', table('claims')],
      ],
    ],
    ['AmazonSQS.SendMessage', { QueueUrl: 'http://127.0.0.1:1/000000000000/orders' }, [['sqs:SendMessage', queue('orders')]]],
    ['AmazonSQS.DeleteMessageBatch', { QueueUrl: 'http://127.0.0.1:1/000000000000/orders' }, [['sqs:DeleteMessage', queue('orders')]]],
    ['AmazonSQS.GetQueueUrl', { QueueName: 'orders' }, [['sqs:GetQueueUrl', queue('orders')]]],
    ['secretsmanager.GetSecretValue', { SecretId: 'key' }, [['secretsmanager:GetSecretValue', 'arn:secret:key']]],
    ['AWSEvents.PutEvents', { Entries: [{}, {}] }, [['events:PutEvents', 'arn:aws:events:us-east-1:000000000000:event-bus/default']]],
  ])('%s %j', (target, body, expected) => {
    expect(identify(target, body)).toEqual(expected.map(([action, resource]) => ({ action, resource })));
  });

  test.each(['DynamoDB_20120810.ExecuteStatement', 'AmazonSQS.CreateQueue', 'secretsmanager.PutSecretValue', 'Lambda.Invoke', ''])(
    '%s is not stood in for',
    (target) => {
      expect(identify(target, {})).toBeUndefined();
    },
  );
});
