import { createHash } from 'node:crypto';
import type { ResourceValues } from '../assembly/resolve-intrinsics.ts';
import type { PlacedResource } from '../assembly/template.ts';

/** Where the engines are, as far as values of the templates depend on it. */
export interface EngineAddresses {
  readonly region: string;
  readonly accountId: string;
  /** Queue URLs begin with it. */
  readonly frontDoorUrl: string;
  readonly redisHost: string;
  readonly redisPort: number;
}

/** The longest name that all of AWS's services take. */
const nameCharacters = 63;

/** Physical name of a resource that the template gives none: the same in every run, so that kept state is found again. */
export const physicalName = ({ stack, logicalId }: PlacedResource): string =>
  `${stack.slice(0, Math.max(0, nameCharacters - 1 - logicalId.length))}-${logicalId}`;

/** The six characters that Secrets Manager adds to a secret's name in its ARN. */
const secretSuffix = (name: string): string => createHash('sha256').update(name).digest('base64url').replace(/[-_]/g, 'A').slice(0, 6);

type Attributes = Readonly<Record<string, string>>;

/** A made-up value for attributes of what is not emulated: recognisable if it turns up where it should not. */
const values = (ref: string, attributes: Attributes): ResourceValues => ({
  ref,
  attribute: (name) => attributes[name] ?? `${ref}.${name}`,
});

const described: Readonly<
  Record<string, (name: string, arn: (service: string, rest: string) => string, at: EngineAddresses) => ResourceValues>
> = {
  'AWS::DynamoDB::GlobalTable': (name, arn) =>
    values(name, { Arn: arn('dynamodb', `table/${name}`), StreamArn: arn('dynamodb', `table/${name}/stream/local`) }),
  'AWS::SQS::Queue': (name, arn, at) => {
    const url = `${at.frontDoorUrl}/${at.accountId}/${name}`;
    return values(url, { Arn: arn('sqs', name), QueueName: name, QueueUrl: url });
  },
  'AWS::SecretsManager::Secret': (name, arn) => {
    const own = arn('secretsmanager', `secret:${name}-${secretSuffix(name)}`);
    return values(own, { Id: own });
  },
  'AWS::ElastiCache::ReplicationGroup': (name, _, at) => {
    const endpoint = { Address: at.redisHost, Port: String(at.redisPort) };
    return values(
      name,
      Object.fromEntries(
        ['ConfigurationEndPoint', 'PrimaryEndPoint', 'ReaderEndPoint'].flatMap((kind) =>
          Object.entries(endpoint).map(([part, value]) => [`${kind}.${part}`, value]),
        ),
      ),
    );
  },
  'AWS::Lambda::Function': (name, arn) => values(name, { Arn: arn('lambda', `function:${name}`) }),
  'AWS::IAM::Role': (name, _, at) => values(name, { Arn: `arn:aws:iam::${at.accountId}:role/${name}` }),
  'AWS::ElasticLoadBalancingV2::LoadBalancer': (name, arn) =>
    values(arn('elasticloadbalancing', `loadbalancer/app/${name}`), { DNSName: 'localhost', LoadBalancerFullName: `app/${name}` }),
  'AWS::ElasticLoadBalancingV2::TargetGroup': (name, arn) => {
    const own = arn('elasticloadbalancing', `targetgroup/${name}/0`);
    return values(own, { TargetGroupArn: own, TargetGroupFullName: `targetgroup/${name}/0`, TargetGroupName: name });
  },
  'AWS::ElasticLoadBalancingV2::Listener': (name, arn) => {
    const own = arn('elasticloadbalancing', `listener/app/${name}`);
    return values(own, { ListenerArn: own });
  },
  'AWS::Events::Rule': (name, arn) => values(name, { Arn: arn('events', `rule/${name}`) }),
  'AWS::Events::EventBus': (name, arn) => values(name, { Arn: arn('events', `event-bus/${name}`), Name: name }),
};

/**
 * What `Ref` and `Fn::GetAtt` of a resource give here. Resources that are not emulated get names and ARNs too:
 * they may stand in a policy or an alarm that nobody asks.
 */
export function describeResource(resource: PlacedResource, at: EngineAddresses): ResourceValues {
  const name = physicalName(resource);
  const arn = (service: string, rest: string) => `arn:aws:${service}:${at.region}:${at.accountId}:${rest}`;
  const known = described[resource.type];
  if (known !== undefined) return known(name, arn, at);
  return values(name, { Arn: arn(resource.type.split('::')[1]?.toLowerCase() ?? 'unknown', name) });
}
