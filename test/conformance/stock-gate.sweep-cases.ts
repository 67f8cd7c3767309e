import { describe, expect, test } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import type { GateContext } from './stock-gate.context.ts';
import { claimOf, idOf, imageOf, linesWith, nowMs } from './stock-gate-fixtures.ts';

const times = Array.from({ length: limits.pendingResends }, (_, n) => n);
/** From when on the gate gives an order out for the n-th time (0: the first), when each was asked for at the first moment. */
const resentAtMs = (n: number): number => nowMs + limits.pendingResendMs * (2 ** (n + 1) - 2);

/** Rules 27 and 28, and the end of a gate: what the sweeper asks of it. */
export function sweepCases(context: GateContext): void {
  const { open, ask, take, kindOf, owners, available, apply, expire } = context;
  const resend = (letter: string, atMs = nowMs) => context.gate.resend(context.saleId, idOf(letter), atMs);
  const overdue = (endedBeforeMs: number) => context.gate.overdueHolds(context.saleId, endedBeforeMs);

  describe('rule 27, pending orders sent again', () => {
    test(`the request comes as it was kept, with its units; ${limits.pendingResends} times, each wait twice the last, then it is stuck`, async () => {
      await open({ a: 3 });
      const request = await take('A', { a: 2 });
      for (const n of times) {
        expect(await resend('A', resentAtMs(n))).toEqual({ kind: 'again', request });
        expect(await resend('A', resentAtMs(n))).toEqual({ kind: 'waiting' });
        expect(await resend('A', resentAtMs(n + 1) - 1)).toEqual({ kind: 'waiting' });
      }
      expect(await resend('A', resentAtMs(limits.pendingResends))).toEqual({ kind: 'stuck' });
      expect(await resend('A', resentAtMs(limits.pendingResends))).toEqual({ kind: 'stuck' });
      expect(await owners('a')).toEqual({ 0: 'A', 1: 'A' });
    });

    test('with the units that a redraw gave it', async () => {
      await open({ a: 3 });
      const request = await take('A', { a: 1 });
      const drawn = await context.gate.draw(request, [claimOf('a', 0, 'B')]);
      if (drawn.kind !== 'drawn') throw new Error(`expected units, got ${drawn.kind}`);
      const again = await resend('A');
      expect(again).toEqual({ kind: 'again', request: drawn.request });
    });

    test('an order that the ledger has, that nobody knows, or known by its claims only, is settled', async () => {
      await open({ a: 3 });
      await apply(await take('A', { a: 1 }));
      await context.gate.mark(context.saleId, [claimOf('a', 2, 'C')]);
      for (const letter of ['A', 'B', 'C']) expect(await resend(letter)).toEqual({ kind: 'settled' });
      await context.wipe();
      expect(await resend('A')).toEqual({ kind: 'settled' });
    });

    test('a gate made again begins to count anew', async () => {
      await open({ a: 3 });
      await take('A', { a: 1 });
      for (const n of times) await resend('A', resentAtMs(n));
      await open({ a: 3 });
      await take('A', { a: 1 });
      expect((await resend('A')).kind).toBe('again');
    });
  });

  describe('a comparison after a collision', () => {
    test('is for one caller and sku at a time, of this sale alone', async () => {
      await open({ a: 3, b: 3 });
      const begin = (sku: string) => context.gate.beginComparison(context.saleId, sku);
      expect([await begin('a'), await begin('a'), await begin('b')]).toEqual([true, false, true]);
      context.nextSale();
      expect(await begin('a')).toBe(true);
    });
  });

  describe('rule 28, holds that are over', () => {
    test('are those that ended before the moment asked for, the longest first; not 1 ms later', async () => {
      await open({ a: 3 });
      for (const [letter, endsMs] of [
        ['A', 20],
        ['B', 10],
        ['C', 30],
      ] as const)
        await apply(await take(letter, { a: 1 }), { holdExpiresAtMs: nowMs + endsMs });
      expect(await overdue(nowMs + 10)).toEqual([]);
      expect(await overdue(nowMs + 11)).toEqual([idOf('B')]);
      expect(await overdue(nowMs + 31)).toEqual([idOf('B'), idOf('A'), idOf('C')]);
    });

    test('an order that is confirmed, expired or not committed yet is none of them', async () => {
      await open({ a: 4 });
      const [a, b, c] = [await take('A', { a: 1 }), await take('B', { a: 1 }), await take('C', { a: 1 })];
      await apply(a);
      await apply(a, { state: 'confirmed', version: 2 });
      await apply(b);
      await expire(b);
      await apply(c);
      await take('D', { a: 1 });
      expect(await overdue(Number.MAX_SAFE_INTEGER)).toEqual([idOf('C')]);
    });

    test('a hold known by its claims only is one of them, until its image says otherwise', async () => {
      await open({ a: 1 });
      await context.gate.mark(context.saleId, [claimOf('a', 0, 'A', { holdExpiresAtMs: nowMs })]);
      expect(await overdue(nowMs + 1)).toEqual([idOf('A')]);
      const { order, ...rest } = ask('A', { a: 1 });
      const request = { ...rest, order: { ...order, lines: linesWith(order.lines, { a: [0] }) } };
      await context.gate.apply(imageOf(request, { holdExpiresAtMs: nowMs + 1 }));
      expect(await overdue(nowMs + 1)).toEqual([]);
      expect(await overdue(nowMs + 2)).toEqual([idOf('A')]);
    });

    test('a retaken order is one of them until the ledger has said: confirmed, or the retake ended', async () => {
      await open({ a: 2 });
      const [paid, late] = [await take('A', { a: 1 }), await take('B', { a: 1 })];
      for (const request of [paid, late]) {
        await expire(request);
        const image = imageOf(request, { state: 'expired', version: 2, closedAtMs: nowMs });
        expect(await context.gate.retake(image, nowMs)).toBe('taken');
      }
      expect(await overdue(nowMs + 1)).toEqual([idOf('A'), idOf('B')]);
      await apply(paid, { state: 'confirmed', version: 3 });
      expect(await overdue(nowMs + 1)).toEqual([idOf('B')]);
      const image = imageOf(late, { state: 'expired', version: 2, closedAtMs: nowMs });
      expect(await context.gate.endRetake(image, nowMs + limits.retakeProtectMs)).toBe(true);
      expect(await overdue(nowMs + 1)).toEqual([]);
      expect(await owners('a')).toEqual({ 0: 'A' });
    });

    test('a retake told late, when the order is confirmed already, leaves nothing due: else its gate would never be dropped', async () => {
      await open({ a: 1 });
      const request = await take('A', { a: 1 });
      await apply(request, { state: 'confirmed', version: 3 });
      const expired = imageOf(request, { state: 'expired', version: 2, closedAtMs: nowMs });
      expect(await context.gate.retake(expired, nowMs)).toBe('taken');
      expect(await overdue(Number.MAX_SAFE_INTEGER)).toEqual([]);
      expect(await context.gate.drop(context.saleId, ['a'])).toBe(true);
    });

    test(`at most ${limits.overdueHolds} are told at once`, async () => {
      const count = limits.overdueHolds + 1;
      await open({ a: count });
      const claims = Array.from({ length: count }, (_, unit) =>
        claimOf('a', unit, unit.toString(36).toUpperCase().padStart(3, '0'), { holdExpiresAtMs: nowMs + unit }),
      );
      await context.gate.mark(context.saleId, claims);
      const found = await overdue(nowMs + count);
      expect(found).toEqual(claims.slice(0, limits.overdueHolds).map(({ orderId }) => orderId));
    });
  });

  describe('the end of a gate', () => {
    const drop = () => context.gate.drop(context.saleId, ['a', 'b']);
    const state = async () => (await context.gate.summary(context.saleId, ['a'])).state;

    test('CE-18: all of it goes at once, what closed and confirmed orders had as well', async () => {
      await open({ a: 2, b: 1 });
      const confirmed = await take('A', { a: 1, b: 1 });
      await apply(confirmed);
      await apply(confirmed, { state: 'confirmed', version: 2 });
      await expire(await take('B', { a: 1 }));
      await context.gate.enterWait(context.saleId, { customerId: 'ann', waitId: 'w' }, nowMs, nowMs + 1);
      expect(await drop()).toBe(true);
      expect(await state()).toBe('none');
      expect(await owners('a')).toEqual({});
      expect(await context.customerUnits('customer-A')).toBe(0);
      expect(await context.gate.order(context.saleId, idOf('A'))).toBeUndefined();
      expect(await kindOf(ask('C', { a: 1 }))).toBe('busy');
      expect(await drop()).toBe(false);
      await open({ a: 2, b: 1 });
      expect(await available('a', 'b')).toEqual({ a: 2, b: 1 });
    });

    test('waits for what is pending, and for what is held', async () => {
      await open({ a: 2 });
      const request = await take('A', { a: 1 });
      expect(await drop()).toBe(false);
      await apply(request);
      expect(await drop()).toBe(false);
      expect([await state(), await owners('a')]).toEqual(['ready', { 0: 'A' }]);
      await expire(request);
      expect(await drop()).toBe(true);
    });

    test('waits for a rebuild, and there is none to drop where there is no gate', async () => {
      expect(await drop()).toBe(false);
      await context.gate.beginRebuild(context.saleId, 'one', ['a'], { remake: false, lanes: 1, gateVersion: 1 });
      expect(await drop()).toBe(false);
      expect(await state()).toBe('rebuilding');
    });
  });
}
