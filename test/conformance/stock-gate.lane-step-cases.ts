import { describe, expect, test } from '@jest/globals';
import type { CommitRequest } from '../../lambdas/domain/orders/order.ts';
import type { GateLane } from '../../lambdas/stores/redis/gate-lane.ts';
import { gather } from '../../lambdas/stores/redis/gather.ts';
import type { SaleLanes } from '../../lambdas/stores/redis/sale-lanes.ts';
import type { GateContext } from './stock-gate.context.ts';
import { claimOf, idOf, imageOf, linesWith, nowMs } from './stock-gate-fixtures.ts';

/** A sale of three lanes. A is at home in the first, where the units 0, 3 and 6 are, and asks the second (1, 4) and the third (2, 5) in turn. */
export interface ThreeLanes {
  readonly context: GateContext;
  readonly open: (capacities: Readonly<Record<string, number>>) => Promise<void>;
  /** Its lanes, to be asked one by one. */
  readonly sale: () => SaleLanes;
}

/** What the ledger, a failover or another call does between two steps of a gathering (ADR 0015, L2 to L6). */
export function gatherStepCases({ context, open, sale }: ThreeLanes): void {
  const { ask, owners, available } = context;

  const lanesOfA = () => {
    const [home, near, far] = sale().all;
    if (!home || !near || !far) throw new Error('three lanes');
    return { home, others: [near, far], near, far };
  };
  /** The first step of a gathering: the home lane sets aside what it has. */
  const begin = async (home: GateLane, request: CommitRequest) => {
    const begun = await home.reserve(request, { knownOnly: false });
    if (begun.kind !== 'gather') throw new Error(`expected a gathering, got ${begun.kind}`);
    return begun;
  };
  const needs = (a: number) => ({ quantities: new Map([['a', a]]), seats: new Map() });
  const imageWith = ({ order }: CommitRequest, a: readonly number[]) =>
    imageOf({ ...ask('A', {}), order: { ...order, lines: linesWith(order.lines, { a }) } });
  const giveBack = (unit: number) => context.gate.giveBackUnwanted(context.saleId, 'a', unit, idOf('A'));

  describe('between two steps of a gathering', () => {
    test('a lane that has the ledger’s word of the order lends it nothing: the ledger is asked, and unit 4 stays the order’s', async () => {
      await open({ a: 7 });
      const { near } = lanesOfA();
      const request = ask('A', { a: 6 });
      await near.apply(imageWith(request, [4]));
      expect(await context.gate.reserve(request)).toEqual({ kind: 'ask-ledger' });
      expect(await owners('a')).toEqual({ 0: 'A', 3: 'A', 4: 'A', 6: 'A' });
    });

    test('a lane that is not ready may have the rest: 6 of 7 units are busy, not sold out, and nothing stays behind', async () => {
      await open({ a: 7 });
      await lanesOfA().near.empty(['a']);
      expect(await context.gate.reserve(ask('A', { a: 6 }))).toEqual({ kind: 'busy' });
      expect(await owners('a')).toEqual({});
      expect(await context.gate.peek(context.saleId, idOf('A'), 'customer-A')).toEqual({ kind: 'unknown', customerUnits: 0 });
    });

    test('the ledger’s word reaches the home lane before all units are there: the ledger is asked', async () => {
      await open({ a: 7 });
      const { home, others } = lanesOfA();
      const request = ask('A', { a: 6 });
      const begun = await begin(home, request);
      const image = imageWith(request, [0, 3, 6]);
      await home.apply(image);
      expect(await gather({ home, others }, request, begun)).toEqual({ kind: 'ask-ledger' });
      expect(await context.gate.order(context.saleId, idOf('A'))).toEqual({ version: 1, order: image });
    });

    test('an order that was removed at home is begun again, and 3 units that were lent to it go back', async () => {
      await open({ a: 7 });
      const { home, others } = lanesOfA();
      const request = ask('A', { a: 6 });
      const begun = await begin(home, request);
      expect(await context.gate.resend(context.saleId, idOf('A'), nowMs)).toEqual({ kind: 'settled' });
      expect(await gather({ home, others }, request, begun)).toEqual({ kind: 'again' });
      expect([await owners('a'), await available('a')]).toEqual([{}, { a: 7 }]);
    });

    test('an attempt does not store for the one after it: what was lent to it goes back, and the second stands', async () => {
      await open({ a: 7 });
      const { home, others } = lanesOfA();
      const request = ask('A', { a: 6 });
      const first = await begin(home, request);
      await context.gate.resend(context.saleId, idOf('A'), nowMs);
      const second = await begin(home, request);
      expect(await gather({ home, others }, request, first)).toEqual({ kind: 'again' });
      expect(await home.wanted(idOf('A'))).toEqual({ attempt: second.attempt, units: new Map() });
      expect(await owners('a')).toEqual({ 0: 'A', 3: 'A', 6: 'A' });
      expect((await gather({ home, others }, request, second)).kind).toBe('reserved');
    });
  });

  describe('what a lane lent is not given back', () => {
    /** The home lane has units 0, 3 and 6 for A, and the near one has lent it 1. */
    const lend = async () => {
      await open({ a: 7 });
      const { home, near } = lanesOfA();
      const request = ask('A', { a: 4 });
      const { attempt } = await begin(home, request);
      await near.take(request, attempt, undefined, needs(1));
      return { home, near, request, attempt };
    };

    test('once the ledger has said that the order has it, though its attempt asks', async () => {
      const { near, request, attempt } = await lend();
      await near.apply(imageWith(request, [0, 3, 6, 1]));
      expect(await near.giveBack(idOf('A'), attempt, new Map(), ['a'])).toBe(false);
      expect((await owners('a'))[1]).toBe('A');
    });

    test('once a claim of the ledger stands beside it: the claimed unit 4 stays with unit 1', async () => {
      await lend();
      await context.gate.mark(context.saleId, [claimOf('a', 4, 'A')]);
      await context.gate.resend(context.saleId, idOf('A'), nowMs);
      expect(await giveBack(1)).toBe(false);
      expect(await owners('a')).toEqual({ 1: 'A', 4: 'A' });
    });

    test('once the ledger claims just that unit for the order', async () => {
      await lend();
      await context.gate.mark(context.saleId, [claimOf('a', 1, 'A')]);
      await context.gate.resend(context.saleId, idOf('A'), nowMs);
      expect(await giveBack(1)).toBe(false);
      expect((await owners('a'))[1]).toBe('A');
    });

    test('where the home lane is lost, or has the ledger’s word: it cannot say what is wanted', async () => {
      const { home, request } = await lend();
      await home.apply(imageWith(request, [0, 3, 6, 2]));
      expect(await giveBack(1)).toBe(false);
      await home.empty(['a']);
      expect(await giveBack(1)).toBe(false);
      expect((await owners('a'))[1]).toBe('A');
    });
  });
}
