import type { Redis } from 'ioredis';
import { scriptStat } from './command-stats.ts';
import type { ScriptName, Subject } from './subject/open-subject.ts';

/** Calls of a script, and their time within Redis in µs. */
export interface Timed {
  readonly calls: number;
  readonly us: number;
}

/** Of every script: one that nobody times does not compile. */
export type ScriptTimes = Readonly<Record<ScriptName, Timed>>;

/** A nearly full gate on which scripts are timed, by the server's own clock: INFO commandstats of EVALSHA. */
export class ScriptTimer {
  readonly subject: Subject;
  readonly saleId: string;
  /** Capacity of its one sku. */
  readonly units: number;
  readonly #redis: Pick<Redis, 'config' | 'info'>;

  constructor(redis: Pick<Redis, 'config' | 'info'>, on: { readonly subject: Subject; readonly saleId: string; readonly units: number }) {
    this.#redis = redis;
    this.subject = on.subject;
    this.saleId = on.saleId;
    this.units = on.units;
  }

  /** The scripts that `work` calls: of one kind only, and nothing else is at work on this Redis. Throws when it called none. */
  async timed(work: () => Promise<unknown>): Promise<Timed> {
    await this.#redis.config('RESETSTAT');
    await work();
    const { calls, us } = scriptStat(await this.#redis.info('commandstats'));
    if (calls === 0) throw new Error('what was to be timed called no script');
    return { calls, us };
  }
}

/** Runs rounds one after the other and adds up what each of them timed. */
export async function sumRounds<T extends Readonly<Record<string, Timed>>>(rounds: number, run: (round: number) => Promise<T>): Promise<T> {
  let sum = await run(0);
  for (let round = 1; round < rounds; round++) {
    const next = await run(round);
    sum = Object.fromEntries(
      Object.entries(next).map(([name, { calls, us }]) => [
        name,
        { calls: calls + (sum[name]?.calls ?? 0), us: us + (sum[name]?.us ?? 0) },
      ]),
    ) as unknown as T;
  }
  return sum;
}
