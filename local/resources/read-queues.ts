import type { SystemAssembly } from '../assembly/system-assembly.ts';

/** A queue of the templates: the input of CreateQueue. */
export interface QueueDefinition {
  readonly QueueName: string;
  readonly Attributes: Readonly<Record<string, string>>;
}

/** Template property → attribute of the queue; the engine knows these. */
const attributes = [
  'VisibilityTimeout',
  'MessageRetentionPeriod',
  'DelaySeconds',
  'ReceiveMessageWaitTimeSeconds',
  'MaximumMessageSize',
  'RedrivePolicy',
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
] as const;

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The queues with their attributes; a redrive policy names its dead-letter queue by ARN. */
export function readQueues(assembly: SystemAssembly): QueueDefinition[] {
  return assembly.ofType('AWS::SQS::Queue').map((resource) => ({
    QueueName: String(assembly.values(resource).attribute('QueueName')),
    Attributes: Object.fromEntries(
      attributes.flatMap((name) => (resource.properties[name] === undefined ? [] : [[name, asText(resource.properties[name])]])),
    ),
  }));
}
