import { RedisConnection } from '../../lambdas/stores/redis/connection.ts';
import type { RedisClient } from '../../lambdas/stores/redis/open-client.ts';
import { scripts } from '../../lambdas/stores/redis/scripts.ts';
import type { FunctionEnvironment } from './function-environment.ts';

const scriptNames: ReadonlySet<string> = new Set(Object.values(scripts).map(({ name }) => name));

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
    return this.#environment.call('gate', `gate.${name}`, async () => {
      const reply = await this.#redis.call(name, deadlineMs, work);
      if (scriptNames.has(name) && Array.isArray(reply)) this.#environment.world.reached.add(`gate: ${name} ${String(reply[0])}`);
      return reply;
    });
  }
}
