import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { limits } from '../../lambdas/contracts/limits.ts';
import { UnavailableError } from '../../lambdas/domain/kernel/faults.ts';
import { connectRedis } from '../../lambdas/stores/redis/connect.ts';
import type { RedisConnection } from '../../lambdas/stores/redis/connection.ts';
import { RedisStockGate } from '../../lambdas/stores/redis/redis-stock-gate.ts';
import { onEachRedis } from '../support/each-redis.ts';
import { available, awaitClusterState, startRedisServer, type RedisServer, withClient } from '../support/redis-server.ts';
import { describeWith } from '../support/skip.ts';
import { idOf, requestOf } from './stock-gate-fixtures.ts';

const saleId = 'sale';
const request = requestOf({ saleId, letter: 'A', lines: { a: 1 } });

interface UnderTest {
  readonly server: RedisServer;
  readonly connection: RedisConnection;
  readonly gate: RedisStockGate;
  readonly admin: Redis;
}

/** A gate with one unit on a server of its own, and an administrator of it. */
async function gateOn(start: () => Promise<RedisServer>): Promise<UnderTest> {
  const server = await start();
  const connection = await connectRedis(server);
  const gate = new RedisStockGate(connection);
  const admin = new Redis({ host: server.host, port: server.port, protocol: 2 });
  admin.on('error', () => {});
  await gate.beginRebuild(saleId, 'opening', ['a'], { remake: true, lanes: 1, gateVersion: 1 });
  await gate.publish({ saleId, gateVersion: 1 }, 'opening', 0, { a: 1 });
  return { server, connection, gate, admin };
}

const kinds = [
  ['one server', false],
  ['a cluster', true],
] as const;

onEachRedis((kind) => {
  describe.each(kinds)('%s that fails', (_, cluster) => {
    let server: RedisServer;
    let connection: RedisConnection;
    let gate: RedisStockGate;
    let admin: Redis;

    beforeEach(async () => {
      ({ server, connection, gate, admin } = await gateOn(() => kind.start({ cluster })));
    }, 30_000);
    afterEach(async () => {
      connection.close();
      admin.disconnect();
      await server.stop();
    });

    const reserve = () => gate.reserve(request);

    test('while it is away each call is unavailable within its deadline; after its return it is asked again', async () => {
      await server.stop();
      const beganMs = performance.now();
      await expect(reserve()).rejects.toThrow(UnavailableError);
      await expect(connection.ping()).rejects.toThrow(UnavailableError);
      expect(performance.now() - beganMs).toBeLessThan(2 * limits.gateCallMs + 500);
      server = await kind.start({ cluster, port: server.port });
      // Its memory is gone, its scripts too: the gate is not there, and says so.
      let outcome: unknown;
      for (let attempt = 0; attempt < 20 && outcome === undefined; attempt += 1) {
        outcome = await reserve().catch((error: unknown) => {
          if (!(error instanceof UnavailableError)) throw error;
        });
      }
      expect(outcome).toEqual({ kind: 'busy' });
    }, 40_000);

    test('scripts that the server forgot are sent again', async () => {
      await admin.script('FLUSH');
      expect((await reserve()).kind).toBe('reserved');
    });

    test('a bug of ours is no outage: the error reply is thrown with the name of the call and its cause', async () => {
      await admin.set(`gate:{${saleId}}:bits:a`, '');
      await admin.del(`gate:{${saleId}}:ent`);
      await admin.set(`gate:{${saleId}}:ent`, 'not a hash');
      const fault: unknown = await reserve().catch((error: unknown) => error);
      expect(fault).toBeInstanceOf(Error);
      expect(fault).not.toBeInstanceOf(UnavailableError);
      expect(String(fault)).toMatch(/Redis refused reserve: WRONGTYPE/);
      expect((fault as Error).cause).toBeInstanceOf(Error);
    });

    test('a document that is not ours is corruption, not an answer', async () => {
      await reserve();
      await admin.hset(
        `gate:{${saleId}}:ent`,
        idOf('A'),
        ['0', '1', 'fingerprint-A', '', '', '1', 'a:0', '', '', '{"order":1}'].join('\x1f'),
      );
      await expect(reserve()).rejects.toThrow('not what was put into it');
      await admin.hset(`gate:{${saleId}}:ent`, idOf('A'), 'scrap');
      await expect(gate.order(saleId, idOf('A'))).rejects.toThrow('1 of its 10 fields');
    });
  });

  describe('one server', () => {
    test('that wants a password is unavailable without it, and serves with it', async () => {
      const server = await kind.start({ cluster: false });
      const admin = new Redis({ host: server.host, port: server.port, protocol: 2 });
      await admin.call('ACL', 'SETUSER', 'default', 'reset', 'on', '>open sesame', '~*', '&*', '+@all');
      const stranger = await connectRedis(server);
      const friend = await connectRedis({ ...server, username: 'default', password: 'open sesame' });
      try {
        await expect(stranger.ping()).rejects.toThrow(/Redis is away: PING: NOAUTH/);
        await friend.ping();
      } finally {
        stranger.close();
        friend.close();
        admin.disconnect();
        await server.stop();
      }
    });
  });

  test('a connection that was closed says so', async () => {
    const server = await kind.start({ cluster: false });
    const connection = await connectRedis(server);
    connection.close();
    await expect(connection.ping()).rejects.toThrow(UnavailableError);
    await server.stop();
  });
});

// What only a server of its own process can do: not answer, run out of memory, become a replica.
describeWith('redis-server', available(), () => {
  describe.each(kinds)('%s that fails', (_, cluster) => {
    let under: UnderTest;

    beforeEach(async () => {
      under = await gateOn(() => startRedisServer({ cluster }));
    }, 30_000);
    afterEach(async () => {
      under.connection.close();
      under.admin.disconnect();
      await under.server.stop();
    });

    const reserve = () => under.gate.reserve(request);

    test('a server that does not answer is unavailable when the deadline of the call has passed', async () => {
      await under.admin.client('PAUSE', 5000, 'ALL');
      const beganMs = performance.now();
      await expect(reserve()).rejects.toThrow(`took over ${limits.gateCallMs} ms`);
      expect(performance.now() - beganMs).toBeGreaterThanOrEqual(limits.gateCallMs - 5);
    }, 15_000);

    test('memory is full: unavailable, and nothing is set aside', async () => {
      await under.admin.config('SET', 'maxmemory', '1');
      await expect(reserve()).rejects.toThrow(/Redis is away: reserve: OOM/);
      await under.admin.config('SET', 'maxmemory', '0');
      expect(await under.gate.owners(saleId, 'a', 0)).toEqual([]);
      expect((await reserve()).kind).toBe('reserved');
    });
  });

  test('a connection begun while the cluster is down serves when it is up', async () => {
    const server = await startRedisServer({ cluster: true });
    try {
      await withClient(server.host, server.port, async (admin) => {
        await admin.cluster('DELSLOTS', 0);
        await awaitClusterState(admin, 'fail');
        const connection = await connectRedis(server);
        try {
          await expect(connection.ping()).rejects.toThrow(UnavailableError);
          await admin.cluster('ADDSLOTS', 0);
          await awaitClusterState(admin, 'ok');
          await connection.ping();
        } finally {
          connection.close();
        }
      });
    } finally {
      await server.stop();
    }
  }, 20_000);

  describe('one server', () => {
    test('that became a replica is unavailable until it is a primary again', async () => {
      const server = await startRedisServer({ cluster: false });
      const connection = await connectRedis(server);
      const admin = new Redis({ host: server.host, port: server.port, protocol: 2 });
      const gate = new RedisStockGate(connection);
      const begin = () => gate.beginRebuild(saleId, 'opening', ['a'], { remake: true, lanes: 1, gateVersion: 1 });
      try {
        await admin.replicaof(server.host, 1);
        await expect(begin()).rejects.toThrow(/Redis is away: begin-rebuild: READONLY/);
        await admin.replicaof('NO', 'ONE');
        expect(await begin()).toBe('started');
      } finally {
        connection.close();
        admin.disconnect();
        await server.stop();
      }
    });
  });
});
