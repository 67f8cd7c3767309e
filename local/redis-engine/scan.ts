import { integerOf } from './numbers.ts';
import { CommandError, type Reply, syntaxError } from './reply.ts';

/**
 * What HSCAN and ZSCAN answer: all at once, as Redis does with a small key. COUNT is but a hint, and nothing can then be missed
 * between two calls. `read` gives undefined where there is no such key.
 */
export function scanned(cursor: string, options: readonly string[], read: () => readonly string[] | undefined): Reply {
  if (!/^\d{1,20}$/.test(cursor)) throw new CommandError('ERR invalid cursor');
  const all = read();
  if (all === undefined) return ['0', []];
  if (options.length !== 0 && (options.length !== 2 || options[0]?.toLowerCase() !== 'count')) throw syntaxError();
  if (options.length === 2 && integerOf(options[1] ?? '') < 1) throw syntaxError();
  return ['0', all];
}
