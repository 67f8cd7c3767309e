import type { RedisConnection } from './connection.ts';
import type { RedisClient } from './open-client.ts';
import type { Script } from './scripts.ts';

/** What a script answers: one of the codes in its header, then what the header says. */
export type Reply = readonly [code: string, ...rest: unknown[]];

/** Runs a script by its digest, and by its text where the server does not have it (first use, restart, failover). */
export function runScript(
  connection: RedisConnection,
  script: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
  deadlineMs: number,
): Promise<Reply> {
  return connection.call(script.name, deadlineMs, (client) => evaluate(client, script, keys, args));
}

async function evaluate(client: RedisClient, script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<Reply> {
  try {
    return (await client.evalsha(script.sha1, keys.length, ...keys, ...args)) as Reply;
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return (await client.eval(script.source, keys.length, ...keys, ...args)) as Reply;
  }
}
