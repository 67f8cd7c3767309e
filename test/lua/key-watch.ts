import type { Redis } from 'ioredis';

/** What was seen of the scripts of a server. */
export interface Watched {
  /** Names of the commands that scripts ran, and how many runs there were. */
  readonly commands: ReadonlySet<string>;
  readonly runs: number;
  /** `command key` where a script touched a key that was not in its KEYS: in a cluster that may be another server's. */
  readonly trespasses: ReadonlySet<string>;
}

interface Positions {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

/**
 * Watches a server (MONITOR) and compares the keys of each command that a script runs with the KEYS the script was
 * called with. Where a command's keys are, the server itself says (COMMAND). Resolves once it is watching; the
 * function it gives ends the watch.
 */
export async function watchKeys(client: Redis): Promise<() => Promise<Watched>> {
  const positions = await keyPositions(client);
  const monitor = await client.monitor();
  const end = `end of the watch ${process.hrtime.bigint()}`;
  const ended = Promise.withResolvers<void>();
  const commands = new Set<string>();
  const trespasses = new Set<string>();
  let declared: ReadonlySet<string> = new Set();
  let runs = 0;
  monitor.on('monitor', (_time: string, args: string[], source: string) => {
    const [name = '', first = '', count = '0'] = args;
    const command = name.toLowerCase();
    if (source !== 'lua') {
      if (command === 'evalsha' || command === 'eval') declared = new Set(args.slice(3, 3 + Number(count)));
      if (first === end) ended.resolve();
      return;
    }
    runs += 1;
    commands.add(command);
    for (const key of keysOf(args, positions.get(command))) if (!declared.has(key)) trespasses.add(`${command} ${key}`);
  });
  return async () => {
    await client.echo(end);
    await ended.promise;
    monitor.disconnect();
    return { commands, runs, trespasses };
  };
}

async function keyPositions(client: Redis): Promise<Map<string, Positions>> {
  const all = (await client.call('COMMAND')) as [string, number, string[], number, number, number][];
  return new Map(all.map(([name, , , first, last, step]) => [name, { first, last, step }]));
}

/** A command that the server does not list would be a bug here: all its arguments count as keys. */
function keysOf(args: readonly string[], { first, last, step }: Positions = { first: 1, last: -1, step: 1 }): string[] {
  const keys: string[] = [];
  const to = last < 0 ? args.length + last : last;
  for (let at = first; at > 0 && at <= to; at += step) keys.push(args[at] ?? '');
  return keys;
}
