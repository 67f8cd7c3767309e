import { type CommandTable, onKey, onKeys, onServer } from './command.ts';
import type { CommandContext } from './command.ts';
import { integerOf } from './numbers.ts';
import { ok } from './reply.ts';

const remove = ({ keys }: CommandContext, names: readonly string[]) => names.filter((name) => keys.remove(name)).length;

/** Keys of any kind. */
export const keyCommands: CommandTable = {
  del: onKeys(-2, remove),
  unlink: onKeys(-2, remove),
  exists: onKeys(-2, ({ keys }, names) => names.filter((name) => keys.has(name)).length),
  pexpire: onKey(3, ({ keys }, [key = '', ttl = '']) => {
    const ttlMs = integerOf(ttl);
    if (!keys.has(key)) return 0;
    if (ttlMs <= 0) keys.remove(key);
    else keys.expire(key, keys.nowMs + ttlMs);
    return 1;
  }),
  pttl: onKey(2, ({ keys }, [key = '']) => {
    if (!keys.has(key)) return -2;
    const expiresAtMs = keys.expiry(key);
    return expiresAtMs === undefined ? -1 : expiresAtMs - keys.nowMs;
  }),
  flushall: {
    ...onServer(-1, ({ keys }) => {
      keys.clear();
      return ok;
    }),
    outsideScripts: false,
  },
};
