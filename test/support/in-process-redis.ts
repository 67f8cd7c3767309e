import { asFault } from '../../lambdas/stores/redis/faults.ts';
import { RedisConnection } from '../../lambdas/stores/redis/connection.ts';
import type { RedisClient } from '../../lambdas/stores/redis/open-client.ts';
import { commands, type RedisEngine } from '../../local/redis-engine/redis-engine.ts';
import { ErrorReply, type Reply, StatusReply } from '../../local/redis-engine/reply.ts';

/** An error reply, by the name that ioredis gives it. */
class ReplyError extends Error {
  override readonly name = 'ReplyError';
}

/**
 * A connection to engines in this process, one or one for each shard: no socket, no timer, no deadline. Each command has taken effect when its
 * call returns, so whoever decides when to await decides the order of everything.
 */
export class InProcessRedis extends RedisConnection {
  readonly #client: RedisClient;

  /** `engineOf`: the engine that has a key. */
  constructor(engineOf: (key: string) => RedisEngine) {
    super({ host: 'in process', port: 0, tls: false });
    this.#client = clientOf(engineOf);
  }

  override async call<T>(name: string, _deadlineMs: number, work: (client: RedisClient) => Promise<T>): Promise<T> {
    try {
      return await work(this.#client);
    } catch (error) {
      throw asFault(error, name, undefined);
    }
  }
}

type Word = string | number;

/** The methods of ioredis that are commands of the engine, and its pipelines. */
function clientOf(engineOf: (key: string) => RedisEngine): RedisClient {
  const run = (called: string, words: readonly Word[]): unknown => {
    // ioredis has each command once more, with Buffer at the end, for replies that are no text.
    const asBytes = called.endsWith('Buffer');
    const name = asBytes ? called.slice(0, -'Buffer'.length) : called;
    // Of a script: its text, the number of its keys, then the first of them.
    const key = String(words[name.startsWith('eval') ? 2 : 0]);
    const reply = engineOf(key).call([name, ...words.map((word) => Buffer.from(String(word)).toString('latin1'))]);
    if (reply instanceof ErrorReply) throw new ReplyError(reply.text);
    if (asBytes) return typeof reply === 'string' ? Buffer.from(reply, 'latin1') : reply;
    const value = textOf(reply);
    return name === 'hgetall' ? pairs(value as string[]) : value;
  };
  const pipeline = () => {
    const results: [Error | null, unknown][] = [];
    const proxy: object = methods(
      (name, words) => {
        try {
          results.push([null, run(name, words)]);
        } catch (error) {
          results.push([error as Error, undefined]);
        }
        return proxy;
      },
      { exec: () => Promise.resolve(results) },
    );
    return proxy;
  };
  return methods(async (name, words) => run(name, words), { pipeline }) as RedisClient;
}

function methods(run: (name: string, words: readonly Word[]) => unknown, others: Readonly<Record<string, () => unknown>>): object {
  return Object.fromEntries([
    // ioredis takes a list of words where it takes words.
    ...Object.keys(commands).flatMap((name) =>
      [name, `${name}Buffer`].map((called) => [called, (...words: (Word | readonly Word[])[]) => run(called, words.flat())]),
    ),
    ...Object.entries(others),
  ]);
}

/** A reply as ioredis gives it: bytes read as UTF-8. */
function textOf(reply: Reply): unknown {
  if (typeof reply === 'string') return Buffer.from(reply, 'latin1').toString();
  if (reply instanceof StatusReply) return reply.text;
  return Array.isArray(reply) ? reply.map(textOf) : reply;
}

function pairs(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(list.flatMap((field, at) => (at % 2 === 0 ? [[field, list[at + 1] ?? '']] : [])));
}
