import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { bitsKey, comparedKey, ownKey, rateKey, saleKeys } from '../../lambdas/stores/redis/keys.ts';
import { applicationAccess, redisCommands } from '../../lib/constructs/redis-access.ts';

const adapter = path.resolve(import.meta.dirname, '..', '..', 'lambdas', 'stores', 'redis');

function sources(extension: string): string {
  const files = readdirSync(adapter, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(extension));
  expect(files).not.toEqual([]);
  return files.map((file) => readFileSync(path.join(adapter, file), 'utf8')).join('\n');
}

const found = (text: string, pattern: RegExp): Set<string> =>
  new Set([...text.matchAll(pattern)].map(([, name = '']) => name.toLowerCase()));

const inScripts = found(sources('.lua'), /redis\.p?call\(\s*'(\w+)'/g);
const inAdapter = found(sources('.ts'), /\.([a-z]+)\(/g);
const connects = ['auth', 'hello', 'ping', 'info', 'readonly', 'readwrite', 'eval', 'evalsha'];

describe('the Redis user of the application', () => {
  test('may run every command of every script, each named in a literal', () => {
    expect(inScripts.size).toBeGreaterThan(10);
    expect([...inScripts].filter((name) => !redisCommands.includes(name))).toEqual([]);
    expect(sources('.lua')).not.toMatch(/redis\.p?call\(\s*[^'\s]/);
  });

  test('may run no data command that neither a script nor the adapter uses', () => {
    const data = redisCommands.filter((name) => !connects.includes(name) && !name.includes('|'));
    expect(data.filter((name) => !inScripts.has(name) && !inAdapter.has(name))).toEqual([]);
  });

  test.each(['keys', 'flushall', 'flushdb', 'config', 'acl', 'client', 'cluster', 'script', 'debug', 'shutdown', 'monitor'])(
    'may not run %s',
    (name) => {
      expect(redisCommands).not.toContain(name);
    },
  );

  test('starts from nothing and gets single commands, no category', () => {
    expect(applicationAccess).toMatch(/^on ~gate:\* ~rate:\* -@all( \+[a-z]+(\|[a-z]+)?)+$/);
  });

  test('reaches every key that the adapter names, and no other', () => {
    const names = [
      ...Object.values(saleKeys('a-sale')),
      bitsKey('a-sale', 'a-sku'),
      ownKey('a-sale', 'a-sku'),
      comparedKey('a-sale', 'a-sku'),
      rateKey('10.0.0.1'),
    ];
    for (const name of names) expect(name).toMatch(/^(gate|rate):/);
  });
});
