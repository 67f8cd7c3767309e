import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { limits } from '../../lambdas/contracts/limits.ts';
import type { CommitRequest } from '../../lambdas/domain/orders/order.ts';
import { RedisConnection } from '../../lambdas/stores/redis/connection.ts';
import { saleKeys } from '../../lambdas/stores/redis/keys.ts';
import type { RedisClient, RedisSettings } from '../../lambdas/stores/redis/open-client.ts';
import { RedisRateLimiter } from '../../lambdas/stores/redis/rate-limit.ts';
import { RedisStockGate } from '../../lambdas/stores/redis/redis-stock-gate.ts';
import { SaleLanes } from '../../lambdas/stores/redis/sale-lanes.ts';
import { scripts } from '../../lambdas/stores/redis/scripts.ts';
import { claimOf, idOf, imageOf, linesWith, nowMs, requestOf } from '../conformance/stock-gate-fixtures.ts';
import { onEachRedis } from '../support/each-redis.ts';
import type { RedisServer } from '../support/redis-server.ts';

const folder = path.resolve(import.meta.dirname, '../../lambdas/stores/redis/lua');

/** The codes a script's header says it returns: the words below RETURNS, one a line. */
function codesIn(name: string): string[] {
  const [, returns = ''] = readFileSync(path.join(folder, `${name}.lua`), 'utf8').split('-- RETURNS\n');
  const [header = ''] = returns.split(/^(?!--)/m, 1);
  return [...header.matchAll(/^-- {3}([a-z][a-z-]*)/gm)].map(([, code = '']) => code).toSorted();
}

/** Notes the code of every reply, by script. */
class NotingConnection extends RedisConnection {
  readonly seen = new Map<string, Set<string>>();

  override async call<T>(name: string, deadlineMs: number, work: (client: RedisClient) => Promise<T>): Promise<T> {
    const reply = await super.call(name, deadlineMs, work);
    if (Array.isArray(reply)) {
      const codes = this.seen.get(name) ?? new Set();
      this.seen.set(name, codes.add(String(reply[0])));
    }
    return reply;
  }
}

test('every file of the folder is a script, and every script has its file', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.lua'));
  expect(files.toSorted()).toEqual(
    Object.values(scripts)
      .map(({ name }) => `${name}.lua`)
      .toSorted(),
  );
});

onEachRedis((kind) => {
  let server: RedisServer;
  let connection: NotingConnection;
  let redis: Redis;
  let gate: RedisStockGate;
  let saleId = '';
  let sales = 0;

  beforeAll(async () => {
    server = await kind.start({ cluster: false });
    const settings: RedisSettings = server;
    connection = new NotingConnection(settings);
    redis = new Redis({ host: server.host, port: server.port, protocol: 2 });
    gate = new RedisStockGate(connection);
  }, 30_000);
  afterAll(async () => {
    connection.close();
    redis.disconnect();
    await server.stop();
  });

  const open = async (capacities: Readonly<Record<string, number>> = { a: 3, b: 3 }) => {
    sales += 1;
    saleId = `sale-${sales}`;
    await gate.beginRebuild(saleId, 'opening', Object.keys(capacities), { remake: true, lanes: 1, gateVersion: 1 });
    await gate.publish({ saleId, gateVersion: 1 }, 'opening', 0, capacities);
  };
  const closed = () => {
    sales += 1;
    saleId = `sale-${sales}`;
  };
  const ask = (letter: string, lines: Record<string, number> = { a: 1 }, more: object = {}) =>
    requestOf({ saleId, letter, lines, ...more });
  const reserve = (request: CommitRequest, knownOnly = false) => gate.reserve(request, { knownOnly });
  const withUnits = (request: CommitRequest, units: Record<string, number[]>): CommitRequest => ({
    ...request,
    order: { ...request.order, lines: linesWith(request.order.lines, units) },
  });
  const expiredOf = (request: CommitRequest) => imageOf(request, { state: 'expired', version: 2 });

  /** A sale of two lanes; `home` is that of A, and has the odd units or the even ones. */
  const openLanes = async (capacities: Readonly<Record<string, number>>, letter = 'A') => {
    closed();
    const skusOf = Object.keys(capacities);
    await gate.beginRebuild(saleId, 'opening', skusOf, { remake: true, lanes: 2, gateVersion: 1 });
    await gate.publish({ saleId, gateVersion: 1 }, 'opening', 0, capacities);
    return lanesOf(letter);
  };
  const lanesOf = (letter = 'A') => {
    const { home, others } = new SaleLanes(connection, Math.random, { saleId, lanes: 2 }).of(idOf(letter));
    if (!others[0]) throw new Error('two lanes');
    return { home, other: others[0] };
  };
  const needs = (a: number, seats: readonly number[] = []) => ({ quantities: new Map([['a', a]]), seats: new Map([['b', seats]]) });

  const histories: Record<keyof typeof scripts, () => Promise<unknown>> = {
    reserve: async () => {
      closed();
      await reserve(ask('A'));
      await open();
      await reserve(ask('A'));
      await reserve(ask('A'));
      await reserve(ask('A', { a: 1 }, { fingerprint: 'other' }));
      await gate.apply(imageOf(ask('A')));
      await reserve(ask('A'));
      await reserve(ask('B'), true);
      await gate.mark(saleId, [claimOf('a', 2, 'C')]);
      await reserve(ask('C'));
      await reserve(ask('D', { a: 2 }, { customerLimit: 1 }));
      await reserve(ask('D', { a: 4 }));
      await reserve(ask('D', {}, { seats: { a: [2] } }));
      const { home } = await openLanes({ a: 2 });
      await home.reserve(ask('A', { a: 2 }), { knownOnly: false });
    },
    peek: async () => {
      closed();
      await gate.peek(saleId, idOf('A'), '');
      await open();
      await gate.peek(saleId, idOf('A'), '');
      await reserve(ask('A'));
      await gate.peek(saleId, idOf('A'), '');
    },
    apply: async () => {
      closed();
      await gate.apply(imageOf(ask('A')));
      await open();
      await reserve(ask('A', { b: 1 }));
      await gate.apply(imageOf(ask('A')));
      await gate.apply(imageOf(ask('A')));
    },
    mark: async () => {
      closed();
      await gate.mark(saleId, [claimOf('a', 0, 'A')]);
      await open();
      await gate.mark(saleId, [claimOf('a', 0, 'A')]);
    },
    draw: async () => {
      closed();
      await gate.draw(ask('A'), []);
      await open();
      await reserve(ask('A', { b: 1 }));
      await gate.draw(ask('A'), []);
      await gate.draw(ask('B', { a: 9 }), []);
      await gate.draw(ask('B', {}, { seats: { a: [2] } }), [claimOf('a', 2, 'C')]);
      await gate.apply(imageOf(ask('A')));
      await gate.draw(ask('A'), []);
    },
    retake: async () => {
      closed();
      await gate.retake(expiredOf(withUnits(ask('A'), { a: [0] })), nowMs);
      await open();
      await reserve(ask('A', { b: 1 }));
      await gate.retake(expiredOf(withUnits(ask('A'), { a: [0] })), nowMs);
      await gate.retake(expiredOf(withUnits(ask('B'), { a: [0] })), nowMs);
    },
    endRetake: async () => {
      await open();
      const late = expiredOf(withUnits(ask('A'), { a: [0] }));
      await gate.endRetake(late, nowMs);
      await gate.retake(late, nowMs);
      await gate.endRetake(late, nowMs + limits.retakeProtectMs);
    },
    free: async () => {
      await open();
      await reserve(ask('A'));
      await gate.free(saleId, 'a', 0, idOf('B'), 9, nowMs);
      await gate.free(saleId, 'a', 0, idOf('A'), 0, nowMs);
    },
    setCapacity: async () => {
      closed();
      await gate.setCapacity({ saleId, gateVersion: 1 }, 'a', 5);
      await open();
      await gate.setCapacity({ saleId, gateVersion: 1 }, 'a', 5);
    },
    beginRebuild: async () => {
      await open();
      await gate.beginRebuild(saleId, 'one', ['a'], { remake: false, lanes: 1, gateVersion: 1 });
      await gate.beginRebuild(saleId, 'one', ['a'], { remake: true, lanes: 1, gateVersion: 1 });
      await gate.beginRebuild(saleId, 'two', ['a'], { remake: false, lanes: 1, gateVersion: 1 });
    },
    renew: async () => {
      await open();
      await gate.beginRebuild(saleId, 'one', ['a'], { remake: true, lanes: 1, gateVersion: 1 });
      await gate.renew(saleId, 'one');
      await gate.renew(saleId, 'two');
    },
    load: async () => {
      await open();
      await gate.beginRebuild(saleId, 'one', ['a'], { remake: true, lanes: 1, gateVersion: 1 });
      await gate.load(saleId, 'one', 'a', []);
      await gate.load(saleId, 'two', 'a', []);
    },
    publish: async () => {
      await open();
      await gate.beginRebuild(saleId, 'one', ['a'], { remake: true, lanes: 1, gateVersion: 1 });
      await gate.publish({ saleId, gateVersion: 1 }, 'two', 0, { a: 1 });
      await gate.publish({ saleId, gateVersion: 1 }, 'one', 1, { a: 1 });
      await gate.publish({ saleId, gateVersion: 1 }, 'one', 0, { a: 1 });
    },
    take: async () => {
      closed();
      await lanesOf().other.take(ask('A'), 'one', undefined, needs(1));
      const { other } = await openLanes({ a: 8, b: 8 });
      const seat = (unit: number) => other.toLedger(unit);
      await other.take(ask('A'), 'one', undefined, needs(1));
      await other.take(ask('A'), 'two', undefined, needs(1));
      await other.take(ask('A', { b: 1 }), 'two', 'one', needs(0));
      await other.take(ask('B', { b: 1 }), 'one', undefined, needs(0, [seat(0)]));
      await other.take(ask('C', { b: 1 }), 'one', undefined, needs(0, [seat(0)]));
      await other.apply(imageOf(withUnits(ask('A'), { a: [seat(0)] })));
      await other.take(ask('A'), 'three', undefined, needs(1));
    },
    store: async () => {
      closed();
      await lanesOf().home.store(idOf('A'), 'one', new Map());
      const { home } = await openLanes({ a: 2 });
      await home.store(idOf('A'), 'one', new Map());
      const begun = await home.reserve(ask('A', { a: 2 }), { knownOnly: false });
      const attempt = begun.kind === 'gather' ? begun.attempt : '';
      await home.store(idOf('A'), 'other', new Map());
      await home.store(idOf('A'), attempt, new Map());
      await home.store(idOf('A'), attempt, new Map());
      await home.apply(imageOf(ask('A')));
      await home.store(idOf('A'), attempt, new Map());
    },
    remove: async () => {
      closed();
      await lanesOf().home.remove(idOf('A'), 'one', []);
      const { home } = await openLanes({ a: 2 });
      await home.remove(idOf('A'), 'one', []);
      const begun = await home.reserve(ask('A', { a: 2 }), { knownOnly: false });
      await home.remove(idOf('A'), begun.kind === 'gather' ? begun.attempt : '', []);
    },
    giveBack: async () => {
      const { other } = await openLanes({ a: 8 });
      await other.giveBack(idOf('A'), 'one', new Map(), []);
      await other.take(ask('A', { a: 2 }), 'one', undefined, needs(2));
      await other.giveBack(idOf('A'), 'two', new Map(), []);
      await other.giveBack(idOf('A'), 'one', new Map(), []);
    },
    drawPart: async () => {
      closed();
      await lanesOf().other.drawPart(ask('A'), new Map(), new Map(), new Map());
      const { other } = await openLanes({ a: 8, b: 8 });
      const own = new Map([['a', [other.toLedger(1)]]]);
      await other.drawPart(ask('A'), own, new Map(), new Map([['a', 1]]));
      await other.drawPart(ask('A', { b: 1 }), new Map(), new Map(), new Map());
      await other.apply(imageOf(withUnits(ask('A'), { a: [other.toLedger(0)] })));
      await other.drawPart(ask('A'), new Map(), new Map(), new Map());
    },
    resend: async () => {
      await open();
      await gate.resend(saleId, idOf('A'), nowMs);
      await reserve(ask('A'));
      for (let n = 0; n < limits.pendingResends; n += 1) {
        await gate.resend(saleId, idOf('A'), nowMs + n * 1_000_000);
        await gate.resend(saleId, idOf('A'), nowMs + n * 1_000_000);
      }
      await gate.resend(saleId, idOf('A'), nowMs + limits.pendingResends * 1_000_000);
      const { home } = await openLanes({ a: 2 });
      await home.reserve(ask('A', { a: 2 }), { knownOnly: false });
      await gate.resend(saleId, idOf('A'), nowMs);
    },
    drop: async () => {
      closed();
      await gate.drop(saleId, ['a']);
      await open();
      await reserve(ask('A'));
      await gate.drop(saleId, ['a', 'b']);
      await gate.apply(expiredOf(ask('A')));
      await gate.drop(saleId, ['a', 'b']);
    },
    incarnation: () => gate.incarnation(saleId),
    doubtful: async () => {
      await open();
      await redis.hset(saleKeys(saleId).meta, 'compared', 'another');
      for await (const orderIds of gate.doubtfulOrders(saleId)) expect(orderIds).toEqual([]);
    },
    enterWait: async () => {
      closed();
      for (let n = 0; n <= limits.waitersPerSale; n += 1) {
        await gate.enterWait(saleId, { customerId: `buyer-${n}`, waitId: 'request' }, nowMs, nowMs + 1);
      }
    },
    takeRate: async () => {
      const limiter = new RedisRateLimiter(connection);
      await limiter.take('codes', 1, 60, nowMs);
      await limiter.take('codes', 1, 60, nowMs);
    },
  };

  test.each(Object.entries(scripts))('%s returns each code of its header, and no other', async (key, { name }) => {
    connection.seen.clear();
    await histories[key as keyof typeof scripts]();
    // Only incarnation.lua has nothing to decide.
    expect(codesIn(name).length).toBeGreaterThanOrEqual(key === 'incarnation' ? 1 : 2);
    expect([...(connection.seen.get(name) ?? [])].toSorted()).toEqual(codesIn(name));
  });

  describe('what is stored', () => {
    test('an entry is ten fields, the owner 26 bytes at 26 × unit, the order due when its hold ends', async () => {
      await open({ a: 3 });
      const request = ask('A', { a: 2 });
      await reserve(request);
      const keys = saleKeys(saleId);
      const kept = { ...request, order: { ...request.order, lines: linesWith(request.order.lines, {}) } };
      expect(await redis.hget(keys.ent, idOf('A'))).toBe(
        ['0', '1', 'fingerprint-A', '', 'customer-A', '2', 'a:0,1', '', '', JSON.stringify(kept)].join('\x1f'),
      );
      expect(await redis.zscore(keys.pend, idOf('A'))).toBe(`${nowMs + limits.pendingResendMs}`);
      expect(await redis.get(`gate:{${saleId}}:own:a`)).toBe('A'.repeat(52));
      const held = imageOf(withUnits(request, { a: [1, 2] }));
      await gate.apply(held);
      expect(await redis.get(`gate:{${saleId}}:own:a`)).toBe('\0'.repeat(26) + 'A'.repeat(52));
      expect(await redis.hget(keys.ent, idOf('A'))).toBe(
        ['2', '1', 'fingerprint-A', '', 'customer-A', '2', 'a:1,2', '', '', JSON.stringify(held)].join('\x1f'),
      );
      expect(await redis.zscore(keys.due, idOf('A'))).toBe(`${held.holdExpiresAtMs}`);
      expect(await redis.zscore(keys.pend, idOf('A'))).toBeNull();
      await gate.apply({ ...held, state: 'confirmed', version: 2 });
      expect(await redis.zscore(keys.due, idOf('A'))).toBeNull();
    });

    test('a rebuilt order is due when its claim says', async () => {
      closed();
      await gate.beginRebuild(saleId, 'one', ['a'], { remake: false, lanes: 1, gateVersion: 1 });
      await gate.load(saleId, 'one', 'a', [claimOf('a', 0, 'A', { holdExpiresAtMs: nowMs + 7 })]);
      expect(await redis.zscore(saleKeys(saleId).due, idOf('A'))).toBe(`${nowMs + 7}`);
    });

    test('the rebuild lock has a TTL, each chunk renews it, and publishing removes it', async () => {
      closed();
      const { lock } = saleKeys(saleId);
      await gate.beginRebuild(saleId, 'one', ['a'], { remake: false, lanes: 1, gateVersion: 1 });
      expect(await redis.pttl(lock)).toBeGreaterThan(limits.rebuildLockMs - 1000);
      await redis.pexpire(lock, 100);
      await gate.load(saleId, 'one', 'a', []);
      expect(await redis.pttl(lock)).toBeGreaterThan(limits.rebuildLockMs - 1000);
      await redis.pexpire(lock, 100);
      await gate.renew(saleId, 'one');
      expect(await redis.pttl(lock)).toBeGreaterThan(limits.rebuildLockMs - 1000);
      await gate.publish({ saleId, gateVersion: 1 }, 'one', 1, { a: 1 });
      expect(await redis.exists(lock)).toBe(0);
    });

    test('a rebuild whose lock ran out is taken over, and its own calls fail from then on', async () => {
      closed();
      await gate.beginRebuild(saleId, 'one', ['a'], { remake: false, lanes: 1, gateVersion: 1 });
      await redis.del(saleKeys(saleId).lock);
      expect(await gate.beginRebuild(saleId, 'two', ['a'], { remake: false, lanes: 1, gateVersion: 1 })).toBe('started');
      expect(await gate.load(saleId, 'one', 'a', [claimOf('a', 0, 'A')])).toBe(false);
      expect(await gate.publish({ saleId, gateVersion: 1 }, 'one', 0, { a: 1 })).toBe(false);
      expect(await gate.renew(saleId, 'one')).toBe(false);
    });

    test('a redraw begins at most the spread above the lowest clear unit, and anywhere in it', async () => {
      await open({ a: 1000 + limits.drawSpreadUnits });
      await reserve(ask('A', { a: 3 }));
      // By bytes: the search for unit 3 + 7000 begins at the eighth it lies in. An offset past the spread starts over.
      for (const [letter, offset, unit] of [
        ['B', 0, 3],
        ['C', 7000, 7000],
        ['D', limits.drawSpreadUnits + 500, 504],
      ] as const) {
        const drawer = new RedisStockGate(connection, () => offset / 2 ** 31);
        const outcome = await drawer.draw(ask(letter, { a: 1 }), []);
        if (outcome.kind !== 'drawn') throw new Error(`expected a unit, got ${outcome.kind}`);
        expect(outcome.request.order.lines[0]?.units).toEqual([unit]);
      }
    });

    test('a count that lies is a fault, and no unit beyond the capacity is given', async () => {
      await open({ a: 1 });
      await reserve(ask('A'));
      await redis.hset(saleKeys(saleId).meta, 'set:a', '0');
      await expect(reserve(ask('B'))).rejects.toThrow(/Redis refused reserve: .*counts fewer bits than are set/);
      expect(await redis.getbit(`gate:{${saleId}}:bits:a`, 1)).toBe(0);
    });
  });
});
