import { describe, expect, test } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import type { CommitRequest } from '../../lambdas/domain/orders/order.ts';
import type { GateContext } from './stock-gate.context.ts';
import { claimOf, idOf, unitsOf } from './stock-gate-fixtures.ts';

/** Rules 1 and 4 for assigned seating: units that the order names, and no others in their place. */
export function seatCases(context: GateContext): void {
  const { open, ask, take, owners, available, apply, expire, kindOf } = context;
  const takenAmong = async (sku: string, capacity: number): Promise<number[]> => {
    const { isTaken } = await context.gate.takenSeats(context.saleId, sku, capacity);
    return Array.from({ length: capacity }, (_, unit) => unit).filter((unit) => isTaken(unit));
  };
  const drawn = async (request: CommitRequest, ...collided: Parameters<typeof claimOf>[]): Promise<Record<string, number[]> | string> => {
    const outcome = await context.gate.draw(
      request,
      collided.map((claim) => claimOf(...claim)),
    );
    return outcome.kind === 'drawn' ? unitsOf(outcome.request.order) : outcome.kind;
  };

  describe('seats, rule 1', () => {
    test('an order gets just the seats it names, in its order, beside the lowest clear units of general lines', async () => {
      await open({ row: 6, a: 3 });
      const request = await take('A', { a: 2 }, { seats: { row: [4, 1] } });
      expect(unitsOf(request.order)).toEqual({ a: [0, 1], row: [4, 1] });
      expect(request.order.lines[1]).toMatchObject({ seats: ['seat 4', 'seat 1'] });
      expect(await owners('row')).toEqual({ 1: 'A', 4: 'A' });
      expect(await available('row', 'a')).toEqual({ row: 4, a: 1 });
      expect(await context.customerUnits('customer-A')).toBe(4);
      expect(await context.gate.reserve(ask('A', { a: 2 }, { seats: { row: [4, 1] } }))).toEqual({ kind: 'pending', request });
    });

    test('taken seats are told by sku, in the order asked, and nothing at all is set aside', async () => {
      await open({ row: 6, box: 3, a: 3 });
      await take('A', {}, { seats: { row: [1, 2], box: [0] } });
      expect(await context.gate.reserve(ask('B', { a: 1 }, { seats: { box: [0, 1], row: [5, 2, 0, 1] } }))).toEqual({
        kind: 'seat-taken',
        units: new Map([
          ['box', [0]],
          ['row', [2, 1]],
        ]),
      });
      expect(await available('row', 'box', 'a')).toEqual({ row: 4, box: 2, a: 3 });
      expect(await context.gate.order(context.saleId, idOf('B'))).toBeUndefined();
    });

    test('customer limit goes before a taken seat, a taken seat before sold out', async () => {
      await open({ row: 2, a: 1 });
      await take('A', { a: 1 }, { seats: { row: [0] } });
      expect(await kindOf(ask('B', { a: 1 }, { seats: { row: [0] }, customerLimit: 1 }))).toBe('customer-limit');
      expect(await kindOf(ask('B', { a: 1 }, { seats: { row: [0] }, customerLimit: 2 }))).toBe('seat-taken');
      expect(await context.gate.reserve(ask('B', { a: 1 }, { seats: { row: [1] } }))).toEqual({
        kind: 'sold-out',
        available: { a: 0, row: 1 },
      });
      expect(await owners('row')).toEqual({ 0: 'A' });
    });

    test('a seat that was added is taken also where the gate was not told of it yet', async () => {
      await open({ row: 2 });
      await take('A', {}, { seats: { row: [0, 1] } });
      await take('B', {}, { seats: { row: [2] } });
      await context.gate.setCapacity({ saleId: context.saleId, gateVersion: 1 }, 'row', 4);
      expect(await available('row')).toEqual({ row: 1 });
      expect(await takenAmong('row', 4)).toEqual([0, 1, 2]);
    });

    test('a seat given back is free for the next', async () => {
      await open({ row: 2 });
      const request = await take('A', {}, { seats: { row: [1] } });
      await apply(request);
      expect(await kindOf(ask('B', {}, { seats: { row: [1] } }))).toBe('seat-taken');
      await expire(request);
      await take('B', {}, { seats: { row: [1] } });
      expect(await owners('row')).toEqual({ 1: 'B' });
    });

    test(`${limits.orderUnits} seats over ${limits.orderLines} skus are one order`, async () => {
      const skus = Array.from({ length: limits.orderLines }, (_, n) => `sku-${n}`);
      await open(Object.fromEntries(skus.map((sku) => [sku, 9])));
      const seats = Object.fromEntries(skus.map((sku, n) => [sku, n < 10 ? [8, 4, 0] : [7, 3]]));
      const request = await take('A', {}, { seats });
      expect(unitsOf(request.order)).toEqual(seats);
      expect(await context.customerUnits('customer-A')).toBe(limits.orderUnits);
    });

    test('32 buyers at once, each of a pair of neighbours among 9 seats: no seat has two owners, no order has half', async () => {
      await open({ row: 9 });
      const letters = 'ABCDEFGHJKMNPQRSTVWXYZ0123456789'.split('');
      const pairs = letters.map((_, n) => [n % 8, (n % 8) + 1]);
      const outcomes = await Promise.all(
        letters.map((letter, n) => context.gate.reserve(ask(letter, {}, { seats: { row: pairs[n] ?? [] } }))),
      );
      const sold = outcomes.flatMap((outcome, n) => (outcome.kind === 'reserved' ? (pairs[n] ?? []) : []));
      expect(new Set(sold).size).toBe(sold.length);
      expect(await takenAmong('row', 9)).toEqual(sold.toSorted((x, y) => x - y));
      for (const [n, outcome] of outcomes.entries()) {
        if (outcome.kind === 'reserved') continue;
        if (outcome.kind !== 'seat-taken') throw new Error(`expected seat-taken, got ${outcome.kind}`);
        for (const unit of outcome.units.get('row') ?? []) expect([pairs[n]?.includes(unit), sold.includes(unit)]).toEqual([true, true]);
      }
    });
  });

  describe('seats, rule 4', () => {
    test('a collided seat is marked and not replaced: the order keeps what it has', async () => {
      await open({ row: 6, a: 4 });
      const request = await take('A', { a: 1 }, { seats: { row: [1, 4] } });
      expect(await drawn(request, ['row', 4, 'X'])).toBe('seat-taken');
      expect(await owners('row')).toEqual({ 1: 'A', 4: 'X' });
      expect(await context.gate.reserve(ask('A', { a: 1 }, { seats: { row: [1, 4] } }))).toEqual({ kind: 'pending', request });
    });

    test('a collided seat goes before a line that cannot be filled', async () => {
      await open({ row: 2, a: 1 });
      const request = await take('A', { a: 1 }, { seats: { row: [0] } });
      expect(await drawn(request, ['a', 0, 'X'], ['row', 0, 'Y'])).toBe('seat-taken');
      expect(await drawn(request, ['a', 0, 'X'])).toBe('none');
    });

    test('general units are drawn again while the seats stay', async () => {
      await open({ row: 6, a: 4 });
      const request = await take('A', { a: 2 }, { seats: { row: [5, 1] } });
      const units = await drawn(request, ['a', 0, 'X']);
      expect(units).toEqual({ a: [1, expect.any(Number)], row: [5, 1] });
      expect(await owners('row')).toEqual({ 1: 'A', 5: 'A' });
      expect(await context.customerUnits('customer-A')).toBe(4);
    });

    test('after the comparison the same seat is tried again, whoever has it: only the ledger refuses it', async () => {
      await open({ row: 3 });
      await take('B', {}, { seats: { row: [1] } });
      const lost = ask('A', {}, { seats: { row: [2, 1] } });
      expect(await drawn(lost)).toEqual({ row: [2, 1] });
      expect(await owners('row')).toEqual({ 1: 'B', 2: 'A' });
      expect(await available('row')).toEqual({ row: 1 });
      await apply(lost);
      expect(await owners('row')).toEqual({ 1: 'A', 2: 'A' });
      expect(await available('row')).toEqual({ row: 1 });
    });

    test('a rejected order gives back its other seats, and not the one that the gate has for somebody else', async () => {
      await open({ row: 3 });
      await take('B', {}, { seats: { row: [1] } });
      const lost = ask('A', {}, { seats: { row: [2, 1] } });
      await drawn(lost);
      await apply(lost, { state: 'rejected', reason: 'seat-taken', lines: lost.order.lines.map((line) => ({ ...line, units: [] })) });
      expect(await owners('row')).toEqual({ 1: 'B' });
      expect(await context.customerUnits('customer-A')).toBe(0);
    });

    test('a key used with two bodies around a failover: the seats of this body, never those of the other', async () => {
      await open({ row: 4 });
      await take('A', {}, { seats: { row: [0] }, fingerprint: 'second body' });
      const first = ask('A', {}, { seats: { row: [3] }, fingerprint: 'first body' });
      expect(await drawn(first)).toEqual({ row: [3] });
      expect(await owners('row')).toEqual({ 3: 'A' });
    });
  });

  describe('taken seats', () => {
    test('are read with the state, up to the capacity asked for, in the order of the units', async () => {
      expect((await context.gate.takenSeats(context.saleId, 'row', 9)).state).toBe('none');
      await open({ row: 20 });
      expect(await takenAmong('row', 20)).toEqual([]);
      await take('A', {}, { seats: { row: [0, 7, 8, 19] } });
      expect(await takenAmong('row', 20)).toEqual([0, 7, 8, 19]);
      await context.gate.beginRebuild(context.saleId, 'again', ['row'], { remake: true, lanes: 1, gateVersion: 1 });
      expect((await context.gate.takenSeats(context.saleId, 'row', 20)).state).toBe('rebuilding');
    });
  });
}
