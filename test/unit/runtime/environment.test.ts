import { describe, expect, test } from '@jest/globals';
import { environments } from '../../../lambdas/contracts/env.ts';
import type { FunctionName } from '../../../lambdas/contracts/functions.ts';
import { deriveKeys } from '../../../lambdas/runtime/derive-keys.ts';
import { readEnvironment } from '../../../lambdas/runtime/environment.ts';

/** A right value for every variable of a function. */
function variablesOf(name: FunctionName): Record<string, string> {
  const special: Record<string, string> = { REDIS_TLS: 'true', GUESTS: 'allowed' };
  return Object.fromEntries(Object.keys(environments[name].shape).map((variable) => [variable, special[variable] ?? 'x']));
}

describe('the environment of a function', () => {
  test.each(Object.keys(environments) as FunctionName[])('%s: whole it is read, and each missing variable is named', (name) => {
    const variables = variablesOf(name);
    expect(readEnvironment(name, variables)).toEqual(variables);
    for (const missing of Object.keys(variables)) {
      const { [missing]: _, ...rest } = variables;
      expect(() => readEnvironment(name, rest)).toThrow(`environment of ${name}: ${missing} missing or malformed`);
    }
  });

  test('names every variable that is wrong, once, and shows no value', () => {
    const broken = { ...variablesOf('orders'), REDIS_TLS: 'secret', REDIS_HOST: '' };
    expect(() => readEnvironment('orders', broken)).toThrow(
      'environment of orders: REDIS_HOST, REDIS_TLS missing or malformed (contracts/env.ts)',
    );
  });

  test('leaves out what is not its own, and may answer no CORS at all', () => {
    const read = readEnvironment('orders', { ...variablesOf('orders'), CORS_ORIGINS: '', HOME: '/root' });
    expect(read).not.toHaveProperty('HOME');
    expect(read.CORS_ORIGINS).toBe('');
  });
});

describe('the keys of a deployment', () => {
  test('are 32 bytes each, differ by purpose and by secret, and never change', () => {
    const keys = deriveKeys('a secret');
    const texts = Object.values(keys).map((key: Uint8Array) => Buffer.from(key).toString('hex'));
    expect(texts.every((text) => text.length === 64)).toBe(true);
    const others = Object.values(deriveKeys('another secret')).map((key: Uint8Array) => Buffer.from(key).toString('hex'));
    expect(new Set([...texts, ...others]).size).toBe(6);
    expect(deriveKeys('a secret')).toEqual(keys);
    expect(Buffer.from(keys.orderIds).toString('hex')).toBe('71e739cef9dfbd8008181cd84388ef08c0c7a958e4847268314216ad15035f9f');
  });
});
