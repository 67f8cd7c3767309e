import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { openDataDirectory } from '../../../local/data-directory.ts';

const dir = mkdtempSync(path.join(os.tmpdir(), 'penstock-test-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe('the data directory', () => {
  test('is made with every part that is missing, for its owner alone, and stays', () => {
    const given = path.join(dir, 'a', 'b');
    const directory = openDataDirectory(given);
    directory.close();
    expect(directory).toMatchObject({ path: given, kept: true });
    expect(statSync(given).mode & 0o777).toBe(0o700);
  });

  test('is a temporary one, gone once removed, where none is given', () => {
    const directory = openDataDirectory('');
    expect(directory.kept).toBe(false);
    directory.close();
    expect(existsSync(directory.path)).toBe(false);
  });

  const file = path.join(dir, 'file');
  const dangling = path.join(dir, 'dangling');
  writeFileSync(file, '');
  symlinkSync('nowhere', dangling);
  test.each([
    ['a file', file, 'ENOTDIR'],
    ['below a file', path.join(file, 'a'), 'ENOTDIR'],
    ['a link to nowhere', dangling, 'EEXIST'],
    ['where nothing can be made', '/proc/nope', 'ENOENT'],
    ['below where nothing can be made', '/proc/nope/a', 'ENOENT'],
  ])('%s is refused, with the name of the variable, what it is and why', (_, given, why) => {
    let refusal: unknown;
    try {
      openDataDirectory(given);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({
      name: 'WrongDataDirectoryError',
      message: `PENSTOCK_DATA_DIR should be a folder that may be written to, or that can be made, is ${given}`,
      cause: { code: why },
    });
  });

  test('is for one at a time: the next is told who has it and no more, and gets it once it is closed', () => {
    const given = path.join(dir, 'locked');
    const first = openDataDirectory(given);
    const message = `${given} is in use by process ${process.pid}: end that one, or choose another PENSTOCK_DATA_DIR`;
    expect(() => openDataDirectory(given)).toThrow(new Error(message));
    first.close();
    openDataDirectory(given).close();
  });

  test('of another process is refused with its pid while it lives, and free once it was killed', async () => {
    const given = path.join(dir, 'of-another');
    const program = `
      const { openDataDirectory } = await import(${JSON.stringify(path.resolve('local/data-directory.ts'))});
      globalThis.directory = openDataDirectory(${JSON.stringify(given)});
      console.log('open');
      setInterval(() => undefined, 1000);`;
    const other = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(other.stdout, 'data');
    expect(() => openDataDirectory(given)).toThrow(`${given} is in use by process ${other.pid}:`);
    const exited = once(other, 'exit');
    other.kill('SIGKILL');
    await exited;
    openDataDirectory(given).close();
  });
});
