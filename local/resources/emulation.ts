import { listResources, type PlacedResource, type Stack } from '../assembly/template.ts';

/** What stands in for each type of resource that is brought up, and what of it is missing. */
const standIns: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::GlobalTable':
    'table of dynoxide, with its indexes, and its stream where a mapping reads it; no throttling, conflicts, TTL deletion, backups, encryption',
  'AWS::SQS::Queue': 'queue of fauxqs, with visibility, delay, redrive; retention and encryption are not applied',
  'AWS::SecretsManager::Secret': 'generated value, answered to GetSecretValue; no rotation',
  'AWS::ElastiCache::ReplicationGroup':
    'Redis as a cluster of one node (REDIS_URL, a server on the PATH, or the embedded engine); no replicas, failover, TLS, snapshots',
  'AWS::ElastiCache::User': 'ACL user of that Redis',
  'AWS::ElastiCache::UserGroup': 'selects the ACL users',
  'AWS::Lambda::Function': 'worker thread with up to 64 environments; memory is a heap limit, network and layers are not applied',
  'AWS::Lambda::EventSourceMapping': 'poller of the queue, or of the stream of a table (one shard); no filters, destinations, bisecting',
  'AWS::Lambda::Permission': 'checked at start: the load balancer may invoke its targets, a schedule its function',
  'AWS::IAM::Role': 'checked at each AWS call of a function (identity-based policies)',
  'AWS::IAM::Policy': 'checked at each AWS call of a function',
  'AWS::IAM::ManagedPolicy': 'checked at each AWS call of a function',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'HTTP server on 127.0.0.1; no TLS, access logs, WAF',
  'AWS::ElasticLoadBalancingV2::Listener': 'the listener that serves clients',
  'AWS::ElasticLoadBalancingV2::ListenerRule': 'routing by priority and conditions; transforms and regular expressions are not emulated',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'invocation of the function',
  'AWS::Events::Rule': 'timer, for a rate and functions as targets; no event pattern, no cron',
  'AWS::Lambda::EventInvokeConfig': 'a run by schedule is never repeated, whatever it says; no destinations',
  'AWS::Events::EventBus': 'PutEvents is answered and written to events.jsonl; no rule is matched',
  'AWS::Logs::LogGroup': 'the log file',
};

/** `not emulated: AWS::X::Y ×3`, a line for each type without a stand-in, by name. */
export function notEmulated(stacks: readonly Stack[]): string[] {
  const counts = new Map<string, number>();
  for (const { type } of listResources(stacks)) if (!(type in standIns)) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].sort(([left], [right]) => left.localeCompare(right)).map(([type, count]) => `not emulated: ${type} ×${count}`);
}

/** A line for each resource: its place, its type, and what stands in for it. */
export function explain(stacks: readonly Stack[]): string[] {
  const line = ({ stack, logicalId, type }: PlacedResource) => `${stack} ${logicalId}\n    ${type}: ${standIns[type] ?? 'not emulated'}`;
  return listResources(stacks).map(line);
}
