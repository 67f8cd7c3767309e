import { ulid } from 'ulid';
import { createGuest } from '../http/create-guest.ts';
import { signGuest } from '../runtime/authenticator.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { RedisRateLimiter } from '../stores/redis/rate-limit.ts';
import { serveHttp } from './wiring/serve-http.ts';

/** Lets people in: guests. */
export const handler = serveHttp('tickets', (environment, { redis, keys }) => ({
  createGuest: createGuest({
    allowed: environment.GUESTS === 'allowed',
    perMinute: Number(environment.GUESTS_PER_MINUTE),
    limiter: new RedisRateLimiter(redis),
    clock,
    newId: () => `gst_${ulid()}`,
    sign: (customerId, expiresAtMs) => signGuest(customerId, expiresAtMs, keys.guestTokens),
  }),
}));
