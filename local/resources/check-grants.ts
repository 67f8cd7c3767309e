import type { SystemAssembly } from '../assembly/system-assembly.ts';
import { evaluatePolicy, unsupportedConditions } from '../front-door/evaluate-policy.ts';
import type { Listener } from '../load-balancer/serve-request.ts';
import type { FunctionDefinition } from './read-functions.ts';
import type { MappingDefinition } from './read-mappings.ts';

const pollerActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** Whether a function's reference (name, ARN, alias or version of it) means this function. */
export const meansFunction = (reference: string, { name, arn }: FunctionDefinition): boolean =>
  reference === name || reference === arn || reference.startsWith(`${arn}:`) || reference.startsWith(`${name}:`);

/**
 * What AWS refuses at deployment, not at a call: a target that the load balancer may not invoke, and an event source
 * mapping whose function may not read the queue.
 * @throws Error naming the function and what is missing.
 */
export function checkGrants(
  assembly: SystemAssembly,
  listener: Listener,
  functions: readonly FunctionDefinition[],
  mappings: readonly MappingDefinition[],
): void {
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
    for (const mapping of mappings.filter(({ functionRef }) => meansFunction(functionRef, definition))) {
      const refused = pollerActions.find(
        (action) => evaluatePolicy(definition.statements, { action, resource: mapping.queueArn }, new Map()) !== 'allowed',
      );
      if (refused !== undefined)
        throw new Error(
          `The provided execution role of ${definition.label} does not have permissions to call ${refused.replace('sqs:', '')} on SQS ${mapping.queueArn}`,
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
