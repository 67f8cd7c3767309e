import type { SystemAssembly } from '../assembly/system-assembly.ts';
import type { ScheduleSettings } from '../schedules/schedule.ts';
import { readProperties } from './read-property.ts';

const rate = /^rate\((\d+) (minute|hour|day)s?\)$/;
const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * Rules of EventBridge that run functions at a rate.
 * @throws Error for a cron expression, and for a target with more than a function's ARN and input: they are not emulated.
 */
export function readSchedules(assembly: SystemAssembly): ScheduleSettings[] {
  return assembly.ofType('AWS::Events::Rule').flatMap((resource) => {
    const read = readProperties(resource, resource.properties);
    const expression = read.optionalText('ScheduleExpression');
    if (expression === undefined || read.optionalText('State') === 'DISABLED') return [];
    const [, count, unit] = rate.exec(expression) ?? [];
    if (count === undefined) throw new Error(`AWS::Events::Rule ${resource.logicalId}: ${expression} is not emulated, only rate(…)`);
    return read.list('Targets').map((target) => {
      const of = readProperties(resource, target as Readonly<Record<string, unknown>>);
      const scheduled = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
      return {
        functionRef: of.text('Arn'),
        everyMs: Number(count) * unitMs[unit as keyof typeof unitMs],
        payload: of.optionalText('Input') ?? JSON.stringify(scheduled),
      };
    });
  });
}
