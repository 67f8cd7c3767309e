import type { Environment } from '../../contracts/env.ts';
import { connectRedis } from '../../stores/redis/connect.ts';
import type { RedisConnection } from '../../stores/redis/connection.ts';

type RedisEnvironment = Pick<Environment<'commit'>, 'REDIS_HOST' | 'REDIS_PORT' | 'REDIS_TLS' | 'REDIS_USERNAME'>;

/** Connects to the deployment's Redis as its application user. */
export async function openRedis(environment: RedisEnvironment, password: string): Promise<RedisConnection> {
  return connectRedis({
    host: environment.REDIS_HOST,
    port: Number(environment.REDIS_PORT),
    tls: environment.REDIS_TLS === 'true',
    username: environment.REDIS_USERNAME,
    password,
  });
}
