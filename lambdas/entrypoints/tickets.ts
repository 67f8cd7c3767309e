import { ulid } from 'ulid';
import { createGuest } from '../http/create-guest.ts';
import { signGuest } from '../runtime/authenticator.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { readyHttp } from '../runtime/ready-http.ts';
import { RedisRateLimiter } from '../stores/redis/rate-limit.ts';
import { openReports } from './wiring/open-reports.ts';
import { openWeb } from './wiring/open-web.ts';

/** Lets people in: guests. */
export const handler = readyHttp(openReports('tickets'), async (reports) => {
  const environment = readEnvironment('tickets', process.env);
  const web = await openWeb(environment, reports);
  const deps = {
    allowed: environment.GUESTS === 'allowed',
    perMinute: Number(environment.GUESTS_PER_MINUTE),
    limiter: new RedisRateLimiter(web.redis),
    clock,
    newId: () => `gst_${ulid()}`,
    sign: (customerId: string, expiresAtMs: number) => signGuest(customerId, expiresAtMs, web.keys.guestTokens),
  };
  return httpFunction<'tickets'>({ ...web, operations: { createGuest: createGuest(deps) } });
});
