import type { SystemAssembly } from '../assembly/system-assembly.ts';
import { evaluatePolicy, unsupportedConditions } from '../front-door/evaluate-policy.ts';
import type { Listener } from '../load-balancer/serve-request.ts';
import type { FunctionDefinition } from './read-functions.ts';
import type { MappingDefinition } from './read-mappings.ts';
import type { StreamMappingDefinition } from './read-stream-mappings.ts';

const queueActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const streamActions = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'];

/** Whether a function's reference (name, ARN, alias or version of it) means this function. */
export const meansFunction = (reference: string, { name, arn }: FunctionDefinition): boolean =>
  reference === name || reference === arn || reference.startsWith(`${arn}:`) || reference.startsWith(`${name}:`);

/**
 * What AWS refuses at deployment, not at a call: a target that the load balancer may not invoke, and an event source
 * mapping whose function may not read the queue or stream.
 * @throws Error naming the function and what is missing.
 */
export function checkGrants(
  assembly: SystemAssembly,
  listener: Listener,
  functions: readonly FunctionDefinition[],
  mappings: readonly MappingDefinition[],
  streamMappings: readonly StreamMappingDefinition[],
): void {
  const sources = [
    ...mappings.map(({ functionRef, queueArn }) => ({ functionRef, service: 'SQS', arn: queueArn, actions: queueActions })),
    ...streamMappings.map(({ functionRef, streamArn }) => ({ functionRef, service: 'DynamoDB', arn: streamArn, actions: streamActions })),
  ];
  const invocable = assembly
    .ofType('AWS::Lambda::Permission')
    .filter(
      ({ properties }) =>
        properties['Principal'] === 'elasticloadbalancing.amazonaws.com' && properties['Action'] === 'lambda:InvokeFunction',
    )
    .map(({ properties }) => String(properties['FunctionName']));
  const targets = [...listener.rules.map(({ action }) => action), listener.defaultAction].flatMap((action) =>
    action.type === 'forward' ? action.targets : [],
  );
  for (const definition of functions) {
    const isTarget = targets.some(({ functionArn }) => functionArn !== undefined && meansFunction(functionArn, definition));
    if (isTarget && !invocable.some((reference) => meansFunction(reference, definition)))
      throw new Error(
        `elasticloadbalancing principal does not have permission to invoke ${definition.arn} from its target group (AWS::Lambda::Permission is missing)`,
      );
    for (const { service, arn, actions } of sources.filter(({ functionRef }) => meansFunction(functionRef, definition))) {
      const refused = actions.find((action) => evaluatePolicy(definition.statements, { action, resource: arn }, new Map()) !== 'allowed');
      if (refused !== undefined)
        throw new Error(
          `The provided execution role of ${definition.label} does not have permissions to call ${refused.split(':')[1]} on ${service} ${arn}`,
        );
    }
  }
}

/** A line for each condition of a policy that is not evaluated here: its Allow never holds, its Deny always does. */
export function unsupportedConditionLines(functions: readonly FunctionDefinition[], context: ReadonlyMap<string, string>): string[] {
  const names = functions.flatMap(({ label, statements }) =>
    statements.flatMap((statement) =>
      unsupportedConditions(statement, context).map((condition) => `policy condition not evaluated: ${condition} (${label})`),
    ),
  );
  return [...new Set(names)];
}
