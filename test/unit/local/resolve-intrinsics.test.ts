import { describe, expect, test } from '@jest/globals';
import { IntrinsicResolver, type ResolverWorld } from '../../../local/assembly/resolve-intrinsics.ts';
import type { Stack, Template } from '../../../local/assembly/template.ts';

const stack = (name: string, template: Template): Stack => ({ name, template, assets: new Map(), constructPaths: new Map() });

const data = stack('Data', {
  Resources: { Table: { Type: 'AWS::DynamoDB::GlobalTable' }, Absent: { Type: 'AWS::SQS::Queue', Condition: 'Never' } },
  Outputs: { TableName: { Value: { Ref: 'Table' }, Export: { Name: { 'Fn::Join': [':', ['Data', 'TableName']] } } } },
  Parameters: { Version: { Type: 'String', Default: '21' }, Certificate: { Type: 'String' }, Unset: { Type: 'String' } },
  Mappings: { Sizes: { dev: { memory: 512 } } },
  Conditions: {
    Never: { 'Fn::Equals': ['a', 'b'] },
    Always: { 'Fn::Not': [{ Condition: 'Never' }] },
    Both: { 'Fn::And': [{ Condition: 'Always' }, { Condition: 'Never' }] },
  },
});
const service = stack('Service', { Resources: {} });

const world: ResolverWorld = {
  region: 'us-east-1',
  accountId: '000000000000',
  parameters: { Certificate: 'arn:certificate' },
  describe: (stackName, logicalId) => ({ ref: `${stackName}-${logicalId}`, attribute: (name) => `${logicalId}.${name}` }),
  dynamicReference: (service, reference) => `<${service}:${reference}>`,
};
const { resolve } = new IntrinsicResolver([data, service], world);

describe('intrinsics', () => {
  test.each<[string, unknown, unknown]>([
    ['plain data stays', { a: [1, true, null, 'x'] }, { a: [1, true, null, 'x'] }],
    ['Ref of a resource', { Ref: 'Table' }, 'Data-Table'],
    ['Ref of a parameter is its default', { Ref: 'Version' }, '21'],
    ['Ref of a parameter without default is the given value', { Ref: 'Certificate' }, 'arn:certificate'],
    [
      'pseudo parameters',
      [{ Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }, { Ref: 'AWS::Partition' }, { Ref: 'AWS::URLSuffix' }],
      ['us-east-1', '000000000000', 'aws', 'amazonaws.com'],
    ],
    ['Ref AWS::StackName', { Ref: 'AWS::StackName' }, 'Data'],
    ['AWS::NoValue removes a member and an element', { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'Table.Arn'],
    ['Fn::GetAtt as text, dots in the attribute', { 'Fn::GetAtt': 'Table.Endpoint.Address' }, 'Table.Endpoint.Address'],
    ['Fn::Join of nested values', { 'Fn::Join': ['-', ['a', { Ref: 'Table' }, 1]] }, 'a-Data-Table-1'],
    [
      'Fn::Sub with a resource, an attribute and a pseudo parameter',
      { 'Fn::Sub': '${Table}/${Table.Arn}/${AWS::Region}' },
      'Data-Table/Table.Arn/us-east-1',
    ],
    ['Fn::Sub with own variables and a literal', { 'Fn::Sub': ['${own}/${!Table}', { own: { Ref: 'Table' } }] }, 'Data-Table/${Table}'],
    ['Fn::Select and Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'Table' }] }] }, 'Table'],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', 'dev', 'memory'] }, 512],
    ['Fn::If takes one side only', { 'Fn::If': ['Always', 'yes', { Ref: 'Nowhere' }] }, 'yes'],
    ['Fn::And of a condition that fails', { 'Fn::If': ['Both', 'yes', 'no'] }, 'no'],
    ['Fn::GetAZs has three zones', { 'Fn::GetAZs': '' }, ['us-east-1a', 'us-east-1b', 'us-east-1c']],
    ['Fn::Base64', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
    [
      'a dynamic reference that a join makes',
      { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Table' }, ':SecretString:::}}']] },
      '<secretsmanager:Data-Table:SecretString:::>',
    ],
    ['an object whose one key only looks like data', { Reference: 'Table' }, { Reference: 'Table' }],
  ])('%s', (_, value, expected) => {
    expect(resolve('Data', value)).toEqual(expected);
  });

  test('Fn::ImportValue finds the export of another stack, whose name is itself computed', () => {
    expect(resolve('Service', { 'Fn::ImportValue': 'Data:TableName' })).toBe('Data-Table');
  });

  test.each<[string, unknown, RegExp]>([
    ['an unknown resource', { Ref: 'Nowhere' }, /Nowhere is neither a parameter nor a resource of stack Data/],
    ['a parameter nobody gives', { Ref: 'Unset' }, /parameter Unset of stack Data has no default/],
    ['an import nobody exports', { 'Fn::ImportValue': 'Nobody' }, /no stack of the cloud assembly exports Nobody/],
    ['an unknown intrinsic', { 'Fn::Cidr': ['10.0.0.0/16', 2, 8] }, /Fn::Cidr in stack Data: the local runtime does not know/],
    ['a join of objects', { 'Fn::Join': ['', [{ a: 1, b: 2 }]] }, /Fn::Join in stack Data: text expected/],
  ])('%s is an error that says so', (_, value, message) => {
    expect(() => resolve('Data', value)).toThrow(message);
  });

  test('a resource is described once, however often it is named', () => {
    let described = 0;
    const counting = new IntrinsicResolver([data], { ...world, describe: (...where) => (described++, world.describe(...where)) });
    counting.resolve('Data', [{ Ref: 'Table' }, { 'Fn::GetAtt': ['Table', 'Arn'] }, { 'Fn::Sub': '${Table}' }]);
    expect(described).toBe(1);
  });

  test('a resource under a condition that fails is not present', () => {
    const conditional = new IntrinsicResolver([data], world);
    expect(conditional.isPresent('Data', { Type: 'AWS::SQS::Queue', Condition: 'Never' })).toBe(false);
    expect(conditional.isPresent('Data', { Type: 'AWS::SQS::Queue', Condition: 'Always' })).toBe(true);
  });
});
