import { type Condition, holds, type RoutedRequest } from './conditions.ts';

/** What a rule does with a request. */
export type Action =
  | { readonly type: 'forward'; readonly targets: readonly WeightedTarget[] }
  | { readonly type: 'fixed-response'; readonly statusCode: number; readonly contentType: string; readonly body: string }
  | {
      readonly type: 'redirect';
      readonly statusCode: number;
      readonly protocol: string;
      readonly host: string;
      readonly port: string;
      readonly path: string;
      readonly query: string;
    };

/** A Lambda target group of a forward action. */
export interface WeightedTarget {
  readonly targetGroupArn: string;
  /** ARN of the function, an alias or a version of it; absent = the group has no target. */
  readonly functionArn?: string;
  readonly multiValueHeaders: boolean;
  /** 0 to 999. */
  readonly weight: number;
}

/** A rule of the listener. */
export interface Rule {
  /** 1 to 50,000, lowest first; the default action has none. */
  readonly priority: number;
  readonly conditions: readonly Condition[];
  readonly action: Action;
}

/** The action of the first rule, by priority, whose conditions all hold; else the default action. */
export function chooseAction(rules: readonly Rule[], defaultAction: Action, request: RoutedRequest): Action {
  let chosen: Rule | undefined;
  for (const rule of rules)
    if ((chosen === undefined || rule.priority < chosen.priority) && rule.conditions.every((condition) => holds(condition, request)))
      chosen = rule;
  return chosen?.action ?? defaultAction;
}

/**
 * A target by weight.
 * @param draw 0 ≤ draw < 1.
 * @returns undefined when all weights are 0.
 */
export function chooseTarget(targets: readonly WeightedTarget[], draw: number): WeightedTarget | undefined {
  const [only] = targets;
  if (targets.length === 1) return only;
  let left = draw * targets.reduce((sum, { weight }) => sum + weight, 0);
  return targets.find(({ weight }) => weight > 0 && (left -= weight) < 0);
}
