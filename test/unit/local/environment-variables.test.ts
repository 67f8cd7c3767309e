import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseEngineUrl } from '../../../local/command-line.ts';
import { openDataDirectory } from '../../../local/data-directory.ts';

describe('the URL of an engine', () => {
  test('is taken as it is; none where the variable is empty', () => {
    expect(parseEngineUrl('REDIS_URL', 'redis://127.0.0.1:6379')).toBe('redis://127.0.0.1:6379');
    expect(parseEngineUrl('SQS_URL', 'http://127.0.0.1:4566')).toBe('http://127.0.0.1:4566');
    expect([parseEngineUrl('DYNAMODB_URL', ''), parseEngineUrl('DYNAMODB_URL', undefined)]).toEqual([undefined, undefined]);
  });

  test.each([
    ['REDIS_URL', 'nonsense', 'REDIS_URL should be a URL like redis://127.0.0.1:6379, is nonsense'],
    ['SQS_URL', 'redis://127.0.0.1', 'SQS_URL should be a URL like http://127.0.0.1:8000, is redis://127.0.0.1'],
  ] as const)('%s %s is refused by the name of its variable', (variable, text, message) => {
    expect(() => parseEngineUrl(variable, text)).toThrow(message);
  });
});

describe('a data directory', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'penstock-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is made, and opened again, for its owner alone', () => {
    const given = path.join(folder, 'data');
    expect([openDataDirectory(given).path, openDataDirectory(given).path]).toEqual([given, given]);
    expect(statSync(given).mode & 0o777).toBe(0o700);
  });

  test('is refused by the name of its variable where a file is, or no directory to make it in', () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    for (const given of [file, path.join(folder, 'not', 'there'), '/proc/nope'])
      expect(() => openDataDirectory(given)).toThrow(
        `PENSTOCK_DATA_DIR should be a directory, or the name of one to be made in a directory that is there, is ${given}`,
      );
  });
});
