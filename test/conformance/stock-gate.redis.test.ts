import { connectRedis } from '../../lambdas/stores/redis/connect.ts';
import { RedisStockGate } from '../../lambdas/stores/redis/redis-stock-gate.ts';
import { available, startRedisServer } from '../support/redis-server.ts';
import { describeWith } from '../support/skip.ts';
import type { GateUnderTest } from './stock-gate.context.ts';
import { stockGateConformance } from './stock-gate.suite.ts';

async function redisGate(cluster: boolean): Promise<GateUnderTest> {
  const server = await startRedisServer({ cluster });
  const connection = await connectRedis(server);
  return {
    gate: new RedisStockGate(connection),
    async wipe() {
      await connection.call('FLUSHALL', 5000, (client) => client.flushall());
    },
    async close() {
      connection.close();
      await server.stop();
    },
  };
}

describeWith('redis-server', available(), () => {
  stockGateConformance('Redis, one server', () => redisGate(false));
  stockGateConformance('Redis, cluster of one node', () => redisGate(true));
});
