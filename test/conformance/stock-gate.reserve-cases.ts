import { describe, expect, test } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import type { GateContext } from './stock-gate.context.ts';
import { claimOf, idOf, imageOf, linesWith, nowMs, unitsOf } from './stock-gate-fixtures.ts';

/** Rule 1: units for new orders, answers for known ones. */
export function reserveCases(context: GateContext): void {
  const { open, ask, take, kindOf, owners, available, apply, expire } = context;

  describe('rule 1, reserve', () => {
    test('a new order gets the lowest clear units of each line, in its own request', async () => {
      await open({ a: 5, b: 3 });
      await take('A', { a: 2 });
      const request = ask('B', { a: 2, b: 1 });
      expect(await context.gate.reserve(request)).toEqual({
        kind: 'reserved',
        request: { ...request, order: { ...request.order, lines: linesWith(request.order.lines, { a: [2, 3], b: [0] }) } },
      });
      expect(await owners('a')).toEqual({ 0: 'A', 1: 'A', 2: 'B', 3: 'B' });
      expect(await available('a', 'b')).toEqual({ a: 1, b: 2 });
    });

    test('the same order again is pending with the request that was kept, and takes nothing', async () => {
      await open({ a: 5 });
      const first = await take('A', { a: 2 });
      const again = await context.gate.reserve(ask('A', { a: 2 }, { acceptedAtMs: nowMs + 5 }));
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
      expect(await context.gate.reserve(ask('A', { a: 1 }))).toEqual({ kind: 'replayed', order: imageOf(request) });
      await expire(request);
      expect(await context.gate.reserve(ask('A', { a: 1 }))).toEqual({
        kind: 'replayed',
        order: imageOf(request, { state: 'expired', version: 2, closedAtMs: nowMs }),
      });
      expect(await available('a')).toEqual({ a: 1 });
    });

    test('all lines or nothing: one line short refuses the order with what is left of each sku asked for', async () => {
      await open({ a: 5, b: 1, c: 9 });
      expect(await context.gate.reserve(ask('A', { a: 2, b: 2 }))).toEqual({ kind: 'sold-out', available: { a: 5, b: 1 } });
      expect(await available('a', 'b', 'c')).toEqual({ a: 5, b: 1, c: 9 });
      expect(await context.gate.order(context.saleId, idOf('A'))).toBeUndefined();
      expect(await context.pending()).toEqual([]);
    });

    test('capacity 1: one order gets unit 0, the next none', async () => {
      await open({ a: 1 });
      expect(unitsOf((await take('A', { a: 1 })).order)).toEqual({ a: [0] });
      expect(await context.gate.reserve(ask('B', { a: 1 }))).toEqual({ kind: 'sold-out', available: { a: 0 } });
    });

    test('a sku the gate has no capacity of is sold out, not a fault', async () => {
      await open({ a: 1 });
      expect(await context.gate.reserve(ask('A', { nowhere: 1 }))).toEqual({ kind: 'sold-out', available: { nowhere: 0 } });
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
      await context.gate.beginRebuild(context.saleId, 'one', ['a'], { remake: false, lanes: 1, gateVersion: 1 });
      expect(await context.gate.load(context.saleId, 'one', 'a', [claimOf('a', last, 'A')])).toBe(true);
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'one', 1, { a: limits.capacityUnits })).toBe(true);
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
      await context.gate.beginRebuild(context.saleId, 'again', ['a'], { remake: true, lanes: 1, gateVersion: 1 });
      expect(await kindOf(ask('A', { a: 1 }))).toBe('busy');
      expect(await kindOf(ask('B', { a: 1 }))).toBe('busy');
    });

    test('with knownOnly a new order is unknown and takes nothing; a known one is answered', async () => {
      await open({ a: 2 });
      await take('A', { a: 1 });
      expect(await context.gate.reserve(ask('B', { a: 1 }), { knownOnly: true })).toEqual({ kind: 'unknown' });
      expect((await context.gate.reserve(ask('A', { a: 1 }), { knownOnly: true })).kind).toBe('pending');
      expect(await available('a')).toEqual({ a: 1 });
    });
  });

  describe('rule 1, customer limit', () => {
    const mine = { customerId: 'one', customerLimit: 3 };

    test('limit 3: units of all orders count; 3 pass, a 4th is refused with what remains', async () => {
      await open({ a: 9, b: 9 });
      await take('A', { a: 1, b: 1 }, mine);
      expect(await context.gate.reserve(ask('B', { a: 2 }, mine))).toEqual({ kind: 'customer-limit', remaining: 1 });
      await take('C', { a: 1 }, mine);
      expect(await context.gate.reserve(ask('D', { a: 1 }, mine))).toEqual({ kind: 'customer-limit', remaining: 0 });
      await take('E', { a: 3 }, { customerId: 'two', customerLimit: 3 });
      expect(await context.customerUnits('one')).toBe(3);
    });

    test('a limit below what the customer has remains 0, never less', async () => {
      await open({ a: 9 });
      await take('A', { a: 3 }, mine);
      const lower = ask('B', { a: 1 }, { ...mine, customerLimit: 1 });
      expect(await context.gate.reserve(lower)).toEqual({ kind: 'customer-limit', remaining: 0 });
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
      expect(await context.customerUnits('')).toBe(0);
    });

    test('units come off the count when the order ends, once', async () => {
      await open({ a: 9 });
      const request = await take('A', { a: 3 }, mine);
      await apply(request);
      expect(await context.customerUnits('one')).toBe(3);
      await expire(request);
      await expire(request);
      await expire(request, 3);
      expect(await context.customerUnits('one')).toBe(0);
      await take('B', { a: 3 }, mine);
    });
  });

  test('32 buyers at once for 10 units: 10 get one each, 22 are refused', async () => {
    await open({ a: 10 });
    const letters = 'ABCDEFGHJKMNPQRSTVWXYZ0123456789'.split('');
    const outcomes = await Promise.all(letters.map((letter) => context.gate.reserve(ask(letter, { a: 1 }))));
    const units = outcomes.flatMap((outcome) => (outcome.kind === 'reserved' ? (unitsOf(outcome.request.order)['a'] ?? []) : []));
    expect(units.toSorted((x, y) => x - y)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(outcomes.filter((outcome) => outcome.kind === 'sold-out')).toHaveLength(22);
  });
}
