import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { generateSecretString } from '../../../local/resources/generate-secret-string.ts';
import { SecretValues } from '../../../local/resources/secret-values.ts';

const dir = mkdtempSync(path.join(os.tmpdir(), 'penstock-test-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe('a generated secret', () => {
  test('has 32 characters, one of each kind at least, unless told otherwise', () => {
    for (let round = 0; round < 20; round++) {
      const secret = generateSecretString({});
      expect(secret).toHaveLength(32);
      for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]) expect(secret).toMatch(kind);
    }
  });

  test('without punctuation it is letters and digits', () => {
    expect(generateSecretString({ PasswordLength: 500, ExcludePunctuation: true })).toMatch(/^[a-zA-Z0-9]{500}$/);
  });

  test('excluded characters do not occur', () => {
    expect(
      generateSecretString({
        PasswordLength: 500,
        ExcludePunctuation: true,
        ExcludeUppercase: true,
        ExcludeLowercase: true,
        ExcludeCharacters: '01234',
      }),
    ).toMatch(/^[5-9]{500}$/);
  });

  test('a template gets it under its key', () => {
    const secret = JSON.parse(
      generateSecretString({ SecretStringTemplate: '{"user":"a"}', GenerateStringKey: 'password', PasswordLength: 8 }),
    ) as Record<string, string>;
    expect(secret).toEqual({ user: 'a', password: expect.stringMatching(/^.{8}$/) });
  });

  test('exclusions that leave nothing are an error', () => {
    expect(() =>
      generateSecretString({ ExcludeLowercase: true, ExcludeUppercase: true, ExcludeNumbers: true, ExcludePunctuation: true }),
    ).toThrow('excludes every character');
  });
});

describe('values of secrets', () => {
  test('are the same for a run, and other in the next', () => {
    const values = new SecretValues();
    expect(values.generated('a', {})).toBe(values.generated('a', {}));
    expect(new SecretValues().generated('a', {})).not.toBe(values.generated('a', {}));
  });

  test('are kept in a file that only its owner reads', () => {
    const file = path.join(dir, 'secrets.json');
    const value = new SecretValues(file).generated('a', {});
    expect(new SecretValues(file).generated('a', {})).toBe(value);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
