import type { Environment } from '../../contracts/env.ts';
import type { HttpFunction } from '../../contracts/functions.ts';
import { SecretReader } from '../../gateways/secrets.ts';
import { createSecretsClient } from '../../gateways/secrets-client.ts';
import { type Authenticator, createAuthenticator, hashKey } from '../../runtime/authenticator.ts';
import { type DeploymentKeys, deriveKeys } from '../../runtime/derive-keys.ts';
import type { Reports } from '../../runtime/http-function.ts';
import type { RedisConnection } from '../../stores/redis/connection.ts';
import { openRedis } from './open-redis.ts';

/** What every HTTP function has. */
export interface Web extends Reports {
  readonly redis: RedisConnection;
  readonly keys: DeploymentKeys;
  readonly authenticator: Authenticator;
  readonly corsOrigins: readonly string[];
}

/** Reads the secrets, all at once, then connects to Redis: a secret that cannot be read leaves no connection behind. */
export async function openWeb(environment: Environment<HttpFunction>, reports: Reports): Promise<Web> {
  const secrets = new SecretReader(createSecretsClient(environment.AWS_REGION));
  const [password, deployment, operator] = await Promise.all([
    secrets.read(environment.REDIS_SECRET_ARN),
    secrets.read(environment.DEPLOYMENT_SECRET_ARN),
    secrets.read(environment.OPERATOR_SECRET_ARN),
  ]);
  const keys = deriveKeys(deployment);
  return {
    ...reports,
    redis: await openRedis(environment, password),
    keys,
    authenticator: createAuthenticator({ operatorKeyHash: hashKey(`psk_${operator}`), tokenKey: keys.guestTokens }),
    corsOrigins: environment.CORS_ORIGINS.split(',').filter((origin) => origin !== ''),
  };
}
