import { matchesPattern } from '../matching/match-pattern.ts';
import type { Access } from './identify-call.ts';

/** A statement of an identity-based policy, its intrinsics resolved. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Values of the condition keys known here (lower case), such as `aws:securetransport`. */
export type ConditionContext = ReadonlyMap<string, string>;

/** What policies say to a call. An explicit Deny wins over every Allow. */
export type Decision = 'allowed' | 'not allowed' | 'explicitly denied';

const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;
const anyMatches = (patterns: readonly string[], text: string, ignoreCase = false): boolean =>
  patterns.some((pattern) => matchesPattern(pattern, text, ignoreCase));

const operators: Readonly<Record<string, (wanted: readonly string[], actual: string) => boolean>> = {
  StringEquals: (wanted, actual) => wanted.includes(actual),
  StringNotEquals: (wanted, actual) => !wanted.includes(actual),
  StringLike: (wanted, actual) => anyMatches(wanted, actual),
  StringNotLike: (wanted, actual) => !anyMatches(wanted, actual),
  ArnEquals: (wanted, actual) => anyMatches(wanted, actual),
  ArnLike: (wanted, actual) => anyMatches(wanted, actual),
  Bool: (wanted, actual) => wanted.includes(actual),
};

/** The operator and key of each condition that is not evaluated here, such as `ForAllValues:StringEquals dynamodb:LeadingKeys`. */
export function unsupportedConditions(statement: Statement, context: ConditionContext): string[] {
  return Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.keys(keys).flatMap((key) => (operator in operators && context.has(key.toLowerCase()) ? [] : [`${operator} ${key}`])),
  );
}

function conditionsHold(statement: Statement, context: ConditionContext): boolean {
  return Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, value]) => {
      const actual = context.get(key.toLowerCase());
      const compare = operators[operator];
      return actual !== undefined && compare !== undefined && compare((Array.isArray(value) ? value : [value]).map(String), actual);
    }),
  );
}

function covers(statement: Statement, { action, resource }: Access): boolean {
  const actionHit =
    statement.NotAction === undefined
      ? anyMatches(list(statement.Action), action, true)
      : !anyMatches(list(statement.NotAction), action, true);
  return (
    actionHit &&
    (statement.NotResource === undefined
      ? anyMatches(list(statement.Resource), resource)
      : !anyMatches(list(statement.NotResource), resource))
  );
}

/**
 * IAM's decision on one access by identity-based policies: a Deny that matches wins, else an Allow that matches, else
 * no. A condition that is not evaluated here does not hold in an Allow, and holds in a Deny: the answer is never
 * more generous than that of AWS. Unsupported ones are named at start.
 */
export function evaluatePolicy(statements: readonly Statement[], access: Access, context: ConditionContext): Decision {
  let allowed = false;
  for (const statement of statements) {
    if (!covers(statement, access)) continue;
    if (statement.Effect === 'Allow') allowed ||= conditionsHold(statement, context);
    else if (conditionsHold(statement, context) || unsupportedConditions(statement, context).length > 0) return 'explicitly denied';
  }
  return allowed ? 'allowed' : 'not allowed';
}
