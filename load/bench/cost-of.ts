import { scriptStat } from './command-stats.ts';
import type { Rig } from './open-rig.ts';

/** What some work cost the engines, per request. */
export interface Cost {
  /** Request units of DynamoDB, indexes included. */
  readonly units: number;
  /** Time within Redis of the scripts, in µs. */
  readonly scriptUs: number;
}

/** Cost per request of `work`, which handles so many; by the engines' own counts. */
export async function costOf({ aws, redis }: Pick<Rig, 'aws' | 'redis'>, requests: number, work: () => Promise<unknown>): Promise<Cost> {
  await redis.config('RESETSTAT');
  aws.reset();
  await work();
  const { us } = scriptStat(await redis.info('commandstats'));
  return { units: aws.counts.units / requests, scriptUs: us / requests };
}
