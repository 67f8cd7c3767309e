import type { ResolvedResource, SystemAssembly } from '../assembly/system-assembly.ts';
import type { Condition } from '../load-balancer/conditions.ts';
import type { Listener } from '../load-balancer/serve-request.ts';
import type { Action, Rule, WeightedTarget } from '../load-balancer/rules.ts';
import { localLimits } from '../local-limits.ts';
import { type PropertyReader, readProperties } from './read-property.ts';

type Targets = ReadonlyMap<string, Omit<WeightedTarget, 'weight'>>;
type Raw = Readonly<Record<string, unknown>>;

const attributeOf = (attributes: readonly unknown[], key: string): string | undefined =>
  (attributes as readonly { readonly Key: string; readonly Value: string }[]).find(({ Key }) => Key === key)?.Value;

function readTargets(assembly: SystemAssembly): Targets {
  return new Map(
    assembly.ofType('AWS::ElasticLoadBalancingV2::TargetGroup').map((resource) => {
      const read = readProperties(resource, resource.properties);
      const [target] = read.list('Targets') as readonly { Id: string }[];
      const multiValue = attributeOf(read.list('TargetGroupAttributes'), 'lambda.multi_value_headers.enabled') === 'true';
      return [
        resource.ref,
        { targetGroupArn: resource.ref, multiValueHeaders: multiValue, ...(target === undefined ? {} : { functionArn: target.Id }) },
      ];
    }),
  );
}

function readForward(read: PropertyReader, targets: Targets): Action {
  const single = read.optionalText('TargetGroupArn');
  const groups = (read.object('ForwardConfig')['TargetGroups'] as { TargetGroupArn: string; Weight?: number }[] | undefined) ?? [];
  const weighted = groups.length > 0 ? groups : [{ TargetGroupArn: single ?? '', Weight: 1 }];
  return {
    type: 'forward',
    targets: weighted.map(({ TargetGroupArn, Weight }) => {
      const target = targets.get(TargetGroupArn);
      if (target === undefined) throw new Error(`forward to ${TargetGroupArn}, which is no target group of the templates`);
      return { ...target, weight: Weight ?? 1 };
    }),
  };
}

function readAction(resource: ResolvedResource, raw: Raw | undefined, targets: Targets): Action {
  const read = readProperties(resource, raw ?? {});
  const type = read.text('Type');
  switch (type) {
    case 'forward':
      return readForward(read, targets);
    case 'fixed-response': {
      const config = readProperties(resource, read.object('FixedResponseConfig'));
      return {
        type,
        statusCode: config.number('StatusCode', 503),
        contentType: config.optionalText('ContentType') ?? 'text/plain',
        body: config.optionalText('MessageBody') ?? '',
      };
    }
    case 'redirect': {
      const config = readProperties(resource, read.object('RedirectConfig'));
      return {
        type,
        statusCode: config.text('StatusCode') === 'HTTP_301' ? 301 : 302,
        protocol: config.optionalText('Protocol') ?? '#{protocol}',
        host: config.optionalText('Host') ?? '#{host}',
        port: config.optionalText('Port') ?? '#{port}',
        path: config.optionalText('Path') ?? '/#{path}',
        query: config.optionalText('Query') ?? '#{query}',
      };
    }
    default:
      throw new Error(`${resource.type} ${resource.logicalId}: the local load balancer does not know the action ${type}`);
  }
}

function readCondition(resource: ResolvedResource, raw: Raw): Condition {
  const read = readProperties(resource, raw);
  const field = read.text('Field');
  const values = (config: string): readonly string[] => {
    const own = readProperties(resource, read.object(config)).list('Values') as readonly string[];
    return own.length > 0 ? own : (read.list('Values') as readonly string[]);
  };
  switch (field) {
    case 'path-pattern':
      return { field, values: values('PathPatternConfig') };
    case 'host-header':
      return { field, values: values('HostHeaderConfig') };
    case 'http-request-method':
      return { field, values: values('HttpRequestMethodConfig') };
    case 'source-ip':
      return { field, values: values('SourceIpConfig') };
    case 'http-header':
      return { field, name: String(read.object('HttpHeaderConfig')['HttpHeaderName']).toLowerCase(), values: values('HttpHeaderConfig') };
    case 'query-string': {
      const pairs = readProperties(resource, read.object('QueryStringConfig')).list('Values') as readonly { Key?: string; Value: string }[];
      return { field, pairs: pairs.map(({ Key, Value }) => ({ value: Value, ...(Key === undefined ? {} : { key: Key }) })) };
    }
    default:
      throw new Error(`${resource.type} ${resource.logicalId}: the local load balancer does not know the condition ${field}`);
  }
}

function readRule(resource: ResolvedResource, targets: Targets): Rule {
  const read = readProperties(resource, resource.properties);
  return {
    priority: read.number('Priority', Number.NaN),
    conditions: (read.list('Conditions') as readonly Raw[]).map((condition) => readCondition(resource, condition)),
    action: readAction(resource, (read.list('Actions') as readonly Raw[]).at(-1), targets),
  };
}

/**
 * The listener that serves clients: the HTTPS one where there is one (a plain one beside it only redirects to it), else the HTTP one.
 * @throws Error when the templates have no listener, or one with an action or condition unknown here.
 */
export function readListener(assembly: SystemAssembly): Listener {
  const listeners = assembly.ofType('AWS::ElasticLoadBalancingV2::Listener');
  const chosen = listeners.find(({ properties }) => properties['Protocol'] === 'HTTPS') ?? listeners[0];
  if (chosen === undefined) throw new Error('no AWS::ElasticLoadBalancingV2::Listener in the templates: nothing can be served');
  const targets = readTargets(assembly);
  const read = readProperties(chosen, chosen.properties);
  const loadBalancer = assembly
    .ofType('AWS::ElasticLoadBalancingV2::LoadBalancer')
    .find(({ ref }) => ref === chosen.properties['LoadBalancerArn']);
  const attributes =
    loadBalancer === undefined
      ? []
      : (readProperties(loadBalancer, loadBalancer.properties).list('LoadBalancerAttributes') as readonly { Key: string; Value: string }[]);
  return {
    rules: assembly
      .ofType('AWS::ElasticLoadBalancingV2::ListenerRule')
      .filter(({ properties }) => properties['ListenerArn'] === chosen.ref)
      .map((resource) => readRule(resource, targets)),
    defaultAction: readAction(chosen, (read.list('DefaultActions') as readonly Raw[]).at(-1), targets),
    idleTimeoutSeconds: Number(attributeOf(attributes, 'idle_timeout.timeout_seconds') ?? localLimits.idleTimeoutSeconds),
    dropInvalidHeaders: attributeOf(attributes, 'routing.http.drop_invalid_header_fields.enabled') === 'true',
  };
}
