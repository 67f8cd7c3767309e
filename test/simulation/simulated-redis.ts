import { RedisConnection } from '../../lambdas/stores/redis/connection.ts';
import type { RedisClient } from '../../lambdas/stores/redis/open-client.ts';
import type { FunctionEnvironment } from './function-environment.ts';

/** An environment's connection to Redis: each command, pipeline or script is one call of the gate. */
export class SimulatedRedis extends RedisConnection {
  readonly #environment: FunctionEnvironment;
  readonly #redis: RedisConnection;

  constructor(environment: FunctionEnvironment, redis: RedisConnection) {
    super({ host: 'simulated', port: 0, tls: false });
    this.#environment = environment;
    this.#redis = redis;
  }

  override call<T>(name: string, deadlineMs: number, work: (client: RedisClient) => Promise<T>): Promise<T> {
    return this.#environment.call('gate', `gate.${name}`, () => this.#redis.call(name, deadlineMs, work));
  }
}
