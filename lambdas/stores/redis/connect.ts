import { RedisConnection } from './connection.ts';
import { UnavailableError } from '../../domain/kernel/faults.ts';
import type { RedisSettings } from './open-client.ts';

/**
 * Connects, as a function does during its init. A Redis that is away does not fail the init: what needs it throws
 * UnavailableError call by call until it is back, and the rest is served.
 */
export async function connectRedis(settings: RedisSettings): Promise<RedisConnection> {
  const connection = new RedisConnection(settings);
  try {
    await connection.ping();
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
  }
  return connection;
}
