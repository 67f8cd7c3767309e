import { describe, expect, test } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import type { CommitRequest } from '../../lambdas/domain/orders/order.ts';
import type { GateContext } from './stock-gate.context.ts';
import { claimOf, idOf, imageOf, nowMs } from './stock-gate-fixtures.ts';

/** Rules 5 and 6: late payments, and units that nobody claims. */
export function releaseCases(context: GateContext): void {
  const { open, ask, take, kindOf, owners, available, apply, expire } = context;

  describe('rules 5 and 6, retake and free', () => {
    const expired = (request: CommitRequest) => imageOf(request, { state: 'expired', version: 2, closedAtMs: nowMs });

    test('all units of an expired order are taken again if all are free, else none', async () => {
      await open({ a: 3, b: 1 });
      const request = await take('A', { a: 2, b: 1 });
      await expire(request);
      expect(await context.gate.retake(expired(request), nowMs)).toBe('taken');
      expect(await owners('a')).toEqual({ 0: 'A', 1: 'A' });
      expect(await context.gate.retake(expired(request), nowMs)).toBe('taken');
      const other = await take('B', { a: 1 });
      await apply(other);
      await expire(other);
      await take('C', { a: 1 });
      expect(await context.gate.retake(expired(other), nowMs)).toBe('refused');
      expect(await owners('a')).toEqual({ 0: 'A', 1: 'A', 2: 'C' });
    });

    test('refused: not even the free ones are taken', async () => {
      await open({ a: 2 });
      const request = await take('A', { a: 2 });
      await expire(request);
      await context.gate.mark(context.saleId, [claimOf('a', 1, 'B')]);
      expect(await context.gate.retake(expired(request), nowMs)).toBe('refused');
      expect(await owners('a')).toEqual({ 1: 'B' });
      expect(await available('a')).toEqual({ a: 1 });
    });

    test('a retake that comes when its order was paid and cancelled by others takes nothing, and counts for nobody', async () => {
      await open({ a: 2 });
      const request = await take('A', { a: 2 });
      await expire(request);
      await context.gate.apply(imageOf(request, { state: 'confirmed', version: 3 }));
      await context.gate.apply(imageOf(request, { state: 'cancelled', version: 4, closedAtMs: nowMs }));
      expect(await context.gate.retake(expired(request), nowMs)).toBe('refused');
      expect([await owners('a'), await context.customerUnits('customer-A')]).toEqual([{}, 0]);
      expect(await context.gate.overdueHolds(context.saleId, nowMs + limits.retakeProtectMs)).toEqual([]);
    });

    test('a gate that is not ready is busy and takes in nothing', async () => {
      await open({ a: 2 });
      const request = await take('A', { a: 1 });
      await context.gate.beginRebuild(context.saleId, 'again', ['a'], { remake: true, lanes: 1, gateVersion: 1 });
      expect(await context.gate.retake(expired(request), nowMs)).toBe('busy');
      expect(await context.gate.order(context.saleId, idOf('A'))).toBeUndefined();
    });

    test('CE-9: the expiry told late, after the retake, frees nothing', async () => {
      await open({ a: 1 });
      const request = await take('A', { a: 1 });
      await apply(request);
      expect(await context.gate.retake(expired(request), nowMs)).toBe('taken');
      await context.gate.apply(expired(request));
      expect(await owners('a')).toEqual({ 0: 'A' });
      expect(await kindOf(ask('C', { a: 1 }))).toBe('sold-out');
    });

    test(`a retake younger than ${limits.retakeProtectMs} ms is not freed, an older one is`, async () => {
      await open({ a: 1 });
      const request = await take('A', { a: 1 });
      await context.gate.retake(expired(request), nowMs);
      const atMs = nowMs + limits.retakeProtectMs;
      expect(await context.gate.free(context.saleId, 'a', 0, idOf('A'), 2, atMs - 1)).toBe(false);
      expect(await owners('a')).toEqual({ 0: 'A' });
      expect(await context.gate.free(context.saleId, 'a', 0, idOf('A'), 2, atMs)).toBe(true);
      expect(await owners('a')).toEqual({});
      expect(await available('a')).toEqual({ a: 1 });
    });

    test('a retake counts for its customer at once, and is refused where the limit has no room for it', async () => {
      await open({ a: 4 });
      const limited = (letter: string, a: number) => {
        const { order, ...rest } = ask(letter, { a });
        return { ...rest, customerLimit: 2, order: { ...order, customerId: 'ann' } };
      };
      const reserved = await context.gate.reserve(limited('A', 2));
      if (reserved.kind !== 'reserved') throw new Error(`expected units, got ${reserved.kind}`);
      const late = imageOf(reserved.request, { state: 'expired', version: 2, closedAtMs: nowMs, customerLimit: 2 });
      await context.gate.apply(late);
      expect(await context.customerUnits('ann')).toBe(0);
      expect(await context.gate.retake(late, nowMs)).toBe('taken');
      expect(await context.gate.retake(late, nowMs)).toBe('taken');
      expect(await context.customerUnits('ann')).toBe(2);
      expect(await context.gate.reserve(limited('B', 1))).toEqual({ kind: 'customer-limit', remaining: 0 });

      const endedMs = nowMs + limits.retakeProtectMs;
      expect(await context.gate.endRetake(late, endedMs - 1)).toBe(false);
      expect(await context.gate.endRetake(late, endedMs)).toBe(true);
      expect(await context.gate.endRetake(late, endedMs)).toBe(false);
      expect([await context.customerUnits('ann'), await available('a')]).toEqual([0, { a: 4 }]);
      expect((await context.gate.reserve(limited('B', 1))).kind).toBe('reserved');
      expect(await context.gate.retake(late, endedMs)).toBe('refused');
      expect(await context.customerUnits('ann')).toBe(1);
    });

    test('a retake that was paid is not ended, and one whose unit is another’s by now ends all the same', async () => {
      await open({ a: 2 });
      const [paid, displaced] = [await take('A', { a: 1 }), await take('B', { a: 1 })];
      for (const request of [paid, displaced]) {
        await expire(request);
        await context.gate.retake(expired(request), nowMs);
      }
      await apply(paid, { state: 'confirmed', version: 3 });
      await context.gate.mark(context.saleId, [claimOf('a', 1, 'C')]);
      const endedMs = nowMs + limits.retakeProtectMs;
      expect(await context.gate.endRetake(expired(paid), endedMs)).toBe(false);
      expect(await context.gate.endRetake(expired(displaced), endedMs)).toBe(true);
      expect(await owners('a')).toEqual({ 0: 'A', 1: 'C' });
      expect(await context.customerUnits('customer-B')).toBe(0);
      expect(await context.gate.overdueHolds(context.saleId, endedMs)).toEqual([]);
    });

    test('CE-7: a sweep that saw no order frees nothing once the order is committed', async () => {
      await open({ a: 1 });
      const request = await take('A', { a: 1 });
      await apply(request);
      expect(await context.gate.free(context.saleId, 'a', 0, idOf('A'), 0, nowMs)).toBe(false);
      expect(await owners('a')).toEqual({ 0: 'A' });
      expect(await kindOf(ask('B', { a: 1 }))).toBe('sold-out');
    });

    test('a unit that the ledger no longer lists is freed, with its count and its place in the entry', async () => {
      await open({ a: 3 });
      const request = await take('A', { a: 2 });
      await apply(request);
      expect(await context.gate.free(context.saleId, 'a', 1, idOf('A'), 1, nowMs)).toBe(true);
      expect(await context.gate.free(context.saleId, 'a', 1, idOf('A'), 1, nowMs)).toBe(false);
      expect(await context.customerUnits('customer-A')).toBe(1);
      await expire(request);
      expect(await context.customerUnits('customer-A')).toBe(0);
      expect(await available('a')).toEqual({ a: 3 });
    });

    test('CE-16: a second, late release of an order does not clear the unit that is another order’s now', async () => {
      await open({ a: 1 });
      const request = await take('A', { a: 1 });
      await expire(request);
      await take('B', { a: 1 });
      await expire(request, 3);
      expect(await context.gate.free(context.saleId, 'a', 0, idOf('A'), 3, nowMs)).toBe(false);
      expect(await owners('a')).toEqual({ 0: 'B' });
      expect(await kindOf(ask('C', { a: 1 }))).toBe('sold-out');
    });
  });
}
