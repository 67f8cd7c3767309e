import type { Environment } from '../../contracts/env.ts';
import { SecretReader } from '../../gateways/secrets.ts';
import { createSecretsClient } from '../../gateways/secrets-client.ts';
import { getReady } from '../../runtime/get-ready.ts';
import { RedisStockGate } from '../../stores/redis/redis-stock-gate.ts';
import { openRedis } from './open-redis.ts';

/** What every function that reaches the gate has. */
type GateEnvironment = Pick<
  Environment<'changes'>,
  'AWS_REGION' | 'REDIS_HOST' | 'REDIS_PORT' | 'REDIS_TLS' | 'REDIS_USERNAME' | 'REDIS_SECRET_ARN'
>;

/** The gate, for a function that needs Redis for nothing else and no other secret than its password. */
export async function openGate(environment: GateEnvironment): Promise<RedisStockGate> {
  const secrets = new SecretReader(createSecretsClient(environment.AWS_REGION));
  return new RedisStockGate(await openRedis(environment, await secrets.read(environment.REDIS_SECRET_ARN)));
}

/** The same, opened at once and had when it is asked for: for a function whose other work goes on while there is no gate. */
export function gateAside(environment: GateEnvironment): () => Promise<RedisStockGate> {
  return getReady(() => openGate(environment));
}
