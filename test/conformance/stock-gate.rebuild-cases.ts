import { describe, expect, test } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import type { GateContext } from './stock-gate.context.ts';
import { claimOf, linesWith, unitsOf } from './stock-gate-fixtures.ts';

/** Rules 7 and 31 to 35: capacity, and a gate made again. */
export function rebuildCases(context: GateContext): void {
  const { open, ask, take, kindOf, owners, available, expire } = context;

  describe('rule 7, capacity', () => {
    test('it grows and never shrinks', async () => {
      await open({ a: 2 });
      await context.gate.setCapacity({ saleId: context.saleId, gateVersion: 1 }, 'a', 5);
      await context.gate.setCapacity({ saleId: context.saleId, gateVersion: 1 }, 'a', 3);
      await context.gate.setCapacity({ saleId: context.saleId, gateVersion: 1 }, 'new', 1);
      expect(await available('a', 'new')).toEqual({ a: 5, new: 1 });
    });

    test('a gate that does not exist stays so', async () => {
      await context.gate.setCapacity({ saleId: context.saleId, gateVersion: 1 }, 'a', 5);
      expect(await context.gate.summary(context.saleId, ['a'])).toEqual({ state: 'none', available: { a: 0 }, pendingOrders: 0 });
      expect(await context.gate.beginRebuild(context.saleId, 'first', ['a'], { remake: false, lanes: 1, gateVersion: 1 })).toBe('started');
      await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'first', 0, { a: 2 });
      expect(await available('a')).toEqual({ a: 2 });
    });

    test('a capacity set during a rebuild is not lowered by its end', async () => {
      await context.gate.beginRebuild(context.saleId, 'first', ['a'], { remake: false, lanes: 1, gateVersion: 1 });
      await context.gate.setCapacity({ saleId: context.saleId, gateVersion: 1 }, 'a', 5);
      await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'first', 0, { a: 2 });
      expect(await available('a')).toEqual({ a: 5 });
    });

    test('claims beyond a capacity that lags behind take nothing within it, and never leave less than 0', async () => {
      await open({ a: 1 });
      await context.gate.mark(context.saleId, [claimOf('a', 5, 'A'), claimOf('a', 6, 'A')]);
      expect(await available('a')).toEqual({ a: 0 });
      expect(await context.gate.reserve(ask('B', { a: 1 }))).toEqual({ kind: 'sold-out', available: { a: 0 } });
      await context.gate.setCapacity({ saleId: context.saleId, gateVersion: 1 }, 'a', 8);
      expect(unitsOf((await take('B', { a: 6 })).order)).toEqual({ a: [0, 1, 2, 3, 4, 7] });
    });
  });

  describe('rules 31 to 35, rebuild', () => {
    test('one rebuild at a time; the same one may ask twice; a ready gate is left alone', async () => {
      expect(await context.gate.beginRebuild(context.saleId, 'one', ['a'], { remake: false, lanes: 1, gateVersion: 1 })).toBe('started');
      expect(await context.gate.beginRebuild(context.saleId, 'two', ['a'], { remake: false, lanes: 1, gateVersion: 1 })).toBe('locked');
      expect(await context.gate.beginRebuild(context.saleId, 'one', ['a'], { remake: false, lanes: 1, gateVersion: 1 })).toBe('started');
      expect((await context.gate.summary(context.saleId, ['a'])).state).toBe('rebuilding');
      expect(await context.gate.renew(context.saleId, 'one')).toBe(true);
      expect(await context.gate.renew(context.saleId, 'two')).toBe(false);
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'two', 0, { a: 1 })).toBe(false);
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'one', 0, { a: 1 })).toBe(true);
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'one', 0, { a: 1 })).toBe(true);
      expect(await context.gate.renew(context.saleId, 'one')).toBe(false);
      expect(await context.gate.beginRebuild(context.saleId, 'two', ['a'], { remake: false, lanes: 1, gateVersion: 1 })).toBe('ready');
      expect((await context.gate.summary(context.saleId, ['a'])).state).toBe('ready');
    });

    test('a rebuild that was taken over, or is over, loads and publishes nothing', async () => {
      await open({ a: 3 });
      expect(await context.gate.load(context.saleId, 'opening', 'a', [claimOf('a', 0, 'A')])).toBe(false);
      await context.gate.beginRebuild(context.saleId, 'second', ['a'], { remake: true, lanes: 1, gateVersion: 1 });
      expect(await context.gate.load(context.saleId, 'opening', 'a', [claimOf('a', 0, 'A')])).toBe(false);
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'opening', 0, { a: 3 })).toBe(false);
      expect(await owners('a')).toEqual({});
      expect((await context.gate.summary(context.saleId, ['a'])).state).toBe('rebuilding');
    });

    test('claims come back as stubs with their customers’ counts, then images as they are applied', async () => {
      await context.gate.beginRebuild(context.saleId, 'one', ['a', 'b'], { remake: false, lanes: 1, gateVersion: 1 });
      expect(await context.gate.load(context.saleId, 'one', 'a', [claimOf('a', 0, 'A'), claimOf('a', 3, 'A'), claimOf('a', 1, 'B')])).toBe(
        true,
      );
      expect(await context.gate.load(context.saleId, 'one', 'b', [claimOf('b', 0, 'A')])).toBe(true);
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'one', 2, { a: 5, b: 2 })).toBe(true);
      expect(await owners('a')).toEqual({ 0: 'A', 1: 'B', 3: 'A' });
      expect(await available('a', 'b')).toEqual({ a: 2, b: 1 });
      expect(await context.customerUnits('customer-A')).toBe(3);
      expect(unitsOf((await take('C', { a: 2 })).order)).toEqual({ a: [2, 4] });
      const request = ask('A', { a: 2, b: 1 });
      const order = { ...request.order, lines: linesWith(request.order.lines, { a: [0, 3], b: [0] }) };
      await expire({ ...request, order });
      expect(await available('a', 'b')).toEqual({ a: 2, b: 2 });
      expect(await context.customerUnits('customer-A')).toBe(0);
    });

    test('a chunk that did not arrive keeps the gate closed', async () => {
      await context.gate.beginRebuild(context.saleId, 'one', ['a'], { remake: false, lanes: 1, gateVersion: 1 });
      await context.gate.load(context.saleId, 'one', 'a', [claimOf('a', 0, 'A')]);
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'one', 2, { a: 5 })).toBe(false);
      expect((await context.gate.summary(context.saleId, ['a'])).state).toBe('rebuilding');
    });

    test('a claim read before its order was closed does not bring it back', async () => {
      await context.gate.beginRebuild(context.saleId, 'one', ['a'], { remake: false, lanes: 1, gateVersion: 1 });
      const request = ask('A', { a: 1 });
      await expire({ ...request, order: { ...request.order, lines: linesWith(request.order.lines, { a: [0] }) } });
      await context.gate.load(context.saleId, 'one', 'a', [claimOf('a', 0, 'A', { version: 1 })]);
      await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'one', 1, { a: 1 });
      expect(await available('a')).toEqual({ a: 1 });
      expect(await kindOf(request)).toBe('replayed');
    });

    test('a rebuild empties the gate: units, orders, counts and pending orders', async () => {
      await open({ a: 3 });
      await take('A', { a: 2 });
      await open({ a: 3 });
      expect(await owners('a')).toEqual({});
      expect(await context.pending()).toEqual([]);
      expect(await context.customerUnits('customer-A')).toBe(0);
      expect(unitsOf((await take('A', { a: 2 })).order)).toEqual({ a: [0, 1] });
    });

    test(`${limits.rebuildChunkClaims} claims are one chunk, one more is refused`, async () => {
      await context.gate.beginRebuild(context.saleId, 'one', ['a'], { remake: false, lanes: 1, gateVersion: 1 });
      const letters = 'ABDEFGHJKMNPQRSTVWXYZ0123456789';
      const claims = Array.from({ length: limits.rebuildChunkClaims }, (_, unit) =>
        claimOf('a', unit, letters.charAt(unit % letters.length)),
      );
      expect(await context.gate.load(context.saleId, 'one', 'a', claims)).toBe(true);
      await expect(
        context.gate.load(context.saleId, 'one', 'a', [...claims, claimOf('a', limits.rebuildChunkClaims, 'C')]),
      ).rejects.toThrow('at most');
      await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'one', 1, { a: limits.rebuildChunkClaims });
      expect(await available('a')).toEqual({ a: 0 });
    });
  });
}
