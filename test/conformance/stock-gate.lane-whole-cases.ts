import { describe, expect, test } from '@jest/globals';
import { claimOf, idOf, linesWith, unitsOf } from './stock-gate-fixtures.ts';
import type { ThreeLanes } from './stock-gate.lane-step-cases.ts';

/** What is told to all lanes of a sale of three, and what a draw finds in lanes that are not the order's home. */
export function wholeSaleCases({ context, open, sale }: ThreeLanes): void {
  const { ask, take, owners, available, apply } = context;

  describe('all lanes', () => {
    test('an image that lists no units frees the 6 that the order had in three lanes', async () => {
      await open({ a: 7 });
      const request = await take('A', { a: 6 });
      await apply(request, { state: 'rejected', lines: linesWith(request.order.lines, {}) });
      expect([await owners('a'), await available('a')]).toEqual([{}, { a: 7 }]);
    });

    test('a rebuild that could not publish a lane yet has its lock still: the next waits, and it publishes all the same', async () => {
      await open({ a: 7 });
      const begin = (token: string) =>
        context.gate.beginRebuild(context.saleId, token, ['a'], { remake: token === 'one', lanes: 3, gateVersion: 1 });
      expect(await begin('one')).toBe('started');
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'one', 1, { a: 7 })).toBe(false);
      expect(await begin('two')).toBe('locked');
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'one', 0, { a: 7 })).toBe(true);
    });

    test('an order pending in the third lane keeps the other two as well: none is dropped before all may be', async () => {
      await open({ a: 7 });
      // B is at home in the third.
      expect(unitsOf((await take('B', { a: 1 })).order)).toEqual({ a: [2] });
      expect(await context.gate.drop(context.saleId, ['a'])).toBe(false);
      expect(await context.gate.summary(context.saleId, ['a'])).toMatchObject({ state: 'ready', available: { a: 6 } });
    });
  });

  describe('a draw over three lanes', () => {
    test('parks where the only lane that may have a unit is not ready, though the others have none', async () => {
      await open({ a: 3 });
      const request = await take('A', { a: 1 });
      await context.gate.mark(context.saleId, [claimOf('a', 2, 'X')]);
      await sale().ofUnit(1).empty(['a']);
      expect(await context.gate.draw(request, [claimOf('a', 0, 'X')])).toEqual({ kind: 'park' });
    });

    test('keeps its one seat, in a lane where another order has it, until the ledger says whose it is: then it is taken', async () => {
      await open({ row: 6 });
      await take('B', {}, { seats: { row: [1] } });
      const request = ask('A', {}, { seats: { row: [1] } });
      expect(await context.gate.draw(request, [])).toEqual({ kind: 'drawn', request });
      expect(await owners('row')).toEqual({ 1: 'B' });
      expect(await context.gate.draw(request, [claimOf('row', 1, 'B')])).toEqual({ kind: 'seat-taken' });
      expect(await owners('row')).toEqual({ 1: 'B' });
    });

    test('is known with its units in all lanes, and counts for the customer with all 6', async () => {
      await open({ a: 7 });
      const drawn = await context.gate.draw(await take('A', { a: 6 }), [claimOf('a', 1, 'X')]);
      if (drawn.kind !== 'drawn') throw new Error(`expected units, got ${drawn.kind}`);
      expect(await context.gate.order(context.saleId, idOf('A'))).toEqual({ version: 0, order: drawn.request.order });
      expect(await context.customerUnits('customer-A')).toBe(6);
    });
  });
}
