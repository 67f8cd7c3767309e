import { connectRedis } from '../../lambdas/stores/redis/connect.ts';
import { RedisStockGate } from '../../lambdas/stores/redis/redis-stock-gate.ts';
import { RedisEngine } from '../../local/redis-engine/redis-engine.ts';
import { onEachRedis, type RedisKind } from '../support/each-redis.ts';
import { InProcessRedis } from '../support/in-process-redis.ts';
import type { GateUnderTest } from './stock-gate.context.ts';
import { nowMs } from './stock-gate-fixtures.ts';
import { stockGateConformance } from './stock-gate.suite.ts';

async function redisGate(kind: RedisKind, cluster: boolean): Promise<GateUnderTest> {
  const server = await kind.start({ cluster });
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

async function inProcessGate(): Promise<GateUnderTest> {
  const engine = new RedisEngine({ nowMs: () => nowMs, node: { host: 'nowhere', port: 0 } });
  return {
    gate: new RedisStockGate(new InProcessRedis(() => engine)),
    async wipe() {
      engine.call(['FLUSHALL']);
    },
    async close() {},
  };
}

onEachRedis((kind) => {
  stockGateConformance('Redis, one server', () => redisGate(kind, false));
  stockGateConformance('Redis, cluster of one node', () => redisGate(kind, true));
});

stockGateConformance('embedded Redis, without sockets', inProcessGate);
