import { createHmac, generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { createAuthenticator, hashKey, signGuest } from '../../../lambdas/runtime/authenticator.ts';

const tokenKey = new Uint8Array(32).fill(1);
const operatorKey = 'psk_0123456789abcdef';
const authenticator = createAuthenticator({ operatorKeyHash: hashKey(operatorKey), tokenKey });
const bearer = (token: string) => authenticator.prove(`Bearer ${token}`);
const hourAhead = () => Math.floor(Date.now() / 1000) + 3600;

/** A token like ours, but for what is given. */
function tokenOf(
  changes: { sub?: string; iss?: string; aud?: string; exp?: number; key?: Uint8Array; alg?: string } = {},
): Promise<string> {
  const { sub = 'gst_1', iss = 'penstock', aud = 'penstock', exp = hourAhead(), key = tokenKey, alg = 'HS256' } = changes;
  return new SignJWT({ sub }).setProtectedHeader({ alg }).setIssuer(iss).setAudience(aud).setExpirationTime(exp).sign(key);
}

/** A token of hand-made parts, signed with our key. */
function forge(header: object, payload: object, hash = 'sha256'): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part(header)}.${part(payload)}`;
  return `${signed}.${createHmac(hash, tokenKey).update(signed).digest('base64url')}`;
}

describe('the operator key', () => {
  test('proves an operator', async () => {
    expect(await bearer(operatorKey)).toEqual({ kind: 'operator' });
    expect(await authenticator.prove(`bearer ${operatorKey}`)).toEqual({ kind: 'operator' });
  });

  test.each(['psk_', 'psk_0123456789abcde', 'psk_0123456789abcdef0', 'psk_0123456789abcdeF', 'PSK_0123456789abcdef', '0123456789abcdef'])(
    '%s is not it',
    async (key) => {
      expect(await bearer(key)).toBeUndefined();
    },
  );
});

describe('a guest token', () => {
  let token: string;
  beforeAll(async () => {
    token = await signGuest('gst_1', Date.now() + 3_600_000, tokenKey);
  });

  test('proves its customer', async () => {
    expect(await bearer(token)).toEqual({ kind: 'customer', customerId: 'gst_1' });
    expect(await bearer(await tokenOf())).toEqual({ kind: 'customer', customerId: 'gst_1' });
  });

  test('tells who, for whom and until when, and nothing else', () => {
    const [header, payload] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(header ?? '')).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(JSON.parse(payload ?? '')).toEqual({
      sub: 'gst_1',
      iss: 'penstock',
      aud: 'penstock',
      iat: expect.any(Number),
      exp: expect.any(Number),
    });
  });

  test('with any part changed is none', async () => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const other = Buffer.from(JSON.stringify({ ...claims, sub: 'gst_2' })).toString('base64url');
    for (const forged of [
      `${header}.${other}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -2)}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${payload}.${signature}`,
    ])
      expect(await bearer(forged)).toBeUndefined();
  });

  test.each([
    ['of another key', { key: new Uint8Array(32).fill(2) }],
    ['that has expired', { exp: Math.floor(Date.now() / 1000) - 1 }],
    ['for another audience', { aud: 'other' }],
    ['of another issuer', { iss: 'other' }],
    ['of an empty customer', { sub: '' }],
    ['of a customer of 129 characters', { sub: 'x'.repeat(129) }],
    ['of a customer with a space', { sub: 'a b' }],
  ])('%s is none', async (_, changes) => {
    expect(await bearer(await tokenOf(changes))).toBeUndefined();
  });

  test('that a header calls unsigned or RSA is none, however it is signed', async () => {
    const payload = { sub: 'gst_1', iss: 'penstock', aud: 'penstock', exp: hourAhead() };
    expect(await bearer(forge({ alg: 'HS256' }, payload))).toEqual({ kind: 'customer', customerId: 'gst_1' });
    expect(await bearer(forge({ alg: 'none' }, payload))).toBeUndefined();
    expect(await bearer(forge({ alg: 'none' }, payload).replace(/[^.]+$/, ''))).toBeUndefined();
    expect(await bearer(forge({ alg: 'RS256' }, payload))).toBeUndefined();
    expect(await bearer(forge({ alg: 'hs256' }, payload))).toBeUndefined();
    expect(await bearer(forge({ alg: 'HS384' }, payload, 'sha384'))).toBeUndefined();
    expect(await bearer(forge({ alg: 'HS512' }, payload, 'sha512'))).toBeUndefined();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const signed = await new SignJWT(payload).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
    expect(await bearer(signed)).toBeUndefined();
  });

  test.each(['sub', 'iss', 'aud', 'exp'])('without %s is none', async (claim) => {
    const payload: Record<string, unknown> = { sub: 'gst_1', iss: 'penstock', aud: 'penstock', exp: hourAhead() };
    expect(await bearer(forge({ alg: 'HS256' }, payload))).toBeDefined();
    delete payload[claim];
    expect(await bearer(forge({ alg: 'HS256' }, payload))).toBeUndefined();
  });
});

test.each([
  undefined,
  '',
  'Bearer',
  'Bearer ',
  `Basic ${operatorKey}`,
  operatorKey,
  `Bearer ${operatorKey} x`,
  `Bearer  ${operatorKey}`,
  `xBearer ${operatorKey}`,
])('the Authorization %j proves nobody', async (authorization) => {
  expect(await authenticator.prove(authorization)).toBeUndefined();
});
