import { describe, expect, test } from '@jest/globals';
import type { GateContext } from './stock-gate.context.ts';
import { claimOf, idOf, linesWith, unitsOf } from './stock-gate-fixtures.ts';

/** Rules 2 and 3: what the ledger says of an order, whole or unit by unit. */
export function applyCases(context: GateContext): void {
  const { open, ask, take, kindOf, owners, available, apply, expire } = context;

  describe('rule 2, apply', () => {
    test('a version twice, or an older one, changes nothing (CE-15)', async () => {
      await open({ a: 3 });
      const request = await take('A', { a: 1 });
      await expire(request, 2);
      await apply(request);
      expect(await available('a')).toEqual({ a: 3 });
      expect((await context.gate.order(context.saleId, idOf('A')))?.order?.state).toBe('expired');
    });

    test('a redraw that the gate missed: what the order no longer lists is cleared, what it lists is set', async () => {
      await open({ a: 5 });
      const request = await take('A', { a: 2 });
      const order = { ...request.order, lines: linesWith(request.order.lines, { a: [1, 4] }) };
      await apply({ ...request, order });
      expect(await owners('a')).toEqual({ 1: 'A', 4: 'A' });
      expect(await context.customerUnits('customer-A')).toBe(2);
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
      expect(await context.pending()).toEqual([]);
    });

    test('a gate that does not exist takes nothing, one being rebuilt does', async () => {
      const request = ask('A', { a: 1 });
      const order = { ...request.order, lines: linesWith(request.order.lines, { a: [1] }) };
      await apply({ ...request, order });
      expect(await context.gate.order(context.saleId, idOf('A'))).toBeUndefined();
      await context.gate.beginRebuild(context.saleId, 'first', ['a'], { remake: false, lanes: 1, gateVersion: 1 });
      await apply({ ...request, order });
      expect(await owners('a')).toEqual({ 1: 'A' });
      await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'first', 0, { a: 2 });
      expect(await available('a')).toEqual({ a: 1 });
      expect(await kindOf(ask('A', { a: 1 }))).toBe('replayed');
    });

    test('a key used with two bodies around a failover: the image clears the units of the other body, also of other skus', async () => {
      await open({ a: 2, b: 2 });
      await take('A', { b: 2 }, { fingerprint: 'second body' });
      const first = ask('A', { a: 1 }, { fingerprint: 'first body' });
      await apply({ ...first, order: { ...first.order, lines: linesWith(first.order.lines, { a: [0] }) } });
      expect(await available('a', 'b')).toEqual({ a: 1, b: 2 });
      expect(await context.customerUnits('customer-A')).toBe(1);
    });
  });

  describe('rule 3, mark', () => {
    test('an unknown order becomes a stub that asks for the ledger', async () => {
      await open({ a: 3 });
      await context.gate.mark(context.saleId, [claimOf('a', 0, 'A'), claimOf('a', 2, 'A')]);
      expect(await owners('a')).toEqual({ 0: 'A', 2: 'A' });
      expect(await available('a')).toEqual({ a: 1 });
      expect(await kindOf(ask('A', { a: 2 }))).toBe('ask-ledger');
      expect(await context.gate.order(context.saleId, idOf('A'))).toEqual({ version: 0.5 });
      expect(await context.customerUnits('customer-A')).toBe(2);
      expect(await context.pending()).toEqual([]);
    });

    test('the same mark twice counts once', async () => {
      await open({ a: 3 });
      await context.gate.mark(context.saleId, [claimOf('a', 0, 'A'), claimOf('a', 0, 'A')]);
      await context.gate.mark(context.saleId, [claimOf('a', 0, 'A')]);
      expect(await context.customerUnits('customer-A')).toBe(1);
      expect(await available('a')).toEqual({ a: 2 });
    });

    test('an order closed at that version or later is left closed', async () => {
      await open({ a: 3 });
      const request = await take('A', { a: 1 });
      await expire(request, 2);
      await context.gate.mark(context.saleId, [claimOf('a', 0, 'A', { version: 1 }), claimOf('a', 1, 'A', { version: 2 })]);
      expect(await available('a')).toEqual({ a: 3 });
      expect(await context.customerUnits('customer-A')).toBe(0);
    });

    test('an order closed before that version (a late payment took it up) is live again and asks for the ledger', async () => {
      await open({ a: 3 });
      const request = await take('A', { a: 1 });
      await expire(request, 2);
      await context.gate.mark(context.saleId, [claimOf('a', 0, 'A', { version: 3 })]);
      expect(await owners('a')).toEqual({ 0: 'A' });
      expect(await kindOf(ask('A', { a: 1 }))).toBe('ask-ledger');
      await apply(request, { state: 'confirmed', version: 3 });
      expect((await context.gate.order(context.saleId, idOf('A')))?.order?.state).toBe('confirmed');
      expect(await context.customerUnits('customer-A')).toBe(1);
    });

    test('an order taken up again by a claim that names no customer counts for the one it had', async () => {
      await open({ a: 3 });
      await expire(await take('A', { a: 1 }));
      const { customerId: _, ...nameless } = claimOf('a', 0, 'A', { version: 3 });
      await context.gate.mark(context.saleId, [nameless]);
      expect(await context.customerUnits('customer-A')).toBe(1);
    });

    test('CE-21: one marked unit of a pending order does not pass for its whole image', async () => {
      await open({ a: 2, b: 1 });
      const lost = ask('A', { a: 1, b: 1 });
      const committed = { ...lost, order: { ...lost.order, lines: linesWith(lost.order.lines, { a: [1], b: [0] }) } };
      expect(unitsOf((await take('A', { a: 1, b: 1 })).order)).toEqual({ a: [0], b: [0] });
      await context.gate.mark(context.saleId, [claimOf('a', 1, 'A')]);
      expect(await context.customerUnits('customer-A')).toBe(3);
      await apply(committed);
      expect(await owners('a')).toEqual({ 1: 'A' });
      expect(await context.customerUnits('customer-A')).toBe(2);
      expect(await available('a', 'b')).toEqual({ a: 1, b: 0 });
    });

    test('CE-21: one marked unit of an unknown order does not pass for its whole image', async () => {
      await open({ a: 3 });
      await context.gate.mark(context.saleId, [claimOf('a', 1, 'A')]);
      const request = ask('A', { a: 2 });
      await apply({ ...request, order: { ...request.order, lines: linesWith(request.order.lines, { a: [1, 2] }) } });
      expect(await owners('a')).toEqual({ 1: 'A', 2: 'A' });
      expect(await kindOf(request)).toBe('replayed');
      expect(await context.customerUnits('customer-A')).toBe(2);
    });

    test('a gate that does not exist takes no marks', async () => {
      await context.gate.mark(context.saleId, [claimOf('a', 0, 'A')]);
      expect(await owners('a')).toEqual({});
      expect((await context.gate.summary(context.saleId, ['a'])).state).toBe('none');
    });
  });
}
