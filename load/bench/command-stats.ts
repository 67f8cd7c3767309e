/** Calls and time within Redis of one command. */
export interface CommandStat {
  readonly name: string;
  readonly calls: number;
  readonly us: number;
}

/** The commands of `INFO commandstats`; what a script calls is among them. */
export function commandStats(info: string): CommandStat[] {
  return [...info.matchAll(/^cmdstat_([^:]+):calls=(\d+),usec=(\d+)/gm)].map(([, name = '', calls, us]) => ({
    name,
    calls: Number(calls),
    us: Number(us),
  }));
}

/** Calls of scripts known to the server, and their time within it; none: 0. */
export function scriptStat(info: string): CommandStat {
  return commandStats(info).find(({ name }) => name === 'evalsha') ?? { name: 'evalsha', calls: 0, us: 0 };
}
