import { limits } from '../../contracts/limits.ts';
import type { RateDecision, RateLimiter } from '../../domain/callers/ports.ts';
import type { RedisConnection } from './connection.ts';
import { rateKey } from './keys.ts';
import { runScript } from './run-script.ts';
import { scripts, took } from './scripts.ts';

/** Calls counted in Redis, one key a bucket, gone when its window is over. */
export class RedisRateLimiter implements RateLimiter {
  readonly #connection: RedisConnection;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  async take(bucket: string, limit: number, windowSeconds: number, nowMs: number): Promise<RateDecision> {
    const args = [limit, windowSeconds * 1000, nowMs];
    const reply = await runScript(this.#connection, scripts.takeRate, [rateKey(bucket)], args, limits.gateCallMs);
    const [, remaining, resetMs] = reply;
    return { allowed: took(reply, 'takeRate'), remaining: Number(remaining), resetSeconds: Math.ceil(Number(resetMs) / 1000) };
  }
}
