import type { Redis } from 'ioredis';
import type { Rig } from './open-rig.ts';

/** What some work asked of the engines, per request. */
export interface Calls {
  readonly redis: number;
  readonly queue: number;
  readonly tables: number;
  /** Request units of DynamoDB, indexes included. */
  readonly units: number;
}

/** Commands of the connections themselves, and ours. */
const housekeeping = new Set(['ping', 'info', 'client', 'hello', 'auth', 'cluster', 'acl', 'command', 'echo']);

/** Calls made per request while `work` handled so many; those to Redis as the server saw them, what scripts call left out. */
export async function countCalls(
  { aws, redis }: Pick<Rig, 'aws' | 'redis'>,
  requests: number,
  work: () => Promise<unknown>,
): Promise<Calls> {
  aws.reset();
  const commands = await countCommands(redis, work);
  const to = (service: string): number =>
    [...aws.counts.calls].reduce((sum, [name, calls]) => sum + (name.startsWith(service) ? calls : 0), 0);
  return { redis: commands / requests, queue: to('SQS') / requests, tables: to('DynamoDB') / requests, units: aws.counts.units / requests };
}

/** The server tells a second connection of every command that it runs, in their order; ours comes last. */
async function countCommands(redis: Redis, work: () => Promise<unknown>): Promise<number> {
  const end = 'bench: that was all';
  const { promise: all, resolve } = Promise.withResolvers<void>();
  let commands = 0;
  const monitor = await redis.monitor();
  try {
    monitor.on('monitor', (_: string, [name = '', argument]: readonly string[], source: string) => {
      if (argument === end) resolve();
      else if (source !== 'lua' && !housekeeping.has(name.toLowerCase())) commands += 1;
    });
    await work();
    await redis.echo(end);
    await all;
    return commands;
  } finally {
    monitor.disconnect();
  }
}
