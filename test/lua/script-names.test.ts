import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { scripts } from '../../lambdas/stores/redis/scripts.ts';

/**
 * Scripts run in Redis and, without it, in another Lua: they may use what both have. Redis's own libraries (cjson,
 * struct, bit …), its clock and its other functions are not among it.
 */
const allowed = new Set(['KEYS', 'ARGV', 'redis', 'string', 'table', 'math', 'tonumber', 'ipairs', 'pairs', 'error']);
const allowedOf: Readonly<Record<string, readonly string[]>> = {
  redis: ['call'],
  string: ['match', 'gmatch', 'sub', 'rep', 'format'],
  table: ['concat', 'insert'],
  math: ['max', 'min', 'floor'],
};
const keywords = new Set(
  'and break do else elseif end false for function if in local nil not or repeat return then true until while'.split(' '),
);

interface Names {
  /** Names that are used and declared nowhere in the script. */
  readonly globals: readonly string[];
  /** `library.member` of the libraries. */
  readonly members: readonly string[];
}

/** Names in a script: comments and strings are cut out, members and table keys are no variables. */
function namesIn(source: string): Names {
  const code = source.replaceAll(/--[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, ' ');
  const declared = new Set<string>(keywords);
  for (const [, names = ''] of code.matchAll(/\blocal\s+(?!function\b)([\w\s,]+)/g)) addNames(declared, names);
  for (const [, names = ''] of code.matchAll(/\bfor\s+([\w\s,]+?)\s*(?:=|\bin\b)/g)) addNames(declared, names);
  for (const [, name = '', parameters = ''] of code.matchAll(/\bfunction\s+(\w+)\s*\(([^)]*)\)/g))
    addNames(declared, `${name},${parameters}`);
  const used = [...code.matchAll(/(?<![.\w])([A-Za-z_]\w*)(?!\w)(?!\s*=(?!=)(?=[^\n]*[,}]))/g)].map(([, name = '']) => name);
  const members = [...code.matchAll(/\b(redis|string|table|math)\.(\w+)/g)].map(([whole]) => whole);
  return { globals: [...new Set(used.filter((name) => !declared.has(name)))], members: [...new Set(members)] };
}

function addNames(to: Set<string>, list: string): void {
  for (const name of list.split(/[\s,]+/)) if (name !== '') to.add(name);
}

test.each(Object.values(scripts))('$name uses KEYS, ARGV, redis.call, and plain string, table and math only', ({ source }) => {
  const { globals, members } = namesIn(source);
  expect(globals.filter((name) => !allowed.has(name))).toEqual([]);
  const [redis, ...rest] = [members.filter((name) => name.startsWith('redis.')), ...members.filter((name) => !name.startsWith('redis.'))];
  expect(redis).toEqual(['redis.call']);
  expect(rest.filter((name) => !allowedOf[name.split('.')[0] ?? '']?.includes(name.split('.')[1] ?? ''))).toEqual([]);
});

test.each(['cjson.encode(1)', 'local t = struct.pack("x")', 'return bit.band(1, 2)', 'os.time()', 'slip = 1', 'return unpack(KEYS)'])(
  'it would find %s',
  (line) => {
    const { globals } = namesIn(`${scripts.reserve.source}\n${line}`);
    expect(globals.filter((name) => !allowed.has(name))).toHaveLength(1);
  },
);

test('no script names a key: names come in as KEYS', () => {
  const folder = path.resolve(import.meta.dirname, '../../lambdas/stores/redis/lua');
  for (const file of readdirSync(folder, { recursive: true }) as string[]) {
    if (!file.endsWith('.lua')) continue;
    const code = readFileSync(path.join(folder, file), 'utf8').replaceAll(/--[^\n]*/g, '');
    expect([file, ...code.matchAll(/gate:|rate:|\{['"]\s*\.\./g)]).toEqual([file]);
  }
});
