import { beforeAll, describe, expect, test } from '@jest/globals';
import { textOf } from './support/intrinsics.ts';
import { ofType, only, stageNames, type StageTemplates, synthesizeStage } from './support/synthesized.ts';

type Rule = Readonly<Record<string, unknown>>;

/** A rule as `tcp 6379 from SecurityGroupsFunctions…`. */
function show(rule: Rule, peer: unknown): string {
  const ports = rule['FromPort'] === rule['ToPort'] ? String(rule['FromPort']) : `${String(rule['FromPort'])}-${String(rule['ToPort'])}`;
  return `${String(rule['IpProtocol'])} ${ports} ${textOf(peer).replace(/^\${SecurityGroups([A-Z][a-z]+).*/, '$1')}`;
}

function rulesOf({ network }: StageTemplates): { readonly ingress: string[]; readonly egress: string[] } {
  const named = (id: unknown): string => textOf(id).replace(/^\${SecurityGroups([A-Z][a-z]+).*/, '$1');
  const inline = (key: string): string[] =>
    ofType(network, 'AWS::EC2::SecurityGroup').flatMap(([id, { Properties }]) =>
      ((Properties[key] ?? []) as Rule[])
        // CDK writes "nothing may go out" as a rule that no packet fits.
        .filter((rule) => rule['CidrIp'] !== '255.255.255.255/32')
        .map((rule) => `${named(`\${${id}}`)}: ${show(rule, rule['CidrIp'])}`),
    );
  const ingress = ofType(network, 'AWS::EC2::SecurityGroupIngress').map(
    ([, { Properties }]) => `${named(Properties['GroupId'])}: ${show(Properties, Properties['SourceSecurityGroupId'])}`,
  );
  const egress = ofType(network, 'AWS::EC2::SecurityGroupEgress').map(
    ([, { Properties }]) => `${named(Properties['GroupId'])}: ${show(Properties, Properties['DestinationSecurityGroupId'])}`,
  );
  return { ingress: [...inline('SecurityGroupIngress'), ...ingress].sort(), egress: [...inline('SecurityGroupEgress'), ...egress].sort() };
}

describe.each(stageNames)('network, %s', (stage) => {
  let templates: StageTemplates;
  beforeAll(async () => {
    templates = await synthesizeStage(stage);
  });

  test('who may talk to whom, completely', () => {
    expect(rulesOf(templates)).toEqual({
      ingress: [
        ...(stage === 'prod' ? ['Entrance: tcp 443 0.0.0.0/0'] : []),
        'Endpoints: tcp 443 Functions',
        'Entrance: tcp 80 0.0.0.0/0',
        'Redis: tcp 6379 Functions',
      ].sort(),
      egress: ['Functions: tcp 443 0.0.0.0/0', 'Functions: tcp 6379 Redis'],
    });
  });

  test('there is no way out: no NAT, and only public subnets have a route', () => {
    expect(ofType(templates.network, 'AWS::EC2::NatGateway')).toEqual([]);
    const routes = ofType(templates.network, 'AWS::EC2::Route').map(([, { Properties }]) => textOf(Properties['RouteTableId']));
    expect(routes).toHaveLength(2);
    for (const route of routes) expect(route).toMatch(/publicSubnet/);
  });

  test('functions and Redis sit in isolated subnets, in two zones', () => {
    const isolated = ofType(templates.network, 'AWS::EC2::Subnet').filter(([id]) => /isolated/.test(id));
    expect(isolated.map(([, { Properties }]) => Properties['AvailabilityZone'])).toEqual([
      { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] },
      { 'Fn::Select': [1, { 'Fn::GetAZs': '' }] },
    ]);
    const subnets = (only(templates.data, 'AWS::ElastiCache::SubnetGroup')['SubnetIds'] as unknown[]).map(textOf);
    expect(subnets.filter((subnet) => /isolatedSubnet/.test(subnet))).toHaveLength(2);
  });

  test('DynamoDB and S3 are reached through gateways, SQS and Secrets Manager through interfaces in each zone', () => {
    const endpoints = ofType(templates.network, 'AWS::EC2::VPCEndpoint').map(([, { Properties }]) => Properties ?? {});
    const service = (properties: Rule): string => textOf(properties['ServiceName']).replace(/^.*\./, '');
    const gateways = endpoints.filter(({ VpcEndpointType }) => VpcEndpointType === 'Gateway');
    expect(gateways.map(service).sort()).toEqual(['dynamodb', 's3']);
    const interfaces = endpoints.filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface');
    expect(interfaces.map(service).sort()).toEqual(['secretsmanager', 'sqs']);
    for (const one of interfaces) {
      expect(one).toMatchObject({ PrivateDnsEnabled: true });
      expect(one['SubnetIds']).toHaveLength(2);
      expect((one['SecurityGroupIds'] as unknown[]).map(textOf)).toEqual([expect.stringMatching(/SecurityGroupsEndpoints/)]);
    }
  });

  test('refused connections leave a record', () => {
    const logs = ofType(templates.network, 'AWS::EC2::FlowLog');
    expect(logs.map(([, { Properties }]) => Properties['TrafficType'])).toEqual(['REJECT']);
  });
});
