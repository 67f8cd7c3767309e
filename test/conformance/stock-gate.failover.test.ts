import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { limits } from '../../lambdas/contracts/limits.ts';
import { CorruptionError } from '../../lambdas/domain/kernel/faults.ts';
import type { Order } from '../../lambdas/domain/orders/order.ts';
import { connectRedis } from '../../lambdas/stores/redis/connect.ts';
import { saleKeys } from '../../lambdas/stores/redis/keys.ts';
import { RedisStockGate } from '../../lambdas/stores/redis/redis-stock-gate.ts';
import { RedisEngine } from '../../local/redis-engine/redis-engine.ts';
import { InProcessRedis } from '../support/in-process-redis.ts';
import { available, type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { describeWith } from '../support/skip.ts';
import { idOf, imageOf, nowMs, requestOf } from './stock-gate-fixtures.ts';

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
      // Its first replica gives a server another name too: the gate is made after that.
      const orders = await sellOn(primary);
      while ((await admin.hlen(saleKeys('drop').ent)) < orders.length) await sleep(50);
      const before = await incarnationOf(primary);
      expect(before).toMatch(/^[0-9a-f]{40}$/);
      expect([await incarnationOf(primary), await incarnationOf(replica)]).toEqual([before, before]);
      // What ElastiCache does with the replica of a primary that it has lost.
      await admin.call('REPLICAOF', 'NO', 'ONE');
      expect(await incarnationOf(replica)).not.toBe(before);
      expect((await doubtfulOf(replica)).toSorted()).toEqual(orders.map(({ orderId }) => orderId).toSorted());
      expect(await doubtfulOf(replica)).toEqual([]);
    } finally {
      admin.disconnect();
    }
  }, 40_000);

  test('where another server was in the middle of its 2,000 orders, this one begins anew', async () => {
    const [server] = servers;
    if (!server) throw new Error('a server');
    const orders = await sellOn(server);
    const { ent, meta } = saleKeys('drop');
    const admin = new Redis({ host: server.host, port: server.port, protocol: 2 });
    const [middle] = await admin.hscan(ent, 0, 'COUNT', limits.doubtfulOrders);
    expect(middle).not.toBe('0');
    await admin.hset(meta, 'compared', `${'f'.repeat(40)}:${middle}`);
    admin.disconnect();
    expect((await doubtfulOf(server)).toSorted()).toEqual(orders.map(({ orderId }) => orderId).toSorted());
  }, 40_000);
});

async function doubtfulOf(server: RedisServer): Promise<string[]> {
  const connection = await connectRedis(server);
  const found: string[] = [];
  for await (const page of new RedisStockGate(connection).doubtfulOrders('drop')) found.push(...page);
  connection.close();
  return found;
}

/** A gate of two pages of orders. */
async function sellOn(server: RedisServer): Promise<Order[]> {
  const connection = await connectRedis(server);
  const gate = new RedisStockGate(connection);
  await gate.beginRebuild('drop', 'opening', ['a'], { remake: true, lanes: 1, gateVersion: 1 });
  await gate.publish({ saleId: 'drop', gateVersion: 1 }, 'opening', 0, { a: 2 * limits.doubtfulOrders });
  const orders = Array.from({ length: 2 * limits.doubtfulOrders }, (_, n) => {
    const image = imageOf(requestOf({ saleId: 'drop', letter: 'A', lines: { a: 1 } }), { lines: [] });
    return { ...image, orderId: `${image.orderId.slice(0, -4)}${String(n).padStart(4, '0')}` };
  });
  await Promise.all(orders.map((order) => gate.apply(order)));
  connection.close();
  return orders;
}

describe('orders of which a failover may have forgotten how they ended', () => {
  const system = (journalWrites = 0) => {
    const engine = new RedisEngine({ nowMs: () => nowMs, journalWrites });
    const failOver = () => {
      engine.call(['set', 'gate:{drop}:any', '1']);
      engine.rollBack(1);
    };
    return { failOver, gate: new RedisStockGate(new InProcessRedis(() => engine)) };
  };
  const open = async (gate: RedisStockGate, lanes: number) => {
    await gate.beginRebuild('drop', 'opening', ['a'], { remake: true, lanes, gateVersion: 1 });
    await gate.publish({ saleId: 'drop', gateVersion: 1 }, 'opening', 0, { a: 4 });
  };
  const pagesOf = async (gate: RedisStockGate) => {
    const pages: (readonly string[])[] = [];
    for await (const page of gate.doubtfulOrders('drop')) pages.push(page);
    return pages;
  };

  test.each([1, 2])(
    'none in a gate of %d lanes that was made as it is; after a failover all that the ledger knows, once',
    async (lanes) => {
      const { failOver, gate } = system(8);
      await open(gate, lanes);
      const sold = requestOf({ saleId: 'drop', letter: 'A', lines: { a: 1 } });
      await gate.reserve(sold);
      await gate.apply(imageOf(sold));
      await gate.reserve(requestOf({ saleId: 'drop', letter: 'B', lines: { a: 1 } }));
      expect(await pagesOf(gate)).toEqual([]);
      failOver();
      expect((await pagesOf(gate)).flat()).toEqual([idOf('A')]);
      expect(await pagesOf(gate)).toEqual([]);
    },
  );

  test('again where who compares them stops before the end, and where another failover comes between', async () => {
    const { failOver, gate } = system(8);
    await open(gate, 1);
    await gate.apply(imageOf(requestOf({ saleId: 'drop', letter: 'A', lines: { a: 1 } })));
    failOver();
    for await (const page of gate.doubtfulOrders('drop')) {
      expect(page).toEqual([idOf('A')]);
      break;
    }
    expect(await pagesOf(gate)).toEqual([[idOf('A')]]);
    failOver();
    const pages: (readonly string[])[] = [];
    for await (const page of gate.doubtfulOrders('drop')) {
      if (pages.push(page) === 1) failOver();
    }
    expect(pages).toEqual([[idOf('A')], [idOf('A')]]);
    expect(await pagesOf(gate)).toEqual([]);
  });

  test('once, though a comparison that began before a failover goes on after another has ended', async () => {
    const { failOver, gate } = system(8);
    await open(gate, 1);
    await gate.apply(imageOf(requestOf({ saleId: 'drop', letter: 'A', lines: { a: 1 } })));
    failOver();
    const pages: (readonly string[])[] = [];
    for await (const page of gate.doubtfulOrders('drop')) {
      if (pages.push(page) > 1) break;
      failOver();
      expect(await pagesOf(gate)).toEqual([[idOf('A')]]);
    }
    expect(pages).toEqual([[idOf('A')]]);
    expect(await pagesOf(gate)).toEqual([]);
  });

  test('none where there is no gate, or while it is being made', async () => {
    const { gate } = system();
    expect(await pagesOf(gate)).toEqual([]);
    await gate.beginRebuild('drop', 'opening', ['a'], { remake: true, lanes: 1, gateVersion: 1 });
    expect(await pagesOf(gate)).toEqual([]);
  });
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

test('a gate that tells of no number of lanes is corrupt', async () => {
  const engine = new RedisEngine({ nowMs: () => nowMs });
  engine.call(['hset', saleKeys('drop').meta, 'st', 'laned', 'lanes', 'seven']);
  await expect(new RedisStockGate(new InProcessRedis(() => engine)).order('drop', idOf('A'))).rejects.toThrow(CorruptionError);
});
