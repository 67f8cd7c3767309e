import type { SystemAssembly } from '../assembly/system-assembly.ts';
import { evaluatePolicy, unsupportedConditions } from '../front-door/evaluate-policy.ts';
import type { Listener } from '../load-balancer/serve-request.ts';
import type { ScheduleSettings } from '../schedules/schedule.ts';
import type { FunctionDefinition } from './read-functions.ts';
import type { MappingDefinition } from './read-mappings.ts';
import type { StreamMappingDefinition } from './read-stream-mappings.ts';

const queueActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const streamActions = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'];

/** Whether a function's reference (name, ARN, alias or version of it) means this function. */
export const meansFunction = (reference: string, { name, arn }: FunctionDefinition): boolean =>
  reference === name || reference === arn || reference.startsWith(`${arn}:`) || reference.startsWith(`${name}:`);

/** Functions that a service may invoke, for the one source asked for or for any. */
function invocableBy(assembly: SystemAssembly, principal: string, sourceArn?: string): (definition: FunctionDefinition) => boolean {
  const permitted = assembly
    .ofType('AWS::Lambda::Permission')
    .map(({ properties }) => properties)
    .filter(({ Principal, Action }) => Principal === principal && Action === 'lambda:InvokeFunction')
    .filter(({ SourceArn }) => sourceArn === undefined || SourceArn === undefined || SourceArn === sourceArn)
    .map(({ FunctionName }) => String(FunctionName));
  return (definition) => permitted.some((reference) => meansFunction(reference, definition));
}

/** What gives the functions work by itself. */
export interface Sources {
  readonly mappings: readonly MappingDefinition[];
  readonly streamMappings: readonly StreamMappingDefinition[];
  readonly schedules: readonly ScheduleSettings[];
}

/**
 * What AWS refuses at deployment, not at a call: a target that the load balancer may not invoke, and an event source
 * mapping whose function may not read the queue or stream. And what it lets pass and then never does: a schedule whose
 * function may not be invoked by it.
 * @throws Error naming the function and what is missing.
 */
export function checkGrants(
  assembly: SystemAssembly,
  listener: Listener,
  functions: readonly FunctionDefinition[],
  { mappings, streamMappings, schedules }: Sources,
): void {
  const sources = [
    ...mappings.map(({ functionRef, queueArn }) => ({ functionRef, service: 'SQS', arn: queueArn, actions: queueActions })),
    ...streamMappings.map(({ functionRef, streamArn }) => ({ functionRef, service: 'DynamoDB', arn: streamArn, actions: streamActions })),
  ];
  const isInvocable = invocableBy(assembly, 'elasticloadbalancing.amazonaws.com');
  const targets = [...listener.rules.map(({ action }) => action), listener.defaultAction].flatMap((action) =>
    action.type === 'forward' ? action.targets : [],
  );
  for (const definition of functions) {
    const isTarget = targets.some(({ functionArn }) => functionArn !== undefined && meansFunction(functionArn, definition));
    if (isTarget && !isInvocable(definition))
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
    for (const { functionRef, ruleArn } of schedules)
      if (meansFunction(functionRef, definition) && !invocableBy(assembly, 'events.amazonaws.com', ruleArn)(definition))
        throw new Error(`${ruleArn} may not invoke ${definition.label}, so it would never run (AWS::Lambda::Permission is missing)`);
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
