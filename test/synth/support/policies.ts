import { type TemplateJson, ofType } from './synthesized.ts';
import { listOf, textOf } from './intrinsics.ts';

/** One statement of an IAM policy. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

/** Every statement in a template, wherever it stands, with the logical id of its resource. */
export function statementsOf(
  template: TemplateJson,
): { readonly logicalId: string; readonly type: string; readonly statement: Statement }[] {
  return Object.entries(template.Resources).flatMap(([logicalId, { Type: type, Properties }]) =>
    documentsIn(Properties).flatMap(({ Statement }) => Statement.map((statement) => ({ logicalId, type, statement }))),
  );
}

interface PolicyDocument {
  readonly Statement: readonly Statement[];
}

function documentsIn(value: unknown): PolicyDocument[] {
  if (typeof value !== 'object' || value === null) return [];
  return 'Statement' in value ? [value as PolicyDocument] : Object.values(value).flatMap(documentsIn);
}

/** What the role of a function may do: resource → actions. Resources by their short names. */
export function permissionsOf(service: TemplateJson, functionName: string): Record<string, string[]> {
  const role = `Functions${functionName.replaceAll('-', '')}Role`;
  const policies = ofType(service, 'AWS::IAM::Policy').filter(([, { Properties }]) =>
    (Properties['Roles'] as unknown[]).some((one) => textOf(one).startsWith(`\${${role}`)),
  );
  const allowed: Record<string, string[]> = {};
  for (const [, { Properties }] of policies) {
    for (const { Action, Resource } of documentsIn(Properties).flatMap(({ Statement }) => Statement)) {
      for (const resource of listOf(Resource)) (allowed[shortName(textOf(resource))] ??= []).push(...listOf(Action));
    }
  }
  return Object.fromEntries(Object.entries(allowed).map(([resource, actions]) => [resource, actions.sort()]));
}

const shortNames: readonly [RegExp, string][] = [
  [/TablesOrders.*\/index\/bySale$/, 'orders index bySale'],
  [/TablesOrders\w*StreamArn\w*}$/, 'orders stream'],
  [/TablesOrders\w*Arn\w*}$/, 'orders'],
  [/TablesClaims\w*Arn\w*}$/, 'claims'],
  [/TablesSales\w*Arn\w*}$/, 'sales'],
  [/DeploymentSecret\w*}$/, 'deployment secret'],
  [/BootstrapOperatorKey\w*}$/, 'operator key'],
  [/StripeSecret\w*}$/, 'stripe secret'],
  [/RedisPassword\w*}$/, 'redis password'],
  [/OrdersQueue\w*\.Arn}$/, 'orders queue'],
  [/ExpiriesQueue\w*\.Arn}$/, 'expiries queue'],
  [/OrdersDeadLetters\w*\.Arn}$/, 'dead letters'],
  [/Logs\w*\.Arn}$/, 'own log'],
];

function shortName(resource: string): string {
  const found = shortNames.find(([pattern]) => pattern.test(resource));
  if (!found) throw new Error(`a resource that no test knows: ${resource}`);
  return found[1];
}
