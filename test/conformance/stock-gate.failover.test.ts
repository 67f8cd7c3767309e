import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { connectRedis } from '../../lambdas/stores/redis/connect.ts';
import { RedisStockGate } from '../../lambdas/stores/redis/redis-stock-gate.ts';
import { RedisEngine } from '../../local/redis-engine/redis-engine.ts';
import { InProcessRedis } from '../support/in-process-redis.ts';
import { available, type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { describeWith } from '../support/skip.ts';
import { nowMs } from './stock-gate-fixtures.ts';

describeWith('redis-server', available(), () => {
  let servers: RedisServer[] = [];
  beforeAll(async () => {
    servers = [await startRedisServer({ cluster: false }), await startRedisServer({ cluster: false })];
  }, 30_000);
  afterAll(async () => {
    for (const server of servers) await server.stop();
  });

  test('a replica that takes over is another incarnation of the gate; until then it is none', async () => {
    const [primary, replica] = servers;
    if (!primary || !replica) throw new Error('two servers');
    const admin = new Redis({ host: replica.host, port: replica.port, protocol: 2 });
    const incarnationOf = async (server: RedisServer): Promise<string> => {
      const connection = await connectRedis(server);
      return new RedisStockGate(connection).incarnation('drop').finally(() => connection.close());
    };
    try {
      await admin.replicaof(primary.host, primary.port);
      while (!(await admin.info('replication')).includes('master_link_status:up')) await sleep(50);
      // Its first replica gives a server another name too.
      const before = await incarnationOf(primary);
      expect(before).toMatch(/^[0-9a-f]{40}$/);
      expect([await incarnationOf(primary), await incarnationOf(replica)]).toEqual([before, before]);
      // What ElastiCache does with the replica of a primary that it has lost.
      await admin.call('REPLICAOF', 'NO', 'ONE');
      expect(await incarnationOf(replica)).not.toBe(before);
    } finally {
      admin.disconnect();
    }
  }, 40_000);
});

test('the embedded engine is another one once it has taken writes back, and only then', async () => {
  const engine = new RedisEngine({ nowMs: () => nowMs, journalWrites: 1 });
  const gate = new RedisStockGate(new InProcessRedis(() => engine));
  const before = await gate.incarnation('drop');
  engine.call(['set', 'gate:{drop}:any', '1']);
  expect(await gate.incarnation('drop')).toBe(before);
  engine.rollBack(1);
  expect(await gate.incarnation('drop')).not.toBe(before);
});
