import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import type { CommitRequest, Order } from '../../lambdas/domain/orders/order.ts';
import type { StockGate } from '../../lambdas/domain/stock/ports.ts';
import { claimOf, idOf, imageOf, linesWith, nowMs, requestOf, unitsOf, type Wanted } from './stock-gate-fixtures.ts';

export interface GateUnderTest {
  readonly gate: StockGate;
  /** Forgets everything, as a server does that lost its memory. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

/** The behaviour that protocol.md asks of every gate; titles name the rule. Each test has a sale of its own. */
export function stockGateConformance(name: string, makeGate: () => Promise<GateUnderTest>): void {
  describe(`stock gate: ${name}`, () => {
    let made: GateUnderTest;
    let gate: StockGate;
    let saleId = '';
    let sales = 0;

    beforeAll(async () => {
      made = await makeGate();
      gate = made.gate;
    }, 30_000);
    afterAll(() => made.close());
    beforeEach(() => {
      sales += 1;
      saleId = `sale-${sales}`;
    });

    const open = async (capacities: Readonly<Record<string, number>>) => {
      expect(await gate.beginRebuild(saleId, 'opening', Object.keys(capacities), { remake: true })).toBe('started');
      expect(await gate.publish(saleId, 'opening', 0, capacities)).toBe(true);
    };
    const ask = (letter: string, lines: Wanted['lines'], more: Partial<Wanted> = {}) => requestOf({ saleId, letter, lines, ...more });
    const take = async (letter: string, lines: Wanted['lines'], more: Partial<Wanted> = {}): Promise<CommitRequest> => {
      const outcome = await gate.reserve(ask(letter, lines, more), { nowMs });
      if (outcome.kind !== 'reserved') throw new Error(`expected units for ${letter}, got ${outcome.kind}`);
      return outcome.request;
    };
    const kindOf = async (request: CommitRequest) => (await gate.reserve(request, { nowMs })).kind;
    const owners = async (sku: string, fromUnit = 0) =>
      Object.fromEntries((await gate.owners(saleId, sku, fromUnit)).map(({ unit, orderId }) => [unit, orderId.at(-1)]));
    const available = async (...skus: string[]) => (await gate.summary(saleId, skus)).available;
    const apply = (request: CommitRequest, changes: Partial<Order> = {}) => gate.apply(imageOf(request, changes));
    const expire = (request: CommitRequest, version = 2) => apply(request, { state: 'expired', version, closedAtMs: nowMs });

    describe('rule 1, reserve', () => {
      test('a new order gets the lowest clear units of each line, in its own request', async () => {
        await open({ a: 5, b: 3 });
        await take('A', { a: 2 });
        const request = ask('B', { a: 2, b: 1 });
        expect(await gate.reserve(request, { nowMs })).toEqual({
          kind: 'reserved',
          request: { ...request, order: { ...request.order, lines: linesWith(request.order.lines, { a: [2, 3], b: [0] }) } },
        });
        expect(await owners('a')).toEqual({ 0: 'A', 1: 'A', 2: 'B', 3: 'B' });
        expect(await available('a', 'b')).toEqual({ a: 1, b: 2 });
      });

      test('the same order again is pending with the request that was kept, and takes nothing', async () => {
        await open({ a: 5 });
        const first = await take('A', { a: 2 });
        const again = await gate.reserve(ask('A', { a: 2 }, { acceptedAtMs: nowMs + 5 }), { nowMs: nowMs + 5 });
        expect(again).toEqual({ kind: 'pending', request: first });
        expect(await available('a')).toEqual({ a: 3 });
      });

      test('the same order with another fingerprint is refused in every state', async () => {
        await open({ a: 5 });
        const other = ask('A', { a: 2 }, { fingerprint: 'other' });
        const first = await take('A', { a: 1 });
        expect(await kindOf(other)).toBe('fingerprint-differs');
        await apply(first);
        expect(await kindOf(other)).toBe('fingerprint-differs');
        await expire(first);
        expect(await kindOf(other)).toBe('fingerprint-differs');
        expect(await available('a')).toEqual({ a: 5 });
      });

      test('a committed or closed order is replayed as it stands', async () => {
        await open({ a: 1 });
        const request = await take('A', { a: 1 });
        await apply(request);
        expect(await gate.reserve(ask('A', { a: 1 }), { nowMs })).toEqual({ kind: 'replayed', order: imageOf(request) });
        await expire(request);
        expect(await gate.reserve(ask('A', { a: 1 }), { nowMs })).toEqual({
          kind: 'replayed',
          order: imageOf(request, { state: 'expired', version: 2, closedAtMs: nowMs }),
        });
        expect(await available('a')).toEqual({ a: 1 });
      });

      test('all lines or nothing: one line short refuses the order with what is left of each sku asked for', async () => {
        await open({ a: 5, b: 1, c: 9 });
        expect(await gate.reserve(ask('A', { a: 2, b: 2 }), { nowMs })).toEqual({ kind: 'sold-out', available: { a: 5, b: 1 } });
        expect(await available('a', 'b', 'c')).toEqual({ a: 5, b: 1, c: 9 });
        expect(await gate.order(saleId, idOf('A'))).toBeUndefined();
        expect(await gate.pending(saleId)).toEqual([]);
      });

      test('capacity 1: one order gets unit 0, the next none', async () => {
        await open({ a: 1 });
        expect(unitsOf((await take('A', { a: 1 })).order)).toEqual({ a: [0] });
        expect(await gate.reserve(ask('B', { a: 1 }), { nowMs })).toEqual({ kind: 'sold-out', available: { a: 0 } });
      });

      test('a sku the gate has no capacity of is sold out, not a fault', async () => {
        await open({ a: 1 });
        expect(await gate.reserve(ask('A', { nowhere: 1 }), { nowMs })).toEqual({ kind: 'sold-out', available: { nowhere: 0 } });
      });

      test(`${limits.orderUnits} units over ${limits.orderLines} skus are one order`, async () => {
        const lines = Object.fromEntries(Array.from({ length: limits.orderLines }, (_, n) => [`sku-${n}`, n < 10 ? 3 : 2]));
        await open(Object.fromEntries(Object.keys(lines).map((sku) => [sku, 4])));
        const request = await take('A', lines);
        expect(request.order.lines.map((line) => line.units)).toEqual(
          Object.values(lines).map((quantity) => Array.from({ length: quantity }, (_, unit) => unit)),
        );
        await apply(request);
        await expire(request);
        expect(await available(...Object.keys(lines))).toEqual(Object.fromEntries(Object.keys(lines).map((sku) => [sku, 4])));
      });

      test(`${limits.orderUnits} units of one sku fill the holes first`, async () => {
        await open({ a: 60 });
        const early = await take('A', { a: 5 });
        await take('B', { a: 5 });
        await expire(early, 1);
        const { order } = await take('C', { a: limits.orderUnits });
        expect(order.lines[0]?.units).toEqual([0, 1, 2, 3, 4, ...Array.from({ length: 45 }, (_, n) => 10 + n)]);
      });

      test(`unit ${limits.capacityUnits - 1} of ${limits.capacityUnits} is set aside, shown and freed like any other`, async () => {
        const last = limits.capacityUnits - 1;
        await gate.beginRebuild(saleId, 'one', ['a'], { remake: false });
        expect(await gate.load(saleId, 'one', 'a', [claimOf('a', last, 'A')])).toBe(true);
        expect(await gate.publish(saleId, 'one', 1, { a: limits.capacityUnits })).toBe(true);
        const request = ask('A', { a: 1 });
        const order = { ...request.order, lines: linesWith(request.order.lines, { a: [last] }) };
        await apply({ ...request, order });
        expect(await owners('a', last - 10)).toEqual({ [last]: 'A' });
        expect(await available('a')).toEqual({ a: last });
        await expire({ ...request, order });
        expect(await owners('a', last)).toEqual({});
        expect(await available('a')).toEqual({ a: limits.capacityUnits });
        // 260 MB of owners in Redis: not kept for the tests after this one.
        await open({ a: 1 });
      }, 30_000);

      test('no gate is busy, a gate being rebuilt too, also for known orders', async () => {
        expect(await kindOf(ask('A', { a: 1 }))).toBe('busy');
        await open({ a: 2 });
        await apply(await take('A', { a: 1 }));
        await gate.beginRebuild(saleId, 'again', ['a'], { remake: true });
        expect(await kindOf(ask('A', { a: 1 }))).toBe('busy');
        expect(await kindOf(ask('B', { a: 1 }))).toBe('busy');
      });

      test('with knownOnly a new order is unknown and takes nothing; a known one is answered', async () => {
        await open({ a: 2 });
        await take('A', { a: 1 });
        expect(await gate.reserve(ask('B', { a: 1 }), { nowMs, knownOnly: true })).toEqual({ kind: 'unknown' });
        expect((await gate.reserve(ask('A', { a: 1 }), { nowMs, knownOnly: true })).kind).toBe('pending');
        expect(await available('a')).toEqual({ a: 1 });
      });
    });

    describe('rule 1, customer limit', () => {
      const mine = { customerId: 'one', customerLimit: 3 };

      test('limit 3: units of all orders count; 3 pass, a 4th is refused with what remains', async () => {
        await open({ a: 9, b: 9 });
        await take('A', { a: 1, b: 1 }, mine);
        expect(await gate.reserve(ask('B', { a: 2 }, mine), { nowMs })).toEqual({ kind: 'customer-limit', remaining: 1 });
        await take('C', { a: 1 }, mine);
        expect(await gate.reserve(ask('D', { a: 1 }, mine), { nowMs })).toEqual({ kind: 'customer-limit', remaining: 0 });
        await take('E', { a: 3 }, { customerId: 'two', customerLimit: 3 });
        expect(await gate.customerUnits(saleId, 'one')).toBe(3);
      });

      test('a limit below what the customer has remains 0, never less', async () => {
        await open({ a: 9 });
        await take('A', { a: 3 }, mine);
        const lower = ask('B', { a: 1 }, { ...mine, customerLimit: 1 });
        expect(await gate.reserve(lower, { nowMs })).toEqual({ kind: 'customer-limit', remaining: 0 });
      });

      test('limit 0 is none, and a known order is answered before the limit', async () => {
        await open({ a: 9 });
        await take('A', { a: 5 }, { customerId: 'one', customerLimit: 0 });
        expect(await kindOf(ask('A', { a: 5 }, mine))).toBe('pending');
        expect(await kindOf(ask('B', { a: 1 }, mine))).toBe('customer-limit');
      });

      test('the limit is judged before the stock', async () => {
        await open({ a: 3 });
        await take('A', { a: 3 }, mine);
        expect(await kindOf(ask('B', { a: 1 }, mine))).toBe('customer-limit');
      });

      test('an order of the house has no customer and no count', async () => {
        await open({ a: 9 });
        await take('A', { a: 5 }, { customerId: '', customerLimit: 3 });
        expect(await gate.customerUnits(saleId, '')).toBe(0);
      });

      test('units come off the count when the order ends, once', async () => {
        await open({ a: 9 });
        const request = await take('A', { a: 3 }, mine);
        await apply(request);
        expect(await gate.customerUnits(saleId, 'one')).toBe(3);
        await expire(request);
        await expire(request);
        await expire(request, 3);
        expect(await gate.customerUnits(saleId, 'one')).toBe(0);
        await take('B', { a: 3 }, mine);
      });
    });

    describe('rule 2, apply', () => {
      test('a version twice, or an older one, changes nothing (CE-15)', async () => {
        await open({ a: 3 });
        const request = await take('A', { a: 1 });
        await expire(request, 2);
        await apply(request);
        expect(await available('a')).toEqual({ a: 3 });
        expect((await gate.order(saleId, idOf('A')))?.order?.state).toBe('expired');
      });

      test('a redraw that the gate missed: what the order no longer lists is cleared, what it lists is set', async () => {
        await open({ a: 5 });
        const request = await take('A', { a: 2 });
        const order = { ...request.order, lines: linesWith(request.order.lines, { a: [1, 4] }) };
        await apply({ ...request, order });
        expect(await owners('a')).toEqual({ 1: 'A', 4: 'A' });
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(2);
      });

      test('the ledger overrides: a unit listed by the image is its own, whoever had it; the loser clears nothing', async () => {
        await open({ a: 2 });
        const loser = await take('A', { a: 1 });
        const winner = ask('B', { a: 1 });
        await apply({ ...winner, order: { ...winner.order, lines: linesWith(winner.order.lines, { a: [0] }) } });
        expect(await owners('a')).toEqual({ 0: 'B' });
        await apply(loser, { state: 'rejected', version: 1, lines: linesWith(loser.order.lines, {}) });
        expect(await owners('a')).toEqual({ 0: 'B' });
        expect(await available('a')).toEqual({ a: 1 });
      });

      test('a closed order is remembered even where it was not known', async () => {
        await open({ a: 2 });
        const request = ask('A', { a: 1 });
        await expire({ ...request, order: { ...request.order, lines: linesWith(request.order.lines, { a: [1] }) } });
        expect(await available('a')).toEqual({ a: 2 });
        expect(await kindOf(request)).toBe('replayed');
        expect(await gate.pending(saleId)).toEqual([]);
      });

      test('a gate that does not exist takes nothing, one being rebuilt does', async () => {
        const request = ask('A', { a: 1 });
        const order = { ...request.order, lines: linesWith(request.order.lines, { a: [1] }) };
        await apply({ ...request, order });
        expect(await gate.order(saleId, idOf('A'))).toBeUndefined();
        await gate.beginRebuild(saleId, 'first', ['a'], { remake: false });
        await apply({ ...request, order });
        expect(await owners('a')).toEqual({ 1: 'A' });
        await gate.publish(saleId, 'first', 0, { a: 2 });
        expect(await available('a')).toEqual({ a: 1 });
        expect(await kindOf(ask('A', { a: 1 }))).toBe('replayed');
      });

      test('a key used with two bodies around a failover: the image clears the units of the other body, also of other skus', async () => {
        await open({ a: 2, b: 2 });
        await take('A', { b: 2 }, { fingerprint: 'second body' });
        const first = ask('A', { a: 1 }, { fingerprint: 'first body' });
        await apply({ ...first, order: { ...first.order, lines: linesWith(first.order.lines, { a: [0] }) } });
        expect(await available('a', 'b')).toEqual({ a: 1, b: 2 });
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(1);
      });
    });

    describe('rule 3, mark', () => {
      test('an unknown order becomes a stub that asks for the ledger', async () => {
        await open({ a: 3 });
        await gate.mark(saleId, [claimOf('a', 0, 'A'), claimOf('a', 2, 'A')]);
        expect(await owners('a')).toEqual({ 0: 'A', 2: 'A' });
        expect(await available('a')).toEqual({ a: 1 });
        expect(await kindOf(ask('A', { a: 2 }))).toBe('ask-ledger');
        expect(await gate.order(saleId, idOf('A'))).toEqual({ version: 0.5 });
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(2);
        expect(await gate.pending(saleId)).toEqual([]);
      });

      test('the same mark twice counts once', async () => {
        await open({ a: 3 });
        await gate.mark(saleId, [claimOf('a', 0, 'A'), claimOf('a', 0, 'A')]);
        await gate.mark(saleId, [claimOf('a', 0, 'A')]);
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(1);
        expect(await available('a')).toEqual({ a: 2 });
      });

      test('an order closed at that version or later is left closed', async () => {
        await open({ a: 3 });
        const request = await take('A', { a: 1 });
        await expire(request, 2);
        await gate.mark(saleId, [claimOf('a', 0, 'A', { version: 1 }), claimOf('a', 1, 'A', { version: 2 })]);
        expect(await available('a')).toEqual({ a: 3 });
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(0);
      });

      test('an order closed before that version (a late payment took it up) is live again and asks for the ledger', async () => {
        await open({ a: 3 });
        const request = await take('A', { a: 1 });
        await expire(request, 2);
        await gate.mark(saleId, [claimOf('a', 0, 'A', { version: 3 })]);
        expect(await owners('a')).toEqual({ 0: 'A' });
        expect(await kindOf(ask('A', { a: 1 }))).toBe('ask-ledger');
        await apply(request, { state: 'confirmed', version: 3 });
        expect((await gate.order(saleId, idOf('A')))?.order?.state).toBe('confirmed');
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(1);
      });

      test('CE-21: one marked unit of a pending order does not pass for its whole image', async () => {
        await open({ a: 2, b: 1 });
        const lost = ask('A', { a: 1, b: 1 });
        const committed = { ...lost, order: { ...lost.order, lines: linesWith(lost.order.lines, { a: [1], b: [0] }) } };
        expect(unitsOf((await take('A', { a: 1, b: 1 })).order)).toEqual({ a: [0], b: [0] });
        await gate.mark(saleId, [claimOf('a', 1, 'A')]);
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(3);
        await apply(committed);
        expect(await owners('a')).toEqual({ 1: 'A' });
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(2);
        expect(await available('a', 'b')).toEqual({ a: 1, b: 0 });
      });

      test('CE-21: one marked unit of an unknown order does not pass for its whole image', async () => {
        await open({ a: 3 });
        await gate.mark(saleId, [claimOf('a', 1, 'A')]);
        const request = ask('A', { a: 2 });
        await apply({ ...request, order: { ...request.order, lines: linesWith(request.order.lines, { a: [1, 2] }) } });
        expect(await owners('a')).toEqual({ 1: 'A', 2: 'A' });
        expect(await kindOf(request)).toBe('replayed');
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(2);
      });

      test('a gate that does not exist takes no marks', async () => {
        await gate.mark(saleId, [claimOf('a', 0, 'A')]);
        expect(await owners('a')).toEqual({});
        expect((await gate.summary(saleId, ['a'])).state).toBe('none');
      });
    });

    describe('rule 4, draw', () => {
      test('collided units are marked, the others kept, and each line filled up', async () => {
        await open({ a: 6, b: 4 });
        const request = await take('A', { a: 3, b: 1 });
        const outcome = await gate.draw(request, [claimOf('a', 1, 'X')]);
        if (outcome.kind !== 'drawn') throw new Error(`expected units, got ${outcome.kind}`);
        const { a, b } = unitsOf(outcome.request.order);
        expect(a?.slice(0, 2)).toEqual([0, 2]);
        expect([3, 4, 5]).toContain(a?.[2]);
        expect(b).toEqual([0]);
        expect(await owners('a')).toEqual({ 0: 'A', 1: 'X', 2: 'A', [`${a?.[2]}`]: 'A' });
        expect(await available('a', 'b')).toEqual({ a: 2, b: 3 });
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(4);
        expect(await gate.reserve(ask('A', { a: 3, b: 1 }), { nowMs })).toEqual({ kind: 'pending', request: outcome.request });
      });

      test('every clear unit can be drawn, wherever the search begins', async () => {
        await open({ a: 20 });
        const first = await take('A', { a: 10 });
        await take('B', { a: 5 });
        await gate.mark(saleId, [claimOf('a', 17, 'C'), claimOf('a', 19, 'C')]);
        const outcome = await gate.draw(
          first,
          [0, 4, 9].map((unit) => claimOf('a', unit, 'X')),
        );
        if (outcome.kind !== 'drawn') throw new Error(`expected units, got ${outcome.kind}`);
        expect(unitsOf(outcome.request.order)['a']?.toSorted((x, y) => x - y)).toEqual([1, 2, 3, 5, 6, 7, 8, 15, 16, 18]);
        expect(await available('a')).toEqual({ a: 0 });
      });

      test('none: nothing of the order changes, the marks stay', async () => {
        await open({ a: 2, b: 5 });
        const request = await take('A', { a: 2, b: 1 });
        expect(await gate.draw(request, [claimOf('a', 1, 'X')])).toEqual({ kind: 'none' });
        expect(await owners('a')).toEqual({ 0: 'A', 1: 'X' });
        expect(await owners('b')).toEqual({ 0: 'A' });
        expect(await gate.reserve(ask('A', { a: 2, b: 1 }), { nowMs })).toEqual({ kind: 'pending', request });
      });

      test('an order whose entry was lost keeps those of its message that are free, and is known again', async () => {
        await open({ a: 4 });
        await take('B', { a: 1 });
        const message = ask('A', { a: 2 });
        const order = { ...message.order, lines: linesWith(message.order.lines, { a: [0, 1] }) };
        const outcome = await gate.draw({ ...message, order }, [claimOf('a', 0, 'B')]);
        if (outcome.kind !== 'drawn') throw new Error(`expected units, got ${outcome.kind}`);
        expect(unitsOf(outcome.request.order)['a']?.[0]).toBe(1);
        expect(await gate.pending(saleId)).toEqual([
          { orderId: idOf('A'), acceptedAtMs: nowMs },
          { orderId: idOf('B'), acceptedAtMs: nowMs },
        ]);
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(2);
        expect(await kindOf(ask('A', { a: 2 }))).toBe('pending');
      });

      test('a unit that another order holds in the gate is not kept, though nothing collided', async () => {
        await open({ a: 3 });
        await take('B', { a: 1 });
        const message = ask('A', { a: 1 });
        const order = { ...message.order, lines: linesWith(message.order.lines, { a: [0] }) };
        const outcome = await gate.draw({ ...message, order }, []);
        if (outcome.kind !== 'drawn') throw new Error(`expected units, got ${outcome.kind}`);
        expect([1, 2]).toContain(unitsOf(outcome.request.order)['a']?.[0]);
        expect((await owners('a'))[0]).toBe('B');
      });

      test('an order committed or closed meanwhile is done; a gate not ready parks', async () => {
        await open({ a: 3 });
        const request = await take('A', { a: 1 });
        await apply(request);
        expect(await gate.draw(request, [claimOf('a', 0, 'X')])).toEqual({ kind: 'done' });
        await expire(request);
        expect(await gate.draw(request, [])).toEqual({ kind: 'done' });
        await gate.beginRebuild(saleId, 'again', ['a'], { remake: true });
        expect(await gate.draw(request, [])).toEqual({ kind: 'park' });
        saleId = `${saleId}-nowhere`;
        expect(await gate.draw(ask('A', { a: 1 }), [])).toEqual({ kind: 'park' });
      });

      test('a stub is done: the ledger has the order', async () => {
        await open({ a: 3 });
        await gate.mark(saleId, [claimOf('a', 0, 'A')]);
        expect(await gate.draw(ask('A', { a: 1 }), [])).toEqual({ kind: 'done' });
      });

      test('a key used with two bodies around a failover: the units of the other body are freed', async () => {
        await open({ a: 2, b: 2 });
        await take('A', { b: 2 }, { fingerprint: 'second body' });
        const first = ask('A', { a: 1 }, { fingerprint: 'first body' });
        expect((await gate.draw(first, [])).kind).toBe('drawn');
        expect(await available('a', 'b')).toEqual({ a: 1, b: 2 });
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(1);
      });
    });

    describe('rules 5 and 6, retake and free', () => {
      const expired = (request: CommitRequest) => imageOf(request, { state: 'expired', version: 2, closedAtMs: nowMs });

      test('all units of an expired order are taken again if all are free, else none', async () => {
        await open({ a: 3, b: 1 });
        const request = await take('A', { a: 2, b: 1 });
        await expire(request);
        expect(await gate.retake(expired(request), nowMs)).toBe('taken');
        expect(await owners('a')).toEqual({ 0: 'A', 1: 'A' });
        expect(await gate.retake(expired(request), nowMs)).toBe('taken');
        const other = await take('B', { a: 1 });
        await apply(other);
        await expire(other);
        await take('C', { a: 1 });
        expect(await gate.retake(expired(other), nowMs)).toBe('refused');
        expect(await owners('a')).toEqual({ 0: 'A', 1: 'A', 2: 'C' });
      });

      test('refused: not even the free ones are taken', async () => {
        await open({ a: 2 });
        const request = await take('A', { a: 2 });
        await expire(request);
        await gate.mark(saleId, [claimOf('a', 1, 'B')]);
        expect(await gate.retake(expired(request), nowMs)).toBe('refused');
        expect(await owners('a')).toEqual({ 1: 'B' });
        expect(await available('a')).toEqual({ a: 1 });
      });

      test('a gate that is not ready is busy and takes in nothing', async () => {
        await open({ a: 2 });
        const request = await take('A', { a: 1 });
        await gate.beginRebuild(saleId, 'again', ['a'], { remake: true });
        expect(await gate.retake(expired(request), nowMs)).toBe('busy');
        expect(await gate.order(saleId, idOf('A'))).toBeUndefined();
      });

      test('CE-9: the expiry told late, after the retake, frees nothing', async () => {
        await open({ a: 1 });
        const request = await take('A', { a: 1 });
        await apply(request);
        expect(await gate.retake(expired(request), nowMs)).toBe('taken');
        await gate.apply(expired(request));
        expect(await owners('a')).toEqual({ 0: 'A' });
        expect(await kindOf(ask('C', { a: 1 }))).toBe('sold-out');
      });

      test(`a retake younger than ${limits.retakeProtectMs} ms is not freed, an older one is`, async () => {
        await open({ a: 1 });
        const request = await take('A', { a: 1 });
        await gate.retake(expired(request), nowMs);
        const atMs = nowMs + limits.retakeProtectMs;
        expect(await gate.free(saleId, 'a', 0, idOf('A'), 2, atMs - 1)).toBe(false);
        expect(await owners('a')).toEqual({ 0: 'A' });
        expect(await gate.free(saleId, 'a', 0, idOf('A'), 2, atMs)).toBe(true);
        expect(await owners('a')).toEqual({});
        expect(await available('a')).toEqual({ a: 1 });
      });

      test('CE-7: a sweep that saw no order frees nothing once the order is committed', async () => {
        await open({ a: 1 });
        const request = await take('A', { a: 1 });
        await apply(request);
        expect(await gate.free(saleId, 'a', 0, idOf('A'), 0, nowMs)).toBe(false);
        expect(await owners('a')).toEqual({ 0: 'A' });
        expect(await kindOf(ask('B', { a: 1 }))).toBe('sold-out');
      });

      test('a unit that the ledger no longer lists is freed, with its count and its place in the entry', async () => {
        await open({ a: 3 });
        const request = await take('A', { a: 2 });
        await apply(request);
        expect(await gate.free(saleId, 'a', 1, idOf('A'), 1, nowMs)).toBe(true);
        expect(await gate.free(saleId, 'a', 1, idOf('A'), 1, nowMs)).toBe(false);
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(1);
        await expire(request);
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(0);
        expect(await available('a')).toEqual({ a: 3 });
      });

      test('CE-16: a second, late release of an order does not clear the unit that is another order’s now', async () => {
        await open({ a: 1 });
        const request = await take('A', { a: 1 });
        await expire(request);
        await take('B', { a: 1 });
        await expire(request, 3);
        expect(await gate.free(saleId, 'a', 0, idOf('A'), 3, nowMs)).toBe(false);
        expect(await owners('a')).toEqual({ 0: 'B' });
        expect(await kindOf(ask('C', { a: 1 }))).toBe('sold-out');
      });
    });

    describe('rule 7, capacity', () => {
      test('it grows and never shrinks', async () => {
        await open({ a: 2 });
        await gate.setCapacity(saleId, 'a', 5);
        await gate.setCapacity(saleId, 'a', 3);
        await gate.setCapacity(saleId, 'new', 1);
        expect(await available('a', 'new')).toEqual({ a: 5, new: 1 });
      });

      test('a gate that does not exist stays so', async () => {
        await gate.setCapacity(saleId, 'a', 5);
        expect(await gate.summary(saleId, ['a'])).toEqual({ state: 'none', available: { a: 0 }, pendingOrders: 0 });
        expect(await gate.beginRebuild(saleId, 'first', ['a'], { remake: false })).toBe('started');
        await gate.publish(saleId, 'first', 0, { a: 2 });
        expect(await available('a')).toEqual({ a: 2 });
      });

      test('a capacity set during a rebuild is not lowered by its end', async () => {
        await gate.beginRebuild(saleId, 'first', ['a'], { remake: false });
        await gate.setCapacity(saleId, 'a', 5);
        await gate.publish(saleId, 'first', 0, { a: 2 });
        expect(await available('a')).toEqual({ a: 5 });
      });

      test('claims beyond a capacity that lags behind take nothing within it, and never leave less than 0', async () => {
        await open({ a: 1 });
        await gate.mark(saleId, [claimOf('a', 5, 'A'), claimOf('a', 6, 'A')]);
        expect(await available('a')).toEqual({ a: 0 });
        expect(await gate.reserve(ask('B', { a: 1 }), { nowMs })).toEqual({ kind: 'sold-out', available: { a: 0 } });
        await gate.setCapacity(saleId, 'a', 8);
        expect(unitsOf((await take('B', { a: 6 })).order)).toEqual({ a: [0, 1, 2, 3, 4, 7] });
      });
    });

    describe('rules 9 and 11, retries', () => {
      test('CE-5: the send of the last unit failed; it stays set aside, the next buyer is refused, the retry has it', async () => {
        await open({ a: 1 });
        const request = await take('A', { a: 1 });
        expect(await kindOf(ask('B', { a: 1 }))).toBe('sold-out');
        expect(await gate.reserve(ask('A', { a: 1 }), { nowMs: nowMs + 60_000 })).toEqual({ kind: 'pending', request });
        await apply(request);
        expect(await owners('a')).toEqual({ 0: 'A' });
      });

      test('peek tells a known order from an unknown one, and what the customer has', async () => {
        await open({ a: 5 });
        await take('A', { a: 2 });
        expect(await gate.peek(saleId, idOf('A'), 'customer-A')).toEqual({ known: true, customerUnits: 2 });
        expect(await gate.peek(saleId, idOf('B'), 'customer-B')).toEqual({ known: false, customerUnits: 0 });
      });
    });

    describe('rules 31 to 35, rebuild', () => {
      test('one rebuild at a time; the same one may ask twice; a ready gate is left alone', async () => {
        expect(await gate.beginRebuild(saleId, 'one', ['a'], { remake: false })).toBe('started');
        expect(await gate.beginRebuild(saleId, 'two', ['a'], { remake: false })).toBe('locked');
        expect(await gate.beginRebuild(saleId, 'one', ['a'], { remake: false })).toBe('started');
        expect((await gate.summary(saleId, ['a'])).state).toBe('rebuilding');
        expect(await gate.renew(saleId, 'one')).toBe(true);
        expect(await gate.renew(saleId, 'two')).toBe(false);
        expect(await gate.publish(saleId, 'two', 0, { a: 1 })).toBe(false);
        expect(await gate.publish(saleId, 'one', 0, { a: 1 })).toBe(true);
        expect(await gate.publish(saleId, 'one', 0, { a: 1 })).toBe(true);
        expect(await gate.renew(saleId, 'one')).toBe(false);
        expect(await gate.beginRebuild(saleId, 'two', ['a'], { remake: false })).toBe('ready');
        expect((await gate.summary(saleId, ['a'])).state).toBe('ready');
      });

      test('a rebuild that was taken over, or is over, loads and publishes nothing', async () => {
        await open({ a: 3 });
        expect(await gate.load(saleId, 'opening', 'a', [claimOf('a', 0, 'A')])).toBe(false);
        await gate.beginRebuild(saleId, 'second', ['a'], { remake: true });
        expect(await gate.load(saleId, 'opening', 'a', [claimOf('a', 0, 'A')])).toBe(false);
        expect(await gate.publish(saleId, 'opening', 0, { a: 3 })).toBe(false);
        expect(await owners('a')).toEqual({});
        expect((await gate.summary(saleId, ['a'])).state).toBe('rebuilding');
      });

      test('claims come back as stubs with their customers’ counts, then images as they are applied', async () => {
        await gate.beginRebuild(saleId, 'one', ['a', 'b'], { remake: false });
        expect(await gate.load(saleId, 'one', 'a', [claimOf('a', 0, 'A'), claimOf('a', 3, 'A'), claimOf('a', 1, 'B')])).toBe(true);
        expect(await gate.load(saleId, 'one', 'b', [claimOf('b', 0, 'A')])).toBe(true);
        expect(await gate.publish(saleId, 'one', 2, { a: 5, b: 2 })).toBe(true);
        expect(await owners('a')).toEqual({ 0: 'A', 1: 'B', 3: 'A' });
        expect(await available('a', 'b')).toEqual({ a: 2, b: 1 });
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(3);
        expect(unitsOf((await take('C', { a: 2 })).order)).toEqual({ a: [2, 4] });
        const request = ask('A', { a: 2, b: 1 });
        const order = { ...request.order, lines: linesWith(request.order.lines, { a: [0, 3], b: [0] }) };
        await expire({ ...request, order });
        expect(await available('a', 'b')).toEqual({ a: 2, b: 2 });
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(0);
      });

      test('a chunk that did not arrive keeps the gate closed', async () => {
        await gate.beginRebuild(saleId, 'one', ['a'], { remake: false });
        await gate.load(saleId, 'one', 'a', [claimOf('a', 0, 'A')]);
        expect(await gate.publish(saleId, 'one', 2, { a: 5 })).toBe(false);
        expect((await gate.summary(saleId, ['a'])).state).toBe('rebuilding');
      });

      test('a claim read before its order was closed does not bring it back', async () => {
        await gate.beginRebuild(saleId, 'one', ['a'], { remake: false });
        const request = ask('A', { a: 1 });
        await expire({ ...request, order: { ...request.order, lines: linesWith(request.order.lines, { a: [0] }) } });
        await gate.load(saleId, 'one', 'a', [claimOf('a', 0, 'A', { version: 1 })]);
        await gate.publish(saleId, 'one', 1, { a: 1 });
        expect(await available('a')).toEqual({ a: 1 });
        expect(await kindOf(request)).toBe('replayed');
      });

      test('a rebuild empties the gate: units, orders, counts and pending orders', async () => {
        await open({ a: 3 });
        await take('A', { a: 2 });
        await open({ a: 3 });
        expect(await owners('a')).toEqual({});
        expect(await gate.pending(saleId)).toEqual([]);
        expect(await gate.customerUnits(saleId, 'customer-A')).toBe(0);
        expect(unitsOf((await take('A', { a: 2 })).order)).toEqual({ a: [0, 1] });
      });

      test(`${limits.gateBulkUnits} claims are one chunk, one more is refused`, async () => {
        await gate.beginRebuild(saleId, 'one', ['a'], { remake: false });
        const claims = Array.from({ length: limits.gateBulkUnits }, (_, unit) => claimOf('a', unit, unit % 2 === 0 ? 'A' : 'B'));
        expect(await gate.load(saleId, 'one', 'a', claims)).toBe(true);
        await expect(gate.load(saleId, 'one', 'a', [...claims, claimOf('a', limits.gateBulkUnits, 'C')])).rejects.toThrow('at most');
        await gate.publish(saleId, 'one', 1, { a: limits.gateBulkUnits });
        expect(await available('a')).toEqual({ a: 0 });
      });
    });

    describe('rule 36 and the reads', () => {
      test('an order is read as it stands: pending with its units, held, closed; unknown is undefined', async () => {
        await open({ a: 3 });
        expect(await gate.order(saleId, idOf('A'))).toBeUndefined();
        const request = await take('A', { a: 2 });
        expect(await gate.order(saleId, idOf('A'))).toEqual({ version: 0, order: request.order });
        await apply(request);
        expect(await gate.order(saleId, idOf('A'))).toEqual({ version: 1, order: imageOf(request) });
        await expire(request);
        expect((await gate.order(saleId, idOf('A')))?.order?.state).toBe('expired');
      });

      test('the summary counts what is left and what is pending since when', async () => {
        await open({ a: 3, b: 1 });
        await take('B', { a: 1 }, { acceptedAtMs: nowMs + 20 });
        const oldest = await take('A', { a: 1 }, { acceptedAtMs: nowMs + 10 });
        expect(await gate.summary(saleId, ['a', 'b', 'c'])).toEqual({
          state: 'ready',
          available: { a: 1, b: 1, c: 0 },
          pendingOrders: 2,
          oldestPendingAtMs: nowMs + 10,
        });
        expect(await gate.pending(saleId)).toEqual([
          { orderId: idOf('A'), acceptedAtMs: nowMs + 10 },
          { orderId: idOf('B'), acceptedAtMs: nowMs + 20 },
        ]);
        await apply(oldest);
        expect((await gate.summary(saleId, ['a'])).oldestPendingAtMs).toBe(nowMs + 20);
      });

      test(`owners are read ${limits.gateBulkUnits} units a page`, async () => {
        await open({ a: 2 * limits.gateBulkUnits });
        const edge = limits.gateBulkUnits;
        await gate.mark(saleId, [claimOf('a', 0, 'A'), claimOf('a', edge - 1, 'B'), claimOf('a', edge, 'C')]);
        expect(await owners('a')).toEqual({ 0: 'A', [edge - 1]: 'B' });
        expect(await owners('a', edge)).toEqual({ [edge]: 'C' });
        expect(await owners('a', 2 * edge)).toEqual({});
      });

      test(`${limits.waitersPerSale} requests may wait; places come back when left and when their time is over`, async () => {
        const enter = (name: string, atMs = nowMs) => gate.enterWait(saleId, name, atMs, atMs + 5000);
        for (let n = 0; n < limits.waitersPerSale; n += 1) expect(await enter(`request-${n}`)).toBe(true);
        expect(await enter('one-more')).toBe(false);
        expect(await enter('request-0')).toBe(true);
        await gate.leaveWait(saleId, 'request-1');
        expect(await enter('one-more')).toBe(true);
        expect(await enter('another')).toBe(false);
        expect(await enter('another', nowMs + 4999)).toBe(false);
        expect(await enter('another', nowMs + 5000)).toBe(true);
      });

      test('a wiped gate is none: busy for orders, empty for reads', async () => {
        await open({ a: 3 });
        await take('A', { a: 1 });
        await made.wipe();
        expect(await kindOf(ask('A', { a: 1 }))).toBe('busy');
        expect((await gate.summary(saleId, ['a'])).state).toBe('none');
        expect(await gate.order(saleId, idOf('A'))).toBeUndefined();
      });
    });

    test('32 buyers at once for 10 units: 10 get one each, 22 are refused', async () => {
      await open({ a: 10 });
      const letters = 'ABCDEFGHJKMNPQRSTVWXYZ0123456789'.split('');
      const outcomes = await Promise.all(letters.map((letter) => gate.reserve(ask(letter, { a: 1 }), { nowMs })));
      const units = outcomes.flatMap((outcome) => (outcome.kind === 'reserved' ? (unitsOf(outcome.request.order)['a'] ?? []) : []));
      expect(units.toSorted((x, y) => x - y)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(outcomes.filter((outcome) => outcome.kind === 'sold-out')).toHaveLength(22);
    });
  });
}
