import { beforeAll, describe, expect, test } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import { routes } from '../../lambdas/contracts/routes.ts';
import { textOf } from './support/intrinsics.ts';
import { ofType, only, stageNames, type StageTemplates, synthesizeStage } from './support/synthesized.ts';

interface Condition {
  readonly PathPatternConfig?: { readonly Values: readonly string[] };
  readonly HttpRequestMethodConfig?: { readonly Values: readonly string[] };
}
interface Rule {
  readonly priority: number;
  readonly target: string;
  readonly paths: readonly string[];
  readonly methods: readonly string[];
}

/** The logical id of a target group tells its function. */
const functionOf = (target: unknown): string => /Entrance(\w+?)target/.exec(textOf(target))?.[1] ?? 'unknown';

function rulesOf({ service }: StageTemplates): Rule[] {
  return ofType(service, 'AWS::ElasticLoadBalancingV2::ListenerRule')
    .map(([, { Properties }]) => {
      const conditions = Properties['Conditions'] as readonly Condition[];
      const [action] = Properties['Actions'] as readonly { readonly TargetGroupArn: unknown }[];
      return {
        priority: Number(Properties['Priority']),
        target: functionOf(action?.TargetGroupArn),
        paths: conditions.flatMap(({ PathPatternConfig }) => PathPatternConfig?.Values ?? []),
        methods: conditions.flatMap(({ HttpRequestMethodConfig }) => HttpRequestMethodConfig?.Values ?? []),
      };
    })
    .sort((a, b) => a.priority - b.priority);
}

/** As a load balancer matches: `*` is any characters, `/` too. */
const matches = (pattern: string, path: string): boolean => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(path);

describe.each(stageNames)('entrance, %s', (stage) => {
  let templates: StageTemplates;
  beforeAll(async () => {
    templates = await synthesizeStage(stage);
  });

  test('the rules are those of design.md', () => {
    expect(rulesOf(templates)).toEqual([
      { priority: 10, target: 'orders', paths: ['/v1/sales/*/orders'], methods: ['POST'] },
      { priority: 20, target: 'tickets', paths: ['/v1/sales/*/tickets*', '/v1/sales/*/draw', '/v1/guests'], methods: [] },
      { priority: 30, target: 'orderreads', paths: ['/v1/orders', '/v1/orders/*'], methods: [] },
      { priority: 40, target: 'payments', paths: ['/v1/payments/*'], methods: [] },
      { priority: 50, target: 'admin', paths: ['/v1/admin/*'], methods: [] },
      { priority: 60, target: 'catalog', paths: ['/v1/sales', '/v1/sales/*'], methods: [] },
    ]);
  });

  test('a rule has at most 5 condition values: AWS refuses a sixth', () => {
    for (const { paths, methods } of rulesOf(templates)) expect(paths.length + methods.length).toBeLessThanOrEqual(5);
  });

  test.each(Object.entries(routes))('%s reaches its function', (_, route) => {
    const path = route.path.replaceAll(/\{\w+\}/g, 'some-id');
    const first = rulesOf(templates).find(
      ({ paths, methods }) => (methods.length === 0 || methods.includes(route.method)) && paths.some((pattern) => matches(pattern, path)),
    );
    expect(first?.target ?? 'pages').toBe(route.function.replaceAll('-', ''));
  });

  test('every target group is one function, passes equal headers on, and is not checked', () => {
    const groups = ofType(templates.service, 'AWS::ElasticLoadBalancingV2::TargetGroup');
    expect(groups).toHaveLength(7);
    for (const [, { Properties, DependsOn }] of groups) {
      expect(Properties).toMatchObject({
        TargetType: 'lambda',
        HealthCheckEnabled: false,
        TargetGroupAttributes: [{ Key: 'lambda.multi_value_headers.enabled', Value: 'true' }],
      });
      expect(Properties['Targets']).toHaveLength(1);
      // AWS refuses a target whose function it may not invoke yet.
      expect(DependsOn).toEqual([expect.stringMatching(/FunctionLoadBalancer/)]);
    }
  });

  test('only target groups of this account may invoke a function, and the one schedule', () => {
    const permissions = ofType(templates.service, 'AWS::Lambda::Permission');
    expect(permissions).toHaveLength(8);
    const bySchedule = permissions.filter(([, { Properties }]) => Properties['Principal'] === 'events.amazonaws.com');
    expect(bySchedule.map(([, { Properties }]) => textOf(Properties['FunctionName']))).toEqual([expect.stringMatching(/sweep/)]);
    for (const [, { Properties }] of permissions.filter((permission) => !bySchedule.includes(permission))) {
      expect(Properties['Principal']).toBe('elasticloadbalancing.amazonaws.com');
      expect(textOf(Properties['SourceArn'])).toBe(
        'arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:targetgroup/*',
      );
    }
  });

  test('malformed headers are dropped, and the slowest function answers before a connection is given up', () => {
    const attributes = only(templates.service, 'AWS::ElasticLoadBalancingV2::LoadBalancer')['LoadBalancerAttributes'] as {
      Key: string;
      Value: string;
    }[];
    const values = Object.fromEntries(attributes.map(({ Key, Value }) => [Key, Value]));
    expect(values).toMatchObject({
      'routing.http.drop_invalid_header_fields.enabled': 'true',
      'deletion_protection.enabled': String(stage === 'prod'),
    });
    expect(Number(values['idle_timeout.timeout_seconds'])).toBeGreaterThan(limits.adminTimeoutSeconds);
  });
});

test('dev answers plain HTTP', async () => {
  const { service } = await synthesizeStage('dev');
  expect(only(service, 'AWS::ElasticLoadBalancingV2::Listener')).toMatchObject({ Port: 80, Protocol: 'HTTP' });
  expect(service.Parameters).not.toHaveProperty('CertificateArn');
});

test('prod answers HTTPS with TLS 1.2 at least, redirects HTTP, and asks for its certificate', async () => {
  const { service } = await synthesizeStage('prod');
  const listeners = Object.fromEntries(
    ofType(service, 'AWS::ElasticLoadBalancingV2::Listener').map(([, { Properties }]) => [Properties['Port'], Properties]),
  );
  expect(Object.keys(listeners)).toEqual(['80', '443']);
  expect(listeners[80]).toMatchObject({
    DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }],
  });
  expect(listeners[443]).toMatchObject({
    Protocol: 'HTTPS',
    SslPolicy: expect.stringMatching(/^ELBSecurityPolicy-TLS13-1-2-Res/),
    Certificates: [{ CertificateArn: { Ref: 'CertificateArn' } }],
  });
  expect(service.Parameters?.['CertificateArn']).not.toHaveProperty('Default');
});
