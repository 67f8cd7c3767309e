import { describe, expect, test } from '@jest/globals';
import type { GateContext } from './stock-gate.context.ts';
import { claimOf, idOf, linesWith, nowMs, unitsOf } from './stock-gate-fixtures.ts';

/** Rule 4: other units for an order that collided. */
export function drawCases(context: GateContext): void {
  const { open, ask, take, kindOf, owners, available, apply, expire } = context;

  describe('rule 4, draw', () => {
    test('collided units are marked, the others kept, and each line filled up', async () => {
      await open({ a: 6, b: 4 });
      const request = await take('A', { a: 3, b: 1 });
      const outcome = await context.gate.draw(request, [claimOf('a', 1, 'X')]);
      if (outcome.kind !== 'drawn') throw new Error(`expected units, got ${outcome.kind}`);
      const { a, b } = unitsOf(outcome.request.order);
      expect(a?.slice(0, 2)).toEqual([0, 2]);
      expect([3, 4, 5]).toContain(a?.[2]);
      expect(b).toEqual([0]);
      expect(await owners('a')).toEqual({ 0: 'A', 1: 'X', 2: 'A', [`${a?.[2]}`]: 'A' });
      expect(await available('a', 'b')).toEqual({ a: 2, b: 3 });
      expect(await context.customerUnits('customer-A')).toBe(4);
      expect(await context.gate.reserve(ask('A', { a: 3, b: 1 }))).toEqual({ kind: 'pending', request: outcome.request });
    });

    test('every clear unit can be drawn, wherever the search begins', async () => {
      await open({ a: 20 });
      const first = await take('A', { a: 10 });
      await take('B', { a: 5 });
      await context.gate.mark(context.saleId, [claimOf('a', 17, 'C'), claimOf('a', 19, 'C')]);
      const outcome = await context.gate.draw(
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
      expect(await context.gate.draw(request, [claimOf('a', 1, 'X')])).toEqual({ kind: 'none' });
      expect(await owners('a')).toEqual({ 0: 'A', 1: 'X' });
      expect(await owners('b')).toEqual({ 0: 'A' });
      expect(await context.gate.reserve(ask('A', { a: 2, b: 1 }))).toEqual({ kind: 'pending', request });
    });

    test('an order whose entry was lost keeps those of its message that are free, and is known again', async () => {
      await open({ a: 4 });
      await take('B', { a: 1 });
      const message = ask('A', { a: 2 });
      const order = { ...message.order, lines: linesWith(message.order.lines, { a: [0, 1] }) };
      const outcome = await context.gate.draw({ ...message, order }, [claimOf('a', 0, 'B')]);
      if (outcome.kind !== 'drawn') throw new Error(`expected units, got ${outcome.kind}`);
      expect(unitsOf(outcome.request.order)['a']?.[0]).toBe(1);
      expect(await context.pending()).toEqual([
        { orderId: idOf('A'), acceptedAtMs: nowMs },
        { orderId: idOf('B'), acceptedAtMs: nowMs },
      ]);
      expect(await context.customerUnits('customer-A')).toBe(2);
      expect(await kindOf(ask('A', { a: 2 }))).toBe('pending');
    });

    test('a unit that another order holds in the gate is not kept, though nothing collided', async () => {
      await open({ a: 3 });
      await take('B', { a: 1 });
      const message = ask('A', { a: 1 });
      const order = { ...message.order, lines: linesWith(message.order.lines, { a: [0] }) };
      const outcome = await context.gate.draw({ ...message, order }, []);
      if (outcome.kind !== 'drawn') throw new Error(`expected units, got ${outcome.kind}`);
      expect([1, 2]).toContain(unitsOf(outcome.request.order)['a']?.[0]);
      expect((await owners('a'))[0]).toBe('B');
    });

    test('an order committed or closed meanwhile is done; a gate not ready parks', async () => {
      await open({ a: 3 });
      const request = await take('A', { a: 1 });
      await apply(request);
      expect(await context.gate.draw(request, [claimOf('a', 0, 'X')])).toEqual({ kind: 'done' });
      await expire(request);
      expect(await context.gate.draw(request, [])).toEqual({ kind: 'done' });
      await context.gate.beginRebuild(context.saleId, 'again', ['a'], { remake: true, lanes: 1, gateVersion: 1 });
      expect(await context.gate.draw(request, [])).toEqual({ kind: 'park' });
      context.nextSale();
      expect(await context.gate.draw(ask('A', { a: 1 }), [])).toEqual({ kind: 'park' });
    });

    test('a stub is done: the ledger has the order', async () => {
      await open({ a: 3 });
      await context.gate.mark(context.saleId, [claimOf('a', 0, 'A')]);
      expect(await context.gate.draw(ask('A', { a: 1 }), [])).toEqual({ kind: 'done' });
    });

    test('a key used with two bodies around a failover: the units of the other body are freed', async () => {
      await open({ a: 2, b: 2 });
      await take('A', { b: 2 }, { fingerprint: 'second body' });
      const first = ask('A', { a: 1 }, { fingerprint: 'first body' });
      expect((await context.gate.draw(first, [])).kind).toBe('drawn');
      expect(await available('a', 'b')).toEqual({ a: 1, b: 2 });
      expect(await context.customerUnits('customer-A')).toBe(1);
    });
  });
}
