import type { SystemAssembly } from '../assembly/system-assembly.ts';
import type { QueueMapping } from '../queues/event-source-mapping.ts';
import { readProperties } from './read-property.ts';

/** A mapping with both of its ends. */
export interface MappingDefinition extends QueueMapping {
  /** Name or ARN of the function, an alias or a version of it. */
  readonly functionRef: string;
  readonly queueUrl: string;
}

/** Mappings from queues. */
export function readMappings(assembly: SystemAssembly, region: string): MappingDefinition[] {
  const queueUrls = new Map(assembly.ofType('AWS::SQS::Queue').map((queue) => [assembly.values(queue).attribute('Arn'), queue.ref]));
  return assembly.ofType('AWS::Lambda::EventSourceMapping').flatMap((resource) => {
    const read = readProperties(resource, resource.properties);
    const queueArn = read.text('EventSourceArn');
    const queueUrl = queueUrls.get(queueArn);
    if (queueUrl === undefined || resource.properties['Enabled'] === false) return [];
    const maximum = read.object('ScalingConfig')['MaximumConcurrency'];
    return [
      {
        queueArn,
        queueUrl,
        region,
        functionRef: read.text('FunctionName'),
        batchMessages: read.number('BatchSize', 10),
        windowSeconds: read.number('MaximumBatchingWindowInSeconds', 0),
        ...(maximum === undefined ? {} : { maximumConcurrency: Number(maximum) }),
        partialFailures: (read.list('FunctionResponseTypes') as readonly string[]).includes('ReportBatchItemFailures'),
      },
    ];
  });
}
