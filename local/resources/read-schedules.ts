import type { ResolvedResource, SystemAssembly } from '../assembly/system-assembly.ts';
import type { ScheduleSettings } from '../schedules/schedule.ts';
import type { EngineAddresses } from './describe-resource.ts';
import { readProperties } from './read-property.ts';

const rate = /^rate\((\d+) (minute|hour|day)s?\)$/;
const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** What a target may have here: anything else would change what the function gets. Retries and their age change nothing, as a run is never repeated. */
const known = new Set(['Id', 'Arn', 'Input', 'RetryPolicy']);

/**
 * Rules of EventBridge that run functions at a rate.
 * @throws Error for what is not emulated: better than a schedule that works otherwise than on AWS.
 */
export function readSchedules(
  assembly: SystemAssembly,
  { region, accountId }: Pick<EngineAddresses, 'region' | 'accountId'>,
): ScheduleSettings[] {
  return assembly.ofType('AWS::Events::Rule').flatMap((resource) => {
    const read = readProperties(resource, resource.properties);
    const expression = read.optionalText('ScheduleExpression');
    if (expression === undefined || read.optionalText('State') === 'DISABLED') return [];
    const ruleArn = String(assembly.values(resource).attribute('Arn'));
    return read.list('Targets').map((target) => {
      const properties = target as Readonly<Record<string, unknown>>;
      const unknown = Object.keys(properties).filter((name) => !known.has(name));
      if (unknown.length > 0) throw notEmulated(resource, `targets with ${unknown.join(', ')}`);
      const of = readProperties(resource, properties);
      return {
        ruleArn,
        region,
        accountId,
        functionRef: of.text('Arn'),
        everyMs: everyMs(resource, expression),
        input: of.optionalText('Input'),
      };
    });
  });
}

function everyMs(resource: ResolvedResource, expression: string): number {
  const [, count, unit] = rate.exec(expression) ?? [];
  if (count === undefined) throw notEmulated(resource, `${expression}, only rate(…)`);
  return Number(count) * unitMs[unit as keyof typeof unitMs];
}

function notEmulated({ type, logicalId }: ResolvedResource, what: string): Error {
  return new Error(`${type} ${logicalId}: not emulated: ${what} (local/resources/read-schedules.ts)`);
}
