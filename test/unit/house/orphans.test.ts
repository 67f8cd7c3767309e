import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { httpFunctions, workerFunctions } from '../../../lambdas/contracts/functions.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const sources = /\.(?:ts|mjs|cjs|lua)$/;

/** Source files below a folder of the repository, as paths from its root. */
const filesOf = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => path.join(folder, file))
    .filter((file) => sources.test(file) && !file.endsWith('.d.ts'));

/**
 * Files that a file names in a string, from itself or from the root: in an import, as a thread's or a child's, in a list
 * of the build; not in a comment. In JSON there are commands, so there a word is enough.
 */
function named(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8').replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');
  const before = file.endsWith('.json') || file === 'jest.config.mjs' ? `[\\s/'"]` : `['"]`;
  const pattern = new RegExp(`${before}((?:[\\w.-]+/)*[\\w.-]+\\.(?:ts|mjs|cjs|lua))\\b`, 'g');
  const names = [...text.matchAll(pattern)].map(([, name = '']) => name);
  const places = names.flatMap((name) => [path.join(path.dirname(file), name), name]);
  return places.filter((place) => sources.test(place) && !place.startsWith('..') && existsSync(path.join(root, place)));
}

/** What is reached from some files. */
function reached(entries: readonly string[]): Set<string> {
  const seen = new Set(entries);
  for (const file of seen) for (const next of named(file)) seen.add(next);
  return seen;
}

const entries = [
  'package.json',
  'cdk.json',
  'jest.config.mjs',
  ...[...httpFunctions, ...workerFunctions].map((name) => `lambdas/entrypoints/${name}.ts`),
];

describe('no orphans', () => {
  test('what runs reaches every file of bin, lambdas, lib, load and local; a test alone does not keep one', () => {
    const used = reached(entries.filter((entry) => entry !== 'jest.config.mjs'));
    const all = ['bin', 'lambdas', 'lib', 'load', 'local'].flatMap(filesOf);
    expect(all.length).toBeGreaterThan(200);
    expect(all.filter((file) => !used.has(file))).toEqual([]);
  });

  test('the tests reach every file of test', () => {
    const all = filesOf('test');
    const used = reached([...entries, ...all.filter((file) => file.endsWith('.test.ts'))]);
    expect(all.filter((file) => !used.has(file))).toEqual([]);
  });
});
