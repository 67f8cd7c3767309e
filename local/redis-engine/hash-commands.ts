import { type CommandTable, onKey } from './command.ts';
import { integerOf } from './numbers.ts';
import { CommandError, type Reply, wrongArguments } from './reply.ts';
import { scanned } from './scan.ts';

/** Hashes: a field that is taken out last takes the key with it. */
export const hashCommands: CommandTable = {
  hget: onKey(3, ({ keys }, [key = '', field = '']) => keys.hash(key)?.get(field) ?? null),
  hmget: onKey(-3, ({ keys }, [key = '', ...fields]): Reply => {
    const hash = keys.hash(key);
    return fields.map((field) => hash?.get(field) ?? null);
  }),
  hgetall: onKey(2, ({ keys }, [key = '']) => [...(keys.hash(key) ?? [])].flat()),
  hscan: onKey(-3, ({ keys }, [key = '', cursor = '', ...options]) =>
    scanned(cursor, options, () => {
      const hash = keys.hash(key);
      return hash && [...hash].flat();
    }),
  ),
  hlen: onKey(2, ({ keys }, [key = '']) => keys.hash(key)?.size ?? 0),
  hexists: onKey(3, ({ keys }, [key = '', field = '']) => (keys.hash(key)?.has(field) ? 1 : 0)),
  hset: onKey(-4, ({ keys }, [key = '', ...pairs]) => {
    if (pairs.length % 2 !== 0) throw wrongArguments('hset');
    const hash = keys.hash(key) ?? keys.put(key, new Map<string, string>());
    const before = hash.size;
    for (let at = 0; at < pairs.length; at += 2) keys.setField(hash, pairs[at] ?? '', pairs[at + 1] ?? '');
    return hash.size - before;
  }),
  hdel: onKey(-3, ({ keys }, [key = '', ...fields]) => {
    const hash = keys.hash(key);
    if (hash === undefined) return 0;
    const before = hash.size;
    for (const field of fields) if (hash.has(field)) keys.setField(hash, field, undefined);
    if (hash.size === 0) keys.remove(key);
    return before - hash.size;
  }),
  hincrby: onKey(4, ({ keys }, [key = '', field = '', by = '']) => {
    const difference = integerOf(by);
    const hash = keys.hash(key);
    const value = integerOf(hash?.get(field) ?? '0', 'ERR hash value is not an integer') + difference;
    if (!Number.isSafeInteger(value)) throw new CommandError('ERR increment or decrement would overflow');
    keys.setField(hash ?? keys.put(key, new Map<string, string>()), field, String(value));
    return value;
  }),
};
