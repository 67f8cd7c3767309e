import { localLimits } from '../local-limits.ts';
import { type ConditionContext, type Decision, evaluatePolicy, type Statement } from './evaluate-policy.ts';
import type { Access } from './identify-call.ts';

/** A function as the front door knows it: by the access key its SDK clients sign with. */
export interface Principal {
  readonly accessKeyId: string;
  readonly functionName: string;
  /** ARN of the assumed role, as AWS's messages name it. */
  readonly sessionArn: string;
  readonly statements: readonly Statement[];
}

const refusal = (principal: Principal, { action, resource }: Access, decision: Decision): string =>
  `User: ${principal.sessionArn} is not authorized to perform: ${action} on resource: ${resource} ` +
  (decision === 'explicitly denied'
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`);

/**
 * Decides for one principal, and remembers: policies do not change while the system runs.
 * @returns A function that gives AWS's refusal for the first access that is not allowed, undefined when all are.
 */
export function authorizer(principal: Principal, context: ConditionContext): (accesses: readonly Access[]) => string | undefined {
  const decisions = new Map<string, Decision>();
  const decide = (access: Access): Decision => {
    const key = `${access.action} ${access.resource}`;
    let decision = decisions.get(key);
    if (decision === undefined) {
      if (decisions.size >= localLimits.policyDecisions) decisions.clear();
      decision = evaluatePolicy(principal.statements, access, context);
      decisions.set(key, decision);
    }
    return decision;
  };
  return (accesses) => {
    for (const access of accesses) {
      const decision = decide(access);
      if (decision !== 'allowed') return refusal(principal, access, decision);
    }
    return undefined;
  };
}
