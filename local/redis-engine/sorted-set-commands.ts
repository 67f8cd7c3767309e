import { type CommandTable, onKey } from './command.ts';
import { floatOf, formatNumber, integerOf } from './numbers.ts';
import { type Reply, syntaxError } from './reply.ts';
import { scanned } from './scan.ts';
import { SortedSet } from './sorted-set.ts';

/** Sorted sets, by rank and by score: a member that is taken out last takes the key with it. */
export const sortedSetCommands: CommandTable = {
  zadd: onKey(-4, ({ keys }, [key = '', ...rest]) => {
    const option = /^(?:nx|xx)$/i.exec(rest[0] ?? '')?.[0].toLowerCase();
    const pairs = option === undefined ? rest : rest.slice(1);
    if (pairs.length === 0 || pairs.length % 2 !== 0) throw syntaxError();
    const scores = pairs.filter((_, at) => at % 2 === 0).map((text) => floatOf(text));
    const found = keys.sortedSet(key);
    if (found === undefined && option === 'xx') return 0;
    const set = found ?? keys.put(key, new SortedSet());
    const before = set.size;
    for (const [at, score] of scores.entries()) {
      const member = pairs[2 * at + 1] ?? '';
      const known = set.score(member);
      if (known !== score && (option === undefined || (option === 'nx') === (known === undefined))) keys.setScore(set, member, score);
    }
    return set.size - before;
  }),
  zrem: onKey(-3, ({ keys }, [key = '', ...members]) => {
    const set = keys.sortedSet(key);
    if (set === undefined) return 0;
    const before = set.size;
    for (const member of members) if (set.score(member) !== undefined) keys.setScore(set, member, undefined);
    if (set.size === 0) keys.remove(key);
    return before - set.size;
  }),
  zscore: onKey(3, ({ keys }, [key = '', member = '']) => {
    const score = keys.sortedSet(key)?.score(member);
    return score === undefined ? null : formatNumber(score);
  }),
  zmscore: onKey(-3, ({ keys }, [key = '', ...members]) => {
    const set = keys.sortedSet(key);
    return members.map((member) => {
      const score = set?.score(member);
      return score === undefined ? null : formatNumber(score);
    });
  }),
  zscan: onKey(-3, ({ keys }, [key = '', cursor = '', ...options]) =>
    scanned(cursor, options, () => {
      const set = keys.sortedSet(key);
      return set?.byRank(0, set.size - 1).flatMap((member) => [member, wholeOrFloat(set.score(member) ?? Number.NaN)]);
    }),
  ),
  zcard: onKey(2, ({ keys }, [key = '']) => keys.sortedSet(key)?.size ?? 0),
  zrange: onKey(-4, ({ keys }, [key = '', from = '', to = '', ...options]) => {
    const [option, more] = options;
    if (more !== undefined || (option !== undefined && option.toLowerCase() !== 'withscores')) throw syntaxError();
    const [first, last] = [integerOf(from), integerOf(to)];
    const set = keys.sortedSet(key);
    if (set === undefined) return [];
    const start = Math.max(0, first < 0 ? set.size + first : first);
    const end = last < 0 ? set.size + last : last;
    return end < start ? [] : listed(set, set.byRank(start, end), option !== undefined);
  }),
  zrangebyscore: onKey(-4, ({ keys }, [key = '', from = '', to = '', ...options]) => {
    const { withScores, offset, count } = rangeOptions(options);
    const [above, below] = [lowerEnd(from), upperEnd(to)];
    const set = keys.sortedSet(key);
    if (set === undefined || offset < 0) return [];
    const members = set.byScore(above, below);
    return listed(set, members.slice(offset, count < 0 ? members.length : offset + count), withScores);
  }),
  zremrangebyscore: onKey(4, ({ keys }, [key = '', from = '', to = '']) => {
    const [above, below] = [lowerEnd(from), upperEnd(to)];
    const set = keys.sortedSet(key);
    if (set === undefined) return 0;
    const members = set.byScore(above, below);
    for (const member of members) keys.setScore(set, member, undefined);
    if (set.size === 0) keys.remove(key);
    return members.length;
  }),
};

function listed(set: SortedSet, members: readonly string[], withScores: boolean): Reply {
  return withScores ? members.flatMap((member) => [member, formatNumber(set.score(member) ?? Number.NaN)]) : members;
}

/** How a scan of a small set tells a score: a whole number in all its digits. */
function wholeOrFloat(score: number): string {
  return Number.isInteger(score) && Math.abs(score) < 2 ** 63 ? String(BigInt(score)) : formatNumber(score);
}

function rangeOptions(options: readonly string[]): { withScores: boolean; offset: number; count: number } {
  const found = { withScores: false, offset: 0, count: -1 };
  for (let at = 0; at < options.length; at += 1) {
    const option = options[at]?.toLowerCase();
    if (option === 'withscores') found.withScores = true;
    else if (option === 'limit' && at + 2 < options.length) {
      found.offset = integerOf(options[at + 1] ?? '');
      found.count = integerOf(options[at + 2] ?? '');
      at += 2;
    } else throw syntaxError();
  }
  return found;
}

const lowerEnd = (text: string): ((score: number) => boolean) => {
  const { score: end, excluded } = endOf(text);
  return (score) => (excluded ? score > end : score >= end);
};

const upperEnd = (text: string): ((score: number) => boolean) => {
  const { score: end, excluded } = endOf(text);
  return (score) => (excluded ? score < end : score <= end);
};

/** An end of a range of scores; `(` before it leaves the score itself out. Nothing at all is 0, as it is in Redis. */
function endOf(text: string): { score: number; excluded: boolean } {
  const excluded = text.startsWith('(');
  const score = excluded ? text.slice(1) : text;
  return { score: score === '' ? 0 : floatOf(score, 'ERR min or max is not a float'), excluded };
}
