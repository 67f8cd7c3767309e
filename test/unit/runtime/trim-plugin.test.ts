import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { OnLoadArgs, OnLoadResult, PluginBuild } from 'esbuild';
import { trimPlugin } from '../../../bin/trim-plugin.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const scripts = path.join(root, 'lambdas/stores/redis/lua');

type Load = (args: OnLoadArgs) => OnLoadResult | null | undefined | Promise<OnLoadResult | null | undefined>;

/** What the plugin makes of a file, by its own filters. */
async function load(file: string): Promise<string> {
  const loads: { filter: RegExp; load: Load }[] = [];
  const build = { onLoad: ({ filter }: { filter: RegExp }, onLoad: Load) => loads.push({ filter, load: onLoad }) };
  await trimPlugin.setup(build as unknown as PluginBuild);
  const matching = loads.filter(({ filter }) => filter.test(file));
  expect(matching).toHaveLength(1);
  const result = await matching[0]?.load({ path: file, namespace: 'file', suffix: '', pluginData: undefined, with: {} });
  return String(result?.contents);
}

/** Comments and blanks, long strings and comments first; then strings, names, numbers, and signs of one to three characters. */
const token =
  /--\[(=*)\[[\s\S]*?\]\1\]|--[^\n]*|\s+|\[(=*)\[[\s\S]*?\]\2\]|"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|[A-Za-z_]\w*|\d[\w.]*|\.\.\.|\.\.|[=~<>]=|./g;

/** The tokens that Lua runs. */
function tokensOf(source: string): string[] {
  return [...source.matchAll(token)].map(([text]) => text).filter((text) => !text.startsWith('--') && text.trim() !== '');
}

const luaFiles = readdirSync(scripts, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.lua'));

describe('a script as it is bundled', () => {
  test('there are scripts', () => {
    expect(luaFiles.length).toBeGreaterThan(15);
  });

  test.each(luaFiles)('%s has the same tokens as its source, and is shorter', async (file) => {
    const source = readFileSync(path.join(scripts, file), 'utf8');
    const trimmed = await load(path.join(scripts, file));
    expect(tokensOf(trimmed)).toEqual(tokensOf(source));
    expect(trimmed.length).toBeLessThan(source.length);
    expect(trimmed).not.toMatch(/^\s*--/m);
  });

  test('keeps a statement with a comment behind it, and two hyphens in a string', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'trim-'));
    const file = path.join(folder, 'sample.lua');
    const source = "-- why\n  local a = '--x' -- behind\n\n\t-- again\nlocal b = 1 - -1\nreturn a .. b\n";
    try {
      writeFileSync(file, source);
      const trimmed = await load(file);
      expect(tokensOf(trimmed)).toEqual(tokensOf(source));
      expect(trimmed.split('\n')).toHaveLength(3);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('the comparison would see a lost statement, a lost string and a changed number', () => {
    const source = "local a = '--x' -- why\nreturn { a, 10 }";
    expect(tokensOf(source)).toEqual(['local', 'a', '=', "'--x'", 'return', '{', 'a', ',', '10', '}']);
    expect(tokensOf('local a = [[\n-- kept\n]]')).toEqual(['local', 'a', '=', '[[\n-- kept\n]]']);
    expect(tokensOf('--[[ gone\nreturn 1 ]] return 2')).toEqual(['return', '2']);
  });
});

describe('what else is left out', () => {
  test('of Redis commands all but those that we send: the scripts and the reads are there', async () => {
    const file = path.join(root, 'node_modules/@ioredis/commands/built/commands.json');
    const kept = JSON.parse(await load(file)) as Record<string, unknown>;
    const all = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    for (const name of ['evalsha', 'eval', 'hget', 'hmget', 'ping', 'zrange', 'getrange']) expect(kept[name]).toEqual(all[name]);
    expect(kept).not.toHaveProperty('flushall');
    expect(Object.keys(kept).length).toBeLessThan(50);
  });

  test('of an SDK package file all but name and version', async () => {
    const file = path.join(root, 'node_modules/@aws-sdk/client-sqs/package.json');
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name: string; version: string };
    expect(JSON.parse(await load(file))).toEqual({ name, version });
  });
});
