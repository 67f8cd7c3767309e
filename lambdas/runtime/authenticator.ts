import { createHash, timingSafeEqual } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import * as z from 'zod/mini';
import { customerIdSchema } from '../contracts/api.ts';
import type { Caller } from './api.ts';

/** Issuer and audience of the tokens that Penstock makes itself. */
const issuer = 'penstock';
const claims = z.object({ sub: customerIdSchema });

/** Proof of identity: a bearer operator key, or a guest token that we signed. */
export interface Authenticator {
  /** The caller of an Authorization header; undefined when the proof is missing, malformed, forged or expired. */
  prove(authorization: string | undefined): Promise<Caller | undefined>;
}

/**
 * Keys are compared as hashes in constant time; tokens are JWTs of HS256 only. `operatorKeyHash` is SHA-256 of the
 * whole key, `psk_` included.
 */
export function createAuthenticator(secrets: { readonly operatorKeyHash: Uint8Array; readonly tokenKey: Uint8Array }): Authenticator {
  return {
    async prove(authorization) {
      const token = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) return undefined;
      if (token.startsWith('psk_')) return timingSafeEqual(hashKey(token), secrets.operatorKeyHash) ? { kind: 'operator' } : undefined;
      return verifyGuest(token, secrets.tokenKey);
    },
  };
}

/** SHA-256 of an operator key. */
export function hashKey(key: string): Uint8Array {
  return createHash('sha256').update(key).digest();
}

/** A guest's token: JWT, HS256, bound to Penstock as issuer and audience. */
export async function signGuest(customerId: string, expiresAtMs: number, tokenKey: Uint8Array): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(customerId)
    .setIssuer(issuer)
    .setAudience(issuer)
    .setIssuedAt()
    .setExpirationTime(Math.floor(expiresAtMs / 1000))
    .sign(tokenKey);
}

async function verifyGuest(token: string, tokenKey: Uint8Array): Promise<Caller | undefined> {
  try {
    const { payload } = await jwtVerify(token, tokenKey, {
      algorithms: ['HS256'],
      issuer,
      audience: issuer,
      requiredClaims: ['exp', 'sub'],
    });
    const parsed = z.safeParse(claims, payload);
    return parsed.success ? { kind: 'customer', customerId: parsed.data.sub } : undefined;
  } catch {
    // Whatever is wrong with a token, its bearer is not proven; which fault it is must not help a forger.
    return undefined;
  }
}
