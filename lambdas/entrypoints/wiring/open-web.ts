import type { Environment } from '../../contracts/env.ts';
import type { HttpFunction } from '../../contracts/functions.ts';
import { SecretReader } from '../../gateways/secrets.ts';
import { type Authenticator, createAuthenticator, hashKey } from '../../runtime/authenticator.ts';
import { type DeploymentKeys, deriveKeys } from '../../runtime/derive-keys.ts';
import { createLog, type Log } from '../../runtime/log.ts';
import { createMeter, type FunctionMeter } from '../../runtime/meter.ts';
import type { RedisConnection } from '../../stores/redis/connection.ts';
import { openRedis } from './open-redis.ts';

/** What every HTTP function has. */
export interface Web {
  readonly redis: RedisConnection;
  readonly keys: DeploymentKeys;
  readonly authenticator: Authenticator;
  readonly corsOrigins: readonly string[];
  readonly log: Log;
  readonly meter: FunctionMeter;
}

/** Reads the secrets and connects to Redis, all at once. */
export async function openWeb(name: HttpFunction, environment: Environment<'tickets'> | Environment<'catalog'>): Promise<Web> {
  const secrets = new SecretReader(environment.AWS_REGION);
  const [redis, deployment, operator] = await Promise.all([
    openRedis(environment, secrets),
    secrets.read(environment.DEPLOYMENT_SECRET_ARN),
    secrets.read(environment.OPERATOR_SECRET_ARN),
  ]);
  const keys = deriveKeys(deployment);
  return {
    redis,
    keys,
    authenticator: createAuthenticator({ operatorKeyHash: hashKey(`psk_${operator}`), tokenKey: keys.guestTokens }),
    corsOrigins: environment.CORS_ORIGINS.split(',').filter((origin) => origin !== ''),
    log: createLog(name),
    meter: createMeter(),
  };
}
