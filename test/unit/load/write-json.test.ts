import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { jsonFault, writeJson } from '../../../load/write-json.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'penstock-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('writeJson', () => {
  test('replaces the file whole and leaves nothing beside it', async () => {
    const file = path.join(folder, 'result.json');
    await writeJson(file, { run: 1 });
    await writeJson(file, { run: 2 });
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ run: 2 });
    expect(await readdir(folder)).toEqual(['result.json']);
  });

  test('says which file could not be written', async () => {
    await expect(writeJson(path.join(folder, 'nope', 'x.json'), {})).rejects.toThrow(path.join('nope', 'x.json'));
  });
});

describe('the file that --json names', () => {
  test('is none yet, or one that is there: no fault, and nothing is changed', async () => {
    const file = path.join(folder, 'result.json');
    expect(await jsonFault(file)).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
    await writeFile(file, 'kept');
    expect(await jsonFault(file)).toBeUndefined();
    expect(await readdir(folder)).toEqual(['result.json']);
    expect(await readFile(file, 'utf8')).toBe('kept');
  });

  test('is refused by its name and why: in no folder, below a file, where none can be made, a folder itself', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    const expected = 'expected a file that can be written';
    const missing = path.join(folder, 'nope', 'x.json');
    expect(await jsonFault(missing)).toBe(`--json: got ${missing}, ${expected} (ENOENT)`);
    expect(await jsonFault(path.join(file, 'x.json'))).toBe(`--json: got ${path.join(file, 'x.json')}, ${expected} (ENOTDIR)`);
    expect(await jsonFault('/proc/x.json')).toBe(`--json: got /proc/x.json, ${expected} (ENOENT)`);
    expect(await jsonFault(folder)).toBe(`--json: got ${folder}, expected a file, is a folder`);
  });

  test.each([
    ['crowd', ['--url', 'http://127.0.0.1:1']],
    ['audit', ['--url', 'http://127.0.0.1:1', '--sale', 'drop']],
    ['bench', ['--only', 'sizes']],
  ])('is looked at by %s before anything else: status 2, and nothing was begun', (command, args) => {
    const file = path.join(folder, 'nope', 'x.json');
    const { status, stdout, stderr } = spawnSync(process.execPath, [`load/${command}.ts`, ...args, '--json', file], {
      cwd: path.resolve(import.meta.dirname, '../../..'),
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect([status, stdout, stderr]).toEqual([
      2,
      '',
      `--json: got ${file}, expected a file that can be written (ENOENT)\nTry: npm run ${command} -- --help\n`,
    ]);
  });
});
