import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import { connectRedis } from '../../lambdas/stores/redis/connect.ts';
import type { RedisConnection } from '../../lambdas/stores/redis/connection.ts';
import { RedisStockGate } from '../../lambdas/stores/redis/redis-stock-gate.ts';
import { SaleLanes } from '../../lambdas/stores/redis/sale-lanes.ts';
import { onEachRedis } from '../support/each-redis.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { GateContext } from './stock-gate.context.ts';
import { claimOf, idOf, imageOf, linesWith, nowMs, unitsOf } from './stock-gate-fixtures.ts';
import { gatherStepCases } from './stock-gate.lane-step-cases.ts';
import { wholeSaleCases } from './stock-gate.lane-whole-cases.ts';

const lanes = 3;

/** A sale of three lanes, on a cluster: what the port promises of a sale of one holds, whichever lanes the units are of. */
onEachRedis((kind) => {
  describe('stock gate: a sale of three lanes', () => {
    let server: RedisServer;
    let connection: RedisConnection;
    const context = new GateContext();
    const { ask, take, owners, available, apply, expire } = context;

    beforeAll(async () => {
      server = await kind.start({ cluster: true });
      connection = await connectRedis(server);
      context.use({ gate: new RedisStockGate(connection), wipe: async () => {}, close: async () => {} });
    }, 30_000);
    afterAll(async () => {
      connection.close();
      await server.stop();
    });
    beforeEach(() => context.nextSale());

    const open = async (capacities: Readonly<Record<string, number>>) => {
      expect(
        await context.gate.beginRebuild(context.saleId, 'opening', Object.keys(capacities), { remake: true, lanes, gateVersion: 1 }),
      ).toBe('started');
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'opening', 0, capacities)).toBe(true);
    };
    const sale = () => new SaleLanes(connection, Math.random, { saleId: context.saleId, lanes });
    const needs = (quantity: number) => ({ quantities: new Map([['a', quantity]]), seats: new Map() });

    test('an order takes what its home lane lacks from the others, is known by its units, and comes back with them', async () => {
      await open({ a: 7 });
      const request = await take('A', { a: 6 });
      const { a = [] } = unitsOf(request.order);
      expect(new Set(a).size).toBe(6);
      expect(Object.keys(await owners('a')).map(Number)).toEqual(a.toSorted((x, y) => x - y));
      expect(await available('a')).toEqual({ a: 1 });
      expect(await context.customerUnits('customer-A')).toBe(6);
      expect(await context.gate.reserve(ask('A', { a: 6 }))).toEqual({ kind: 'pending', request });
      expect((await context.gate.order(context.saleId, idOf('A')))?.order).toEqual(request.order);
      expect(await context.gate.resend(context.saleId, idOf('A'), nowMs)).toEqual({ kind: 'again', request });
      expect((await context.pending()).map(({ orderId }) => orderId)).toEqual([idOf('A')]);
    });

    test('more than all lanes have is sold out, and nothing of it stays behind', async () => {
      await open({ a: 7 });
      expect(await context.gate.reserve(ask('A', { a: 8 }))).toEqual({ kind: 'sold-out', available: { a: 7 } });
      expect([await owners('a'), await available('a'), await context.customerUnits('customer-A')]).toEqual([{}, { a: 7 }, 0]);
      expect(await context.pending()).toEqual([]);
      expect(await context.gate.peek(context.saleId, idOf('A'), 'customer-A')).toEqual({ kind: 'unknown', customerUnits: 0 });
    });

    test('every unit is sold once, whoever asks', async () => {
      await open({ a: 9 });
      const letters = 'ABCDEFGHJKMN'.split('');
      const outcomes = await Promise.all(letters.map((letter) => context.gate.reserve(ask(letter, { a: 1 }))));
      const sold = outcomes.flatMap((outcome) => (outcome.kind === 'reserved' ? (unitsOf(outcome.request.order)['a'] ?? []) : []));
      expect(sold.toSorted((x, y) => x - y)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
      expect(outcomes.filter(({ kind: outcome }) => outcome === 'sold-out')).toHaveLength(3);
    });

    test('the customer’s limit counts all of an order, wherever its units are', async () => {
      await open({ a: 9 });
      const limited = (letter: string, a: number) => {
        const { order, ...rest } = ask(letter, { a });
        // One customer, so one home lane: their orders begin alike.
        const orderId = `ord_${'A'.repeat(10)}${letter.repeat(16)}`;
        return { ...rest, customerLimit: 6, order: { ...order, orderId, customerId: 'ann' } };
      };
      expect((await context.gate.reserve(limited('A', 5))).kind).toBe('reserved');
      expect(await context.gate.reserve(limited('B', 2))).toEqual({ kind: 'customer-limit', remaining: 1 });
      expect((await context.gate.reserve(limited('C', 1))).kind).toBe('reserved');
    });

    test('seats of several lanes: all or none, in the order of the seats', async () => {
      await open({ row: 6 });
      const request = await take('A', {}, { seats: { row: [4, 0, 2] } });
      expect(unitsOf(request.order)).toEqual({ row: [4, 0, 2] });
      expect(await context.gate.reserve(ask('A', {}, { seats: { row: [4, 0, 2] } }))).toEqual({ kind: 'pending', request });
      expect(await context.gate.reserve(ask('B', {}, { seats: { row: [1, 2, 3] } }))).toEqual({
        kind: 'seat-taken',
        units: new Map([['row', [2]]]),
      });
      expect(await owners('row')).toEqual({ 0: 'A', 2: 'A', 4: 'A' });
      const taken = await context.gate.takenSeats(context.saleId, 'row', 6);
      expect([0, 1, 2, 3, 4, 5].map(taken.isTaken)).toEqual([true, false, true, false, true, false]);
    });

    test('images reach every lane: held, then expired', async () => {
      await open({ a: 7 });
      const request = await take('A', { a: 5 });
      await apply(request, { holdExpiresAtMs: nowMs });
      expect(await context.gate.overdueHolds(context.saleId, nowMs + 1)).toEqual([idOf('A')]);
      expect((await context.gate.order(context.saleId, idOf('A')))?.version).toBe(1);
      await expire(request);
      expect([await owners('a'), await available('a'), await context.customerUnits('customer-A')]).toEqual([{}, { a: 7 }, 0]);
      await expire(request);
      expect(await context.gate.drop(context.saleId, ['a'])).toBe(true);
      expect((await context.gate.summary(context.saleId, ['a'])).state).toBe('none');
    });

    test('a draw keeps what is the order’s own in every lane, and finds others in any', async () => {
      await open({ a: 7 });
      const request = await take('A', { a: 6 });
      const { a = [] } = unitsOf(request.order);
      const [first = 0, second = 0] = a;
      const drawn = await context.gate.draw(request, [claimOf('a', first, 'X')]);
      if (drawn.kind !== 'drawn') throw new Error(`expected units, got ${drawn.kind}`);
      const now = unitsOf(drawn.request.order)['a'] ?? [];
      expect(now).toHaveLength(6);
      expect(now).toEqual(expect.arrayContaining(a.slice(1)));
      expect(now).not.toContain(first);
      expect((await owners('a'))[first]).toBe('X');
      expect(await context.gate.draw(drawn.request, [claimOf('a', second, 'X')])).toEqual({ kind: 'none' });
      await apply(drawn.request);
      expect(await context.gate.draw(drawn.request, [])).toEqual({ kind: 'done' });
    });

    test('a late payment takes its units in every lane again, or none: what it took is given up', async () => {
      await open({ a: 7 });
      const request = await take('A', { a: 5 });
      const late = imageOf(request, { state: 'expired', version: 2, closedAtMs: nowMs });
      await context.gate.apply(late);
      expect(await context.gate.retake(late, nowMs)).toBe('taken');
      expect(Object.keys(await owners('a'))).toHaveLength(5);
      const endedMs = nowMs + limits.retakeProtectMs;
      expect(await context.gate.endRetake(late, endedMs - 1)).toBe(false);
      expect(await context.gate.endRetake(late, endedMs)).toBe(true);
      expect([await owners('a'), await context.customerUnits('customer-A')]).toEqual([{}, 0]);
      const { a = [] } = unitsOf(request.order);
      await context.gate.mark(context.saleId, [claimOf('a', a[4] ?? 0, 'X')]);
      expect(await context.gate.retake(late, endedMs)).toBe('refused');
      expect(await context.gate.endRetake(late, endedMs + limits.retakeProtectMs)).toBe(true);
      expect(Object.values(await owners('a'))).toEqual(['X']);
      expect(await context.gate.overdueHolds(context.saleId, Number.MAX_SAFE_INTEGER)).toEqual([idOf('X')]);
    });

    test('a rebuild brings claims back in their lanes and to their orders’ homes', async () => {
      await open({ a: 7 });
      await take('B', { a: 7 });
      expect(await context.gate.beginRebuild(context.saleId, 'again', ['a'], { remake: false, lanes, gateVersion: 1 })).toBe('ready');
      await open({ a: 7 });
      expect(await owners('a')).toEqual({});
      await context.gate.beginRebuild(context.saleId, 'third', ['a'], { remake: true, lanes, gateVersion: 1 });
      expect(await context.gate.beginRebuild(context.saleId, 'other', ['a'], { remake: false, lanes, gateVersion: 1 })).toBe('locked');
      const claims = [0, 1, 2, 3].map((unit) => claimOf('a', unit, 'A', { holdExpiresAtMs: nowMs }));
      expect(await context.gate.load(context.saleId, 'third', 'a', claims)).toBe(true);
      expect(await context.gate.renew(context.saleId, 'third')).toBe(true);
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'third', 2, { a: 7 })).toBe(false);
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'third', 1, { a: 7 })).toBe(true);
      expect(await context.customerUnits('customer-A')).toBe(4);
      expect(await context.gate.overdueHolds(context.saleId, nowMs + 1)).toEqual([idOf('A')]);
      expect(await context.kindOf(ask('A', { a: 4 }))).toBe('ask-ledger');
      const { order, ...rest } = ask('A', { a: 4 });
      await expire({ ...rest, order: { ...order, lines: linesWith(order.lines, { a: [0, 1, 2, 3] }) } });
      expect([await owners('a'), await available('a'), await context.customerUnits('customer-A')]).toEqual([{}, { a: 7 }, 0]);
    });

    test('a lane that is lost makes the whole gate anew; a sale cut otherwise has no gate of the old cut', async () => {
      await open({ a: 7 });
      await take('A', { a: 1 });
      await sale().ofUnit(0).beginRebuild('lost', ['a'], { remake: true, lanes, gateVersion: 1 });
      expect((await context.gate.summary(context.saleId, ['a'])).state).toBe('rebuilding');
      expect(await context.gate.beginRebuild(context.saleId, 'lost', ['a'], { remake: false, lanes, gateVersion: 1 })).toBe('started');
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'lost', 0, { a: 7 })).toBe(true);
      expect(await owners('a')).toEqual({});
      expect(await context.gate.beginRebuild(context.saleId, 'cut', ['a'], { remake: true, lanes: 1, gateVersion: 1 })).toBe('started');
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'cut', 0, { a: 2 })).toBe(true);
      expect(await context.kindOf(ask('B', { a: 1 }))).toBe('reserved');
      expect(await context.gate.reserve(ask('C', { a: 2 }))).toEqual({ kind: 'sold-out', available: { a: 1 } });
    });

    test('what a lane lent to a call that died goes back once nobody asks for it, and not before', async () => {
      await open({ a: 7 });
      const { home, others } = sale().of(idOf('A'));
      const request = ask('A', { a: 6 });
      const begun = await home.reserve(request, { knownOnly: false });
      if (begun.kind !== 'gather') throw new Error(`expected a gathering, got ${begun.kind}`);
      const lent = await others[0]?.take(request, begun.attempt, undefined, needs(1));
      const unit = lent?.kind === 'taken' ? (lent.units.get('a')?.[0] ?? -1) : -1;
      const giveBack = () => context.gate.giveBackUnwanted(context.saleId, 'a', unit, idOf('A'));
      expect(await giveBack()).toBe(false);
      // The sweep's turn, a minute later: nothing was promised, so the order is forgotten.
      expect(await context.gate.resend(context.saleId, idOf('A'), nowMs)).toEqual({ kind: 'settled' });
      expect(await context.customerUnits('customer-A')).toBe(0);
      expect(await giveBack()).toBe(true);
      expect([await owners('a'), await available('a')]).toEqual([{}, { a: 7 }]);
      // The same key begins anew, in an attempt of its own.
      expect((await context.gate.reserve(request)).kind).toBe('reserved');
    });

    test('a unit that a failover forgot between two steps of a draw is not found a second time', async () => {
      await open({ a: 7 });
      const request = ask('A', { a: 2 });
      const [lane] = sale().of(idOf('A')).others;
      if (!lane) throw new Error('three lanes');
      const unit = lane.toLedger(0);
      const own = new Map([['a', [unit]]]);
      expect(await lane.drawPart(request, own, new Map(), new Map())).toEqual({ kind: 'drawn', units: own });
      await context.gate.free(context.saleId, 'a', unit, idOf('A'), 9, nowMs);
      expect(await owners('a')).toEqual({});
      const more = await lane.drawPart(request, new Map(), own, new Map([['a', 1]]));
      const found = more.kind === 'drawn' ? (more.units.get('a') ?? []) : [];
      expect(found).toHaveLength(1);
      expect(found).not.toContain(unit);
      expect(await owners('a')).toEqual({ [unit]: 'A', [found[0] ?? -1]: 'A' });
    });

    describe('a sale cut anew before it opens', () => {
      const cut = async (token: string, capacity: number, into: number) => {
        expect(await context.gate.beginRebuild(context.saleId, token, ['a'], { remake: true, lanes: into, gateVersion: 1 })).toBe(
          'started',
        );
        expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, token, 0, { a: capacity })).toBe(true);
      };
      /** What an environment sells, one order after the other. */
      const sell = async (gate: RedisStockGate, letters: string) => {
        const sold: string[] = [];
        for (const letter of letters) sold.push((await gate.reserve(ask(letter, { a: 1 }))).kind);
        return sold;
      };

      test.each([
        [3, 1],
        [3, 2],
        [1, 3],
      ])('from %i lanes into %i: who knew it as it was finds nothing to sell there, and asks anew', async (before, after) => {
        const early = new RedisStockGate(connection);
        await cut('first', 12, before);
        expect(await early.summary(context.saleId, ['a'])).toMatchObject({ state: 'ready', available: { a: 12 } });
        await cut('second', 3, after);
        // As many lanes as there are may each be asked once in vain.
        expect((await sell(early, 'ABCDEFGHJK')).filter((kind) => kind === 'reserved')).toHaveLength(3);
        expect(await sell(new RedisStockGate(connection), 'MNPQ')).toEqual(Array(4).fill('sold-out'));
        expect((await context.gate.owners(context.saleId, 'a', 0)).map(({ unit }) => unit)).toEqual([0, 1, 2]);
      });

      test.each([
        [1, 3],
        [3, 1],
        [3, 2],
      ])(
        'from %i lanes into %i: who knew it as it was tells the new lanes of orders and capacities, and reads them',
        async (before, after) => {
          const early = new RedisStockGate(connection);
          await cut('first', 12, before);
          const request = ask('A', { a: 2 });
          await early.order(context.saleId, request.order.orderId);
          await cut('second', 6, after);
          const held = imageOf({ ...request, order: { ...request.order, lines: linesWith(request.order.lines, { a: [0, 5] }) } });
          await early.apply(held);
          expect((await context.gate.order(context.saleId, held.orderId))?.order).toEqual(held);
          expect(await context.available('a')).toEqual({ a: 4 });
          await new RedisStockGate(connection).setCapacity({ saleId: context.saleId, gateVersion: 1 }, 'a', 7);
          const late = new RedisStockGate(connection);
          await late.order(context.saleId, held.orderId);
          await cut('third', 3, before);
          expect((await late.summary(context.saleId, ['a'])).available).toEqual({ a: 3 });
          await late.setCapacity({ saleId: context.saleId, gateVersion: 1 }, 'a', 5);
          expect(await context.available('a')).toEqual({ a: 5 });
        },
      );

      test('again as it was, at once: nothing of the cut between stands in the way', async () => {
        await cut('first', 12, 3);
        await cut('second', 3, 1);
        await cut('third', 6, 3);
        expect(await available('a')).toEqual({ a: 6 });
      });

      test('who dies after the lanes of the old cut are emptied leaves nothing to sell, and the next goes on', async () => {
        await cut('first', 12, 3);
        const early = new RedisStockGate(connection);
        await early.summary(context.saleId, ['a']);
        for (const lane of sale().all) await lane.empty(['a']);
        expect(await sell(early, 'AB')).toEqual(['busy', 'busy']);
        await cut('second', 3, 1);
        expect(await available('a')).toEqual({ a: 3 });
      });

      test('a gate that sells keeps its cut, whatever a sale read before says; one that is lost in part is made as the sale is', async () => {
        await cut('first', 7, 3);
        await take('A', { a: 1 });
        expect(await context.gate.beginRebuild(context.saleId, 'stale', ['a'], { remake: false, lanes: 1, gateVersion: 0 })).toBe('ready');
        expect(await available('a')).toEqual({ a: 6 });
        await sale().all[1]?.empty(['a']);
        expect(await context.gate.beginRebuild(context.saleId, 'again', ['a'], { remake: false, lanes: 1, gateVersion: 1 })).toBe(
          'started',
        );
        expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'again', 0, { a: 7 })).toBe(true);
        expect(await available('a')).toEqual({ a: 7 });
      });
    });

    test('a lane that a failover brought back from an older version of the sale gives nothing, and all are made again', async () => {
      await open({ a: 6 });
      const back = sale().of(idOf('A')).others[0];
      await back?.beginRebuild('old', ['a'], { remake: true, lanes, gateVersion: 0 });
      await back?.publish('old', 0, 0, { a: 60 });
      expect(await context.gate.reserve(ask('A', { a: 5 }))).toEqual({ kind: 'busy' });
      const collided = (await take('B', { a: 1 })).order.lines[0]?.units ?? [];
      const request = ask('C', { a: 6 });
      expect(await context.gate.draw(request, [claimOf('a', collided[0] ?? -1, 'D')])).toEqual({ kind: 'park' });
      expect(Object.keys(await owners('a')).filter((unit) => back?.has(Number(unit)))).toEqual([]);
      expect(await context.gate.beginRebuild(context.saleId, 'again', ['a'], { remake: false, lanes, gateVersion: 1 })).toBe('started');
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'again', 0, { a: 6 })).toBe(true);
      expect(await available('a')).toEqual({ a: 6 });
    });

    test('a whole that a failover brought back in an older cut is cut as the sale is, and gives nothing until then', async () => {
      await context.gate.beginRebuild(context.saleId, 'old', ['a'], { remake: true, lanes: 1, gateVersion: 0 });
      await context.gate.publish({ saleId: context.saleId, gateVersion: 0 }, 'old', 0, { a: 60 });
      expect(await context.gate.reserve(ask('A', { a: 1 }))).toEqual({ kind: 'busy' });
      expect(await context.gate.beginRebuild(context.saleId, 'again', ['a'], { remake: false, lanes, gateVersion: 1 })).toBe('started');
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'again', 0, { a: 6 })).toBe(true);
      expect(await available('a')).toEqual({ a: 6 });
      expect((await context.gate.reserve(ask('A', { a: 1 }))).kind).toBe('reserved');
    });

    test('a second call under the same key goes on in the same attempt; what two lanes gave twice goes back', async () => {
      await open({ a: 3, b: 3 });
      const { home, others } = sale().of(idOf('A'));
      const [near, far] = others;
      if (!near || !far) throw new Error('three lanes');
      // Home and the near lane have no unit of a and b left.
      for (const [letter, lane] of [
        ['B', home],
        ['C', near],
      ] as const)
        await context.gate.mark(context.saleId, [claimOf('a', lane.toLedger(0), letter), claimOf('b', lane.toLedger(0), letter)]);
      const request = ask('A', { a: 1, b: 1 });
      const begun = await home.reserve(request, { knownOnly: false });
      if (begun.kind !== 'gather') throw new Error(`expected a gathering, got ${begun.kind}`);
      // The first call found nothing near, a unit of a far away, and died.
      await far.take(request, begun.attempt, undefined, { quantities: new Map([['a', 1]]), seats: new Map() });
      // A unit of a comes free near by: two of a and none of b are not an order.
      await context.gate.free(context.saleId, 'a', near.toLedger(0), idOf('C'), 9, nowMs);
      const outcome = await context.gate.reserve(request);
      expect(outcome.kind).toBe('sold-out');
      expect(Object.values(await owners('a'))).toEqual(['B']);
      expect(await available('a', 'b')).toEqual({ a: 2, b: 1 });
    });

    gatherStepCases({ context, open, sale });
    wholeSaleCases({ context, open, sale });
  });
});
