import { emptySchema } from '../contracts/api.ts';
import { limits } from '../contracts/limits.ts';
import type { RateLimiter } from '../domain/callers/ports.ts';
import type { Clock } from '../domain/kernel/ports.ts';
import type { ApiHandler } from '../runtime/api.ts';
import { parseBody } from '../runtime/validate.ts';
import { addressBucket } from './address-bucket.ts';
import { toTime } from './time.ts';

interface CreateGuestDependencies {
  /** Whether this deployment takes guests. */
  readonly allowed: boolean;
  readonly perMinute: number;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  /** A new guest's id, `gst_…`. */
  readonly newId: () => string;
  readonly sign: (customerId: string, expiresAtMs: number) => Promise<string>;
}

/** POST /v1/guests: a customer without an identity provider, limited by address. */
export function createGuest(deps: CreateGuestDependencies): ApiHandler {
  return async (request) => {
    if (!deps.allowed) return { problem: 'forbidden', detail: 'this deployment takes no guests: sign in with your identity provider' };
    parseBody(emptySchema, request.body);
    const nowMs = deps.clock.nowMs();
    const rate = await deps.limiter.take(
      `guests:${addressBucket(request.clientAddress)}`,
      deps.perMinute,
      limits.guestWindowSeconds,
      nowMs,
    );
    const headers = {
      ratelimit: `"guests";r=${rate.remaining};t=${rate.resetSeconds}`,
      'ratelimit-policy': `"guests";q=${deps.perMinute};w=${limits.guestWindowSeconds}`,
    };
    if (!rate.allowed) {
      return {
        problem: 'rate-limited',
        detail: `at most ${deps.perMinute} guests a minute from one address`,
        headers: { ...headers, 'retry-after': String(rate.resetSeconds) },
      };
    }
    const customerId = deps.newId();
    const expiresAtMs = nowMs + limits.guestTokenSeconds * 1000;
    return { status: 201, headers, body: { token: await deps.sign(customerId, expiresAtMs), customerId, expiresAt: toTime(expiresAtMs) } };
  };
}
