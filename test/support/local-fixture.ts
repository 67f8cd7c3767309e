import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A function of a fixture assembly. */
export interface FixtureFunction {
  /** CommonJS source that sets exports.handler. */
  readonly source: string;
  readonly timeoutSeconds?: number;
  readonly memoryMb?: number;
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly statements?: readonly object[];
}

/** What goes into a fixture assembly beside its functions. */
export interface FixtureAssembly {
  readonly functions: Readonly<Record<string, FixtureFunction>>;
  /** Path pattern → function. */
  readonly routes: Readonly<Record<string, string>>;
  /** Function that answers what no route names. */
  readonly fallback: string;
  readonly multiValueHeaders?: boolean;
  readonly resources?: Readonly<Record<string, object>>;
}

const functionResources = (
  name: string,
  { timeoutSeconds = 3, memoryMb = 128, environment = {}, statements = [] }: FixtureFunction,
  multiValue: boolean,
) => ({
  [`${name}Role`]: {
    Type: 'AWS::IAM::Role',
    Properties: { Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: statements } }] },
  },
  [name]: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Key: `${name}.zip` },
      Handler: 'index.handler',
      MemorySize: memoryMb,
      Timeout: timeoutSeconds,
      Role: { 'Fn::GetAtt': [`${name}Role`, 'Arn'] },
      Environment: { Variables: environment },
    },
  },
  [`${name}Permission`]: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [name, 'Arn'] },
      Principal: 'elasticloadbalancing.amazonaws.com',
    },
  },
  [`${name}Target`]: {
    Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    Properties: {
      TargetType: 'lambda',
      Targets: [{ Id: { 'Fn::GetAtt': [name, 'Arn'] } }],
      TargetGroupAttributes: [{ Key: 'lambda.multi_value_headers.enabled', Value: String(multiValue) }],
    },
  },
});

/** Writes a cloud assembly of one stack with a load balancer and these functions into `dir`: what the local runtime reads. */
export function writeFixtureAssembly(
  dir: string,
  { functions, routes, fallback, multiValueHeaders = false, resources = {} }: FixtureAssembly,
): void {
  const assets: Record<string, object> = {};
  for (const [name, { source }] of Object.entries(functions)) {
    mkdirSync(path.join(dir, `asset.${name}`), { recursive: true });
    writeFileSync(path.join(dir, `asset.${name}`, 'index.cjs'), source);
    assets[name] = { source: { path: `asset.${name}` } };
  }
  const forward = (name: string) => [{ Type: 'forward', TargetGroupArn: { Ref: `${name}Target` } }];
  const rules = Object.entries(routes).map(([pattern, name], index) => [
    `Rule${index}`,
    {
      Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
      Properties: {
        ListenerArn: { Ref: 'Listener' },
        Priority: index + 1,
        Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [pattern] } }],
        Actions: forward(name),
      },
    },
  ]);
  const template = {
    Resources: {
      LoadBalancer: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: {} },
      Listener: {
        Type: 'AWS::ElasticLoadBalancingV2::Listener',
        Properties: { LoadBalancerArn: { Ref: 'LoadBalancer' }, Port: 80, Protocol: 'HTTP', DefaultActions: forward(fallback) },
      },
      ...Object.assign(
        {},
        ...Object.entries(functions).map(([name, definition]) => functionResources(name, definition, multiValueHeaders)),
      ),
      ...Object.fromEntries(rules),
      ...resources,
    },
  };
  writeFileSync(path.join(dir, 'Fixture.template.json'), JSON.stringify(template));
  writeFileSync(path.join(dir, 'Fixture.assets.json'), JSON.stringify({ files: assets }));
  const artifacts = {
    Fixture: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Fixture.template.json' } },
    'Fixture.assets': { type: 'cdk:asset-manifest', properties: { file: 'Fixture.assets.json' } },
  };
  writeFileSync(path.join(dir, 'manifest.json'), JSON.stringify({ artifacts }));
}
