import { describe, expect, test } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import type { CommitRequest } from '../../lambdas/domain/orders/order.ts';
import type { PendingOrder } from '../../lambdas/domain/stock/ports.ts';
import type { GateContext } from './stock-gate.context.ts';
import { claimOf, idOf, imageOf, nowMs } from './stock-gate-fixtures.ts';

/** Rules 9, 11 and 36: retries, polls and the other reads. */
export function readCases(context: GateContext): void {
  const { open, ask, take, kindOf, owners, apply, expire } = context;

  describe('rules 9 and 11, retries', () => {
    test('CE-5: the send of the last unit failed; it stays set aside, the next buyer is refused, the retry has it', async () => {
      await open({ a: 1 });
      const request = await take('A', { a: 1 });
      expect(await kindOf(ask('B', { a: 1 }))).toBe('sold-out');
      expect(await context.gate.reserve(ask('A', { a: 1 }))).toEqual({ kind: 'pending', request });
      await apply(request);
      expect(await owners('a')).toEqual({ 0: 'A' });
    });

    test('peek tells a known order from an unknown one, and what the customer has', async () => {
      await open({ a: 5 });
      await take('A', { a: 2 });
      expect(await context.gate.peek(context.saleId, idOf('A'), 'customer-A')).toEqual({ kind: 'known' });
      expect(await context.gate.peek(context.saleId, idOf('B'), 'customer-A')).toEqual({ kind: 'unknown', customerUnits: 2 });
      expect(await context.gate.peek(context.saleId, idOf('B'), 'customer-B')).toEqual({ kind: 'unknown', customerUnits: 0 });
      expect(await context.gate.peek(context.saleId, idOf('A'), '')).toEqual({ kind: 'known' });
      expect(await context.gate.peek(context.saleId, idOf('B'), '')).toEqual({ kind: 'unknown', customerUnits: 0 });
    });

    test('peek knows nothing of any order while there is no gate, or it is being rebuilt', async () => {
      const peek = () => context.gate.peek(context.saleId, idOf('A'), 'customer-A');
      expect(await peek()).toEqual({ kind: 'busy' });
      await open({ a: 5 });
      const request = await take('A', { a: 2 });
      await context.gate.beginRebuild(context.saleId, 'again', ['a'], { remake: true, lanes: 1, gateVersion: 1 });
      expect(await peek()).toEqual({ kind: 'busy' });
      // Also when the order's image has come into the gate under way.
      await apply(request);
      expect(await peek()).toEqual({ kind: 'busy' });
      await context.gate.publish({ saleId: context.saleId, gateVersion: 1 }, 'again', 0, { a: 5 });
      expect(await peek()).toEqual({ kind: 'known' });
      await context.wipe();
      expect(await peek()).toEqual({ kind: 'busy' });
    });
  });

  describe('rule 36 and the reads', () => {
    test('an order is read as it stands: pending with its units, held, closed; unknown is undefined', async () => {
      await open({ a: 3 });
      expect(await context.gate.order(context.saleId, idOf('A'))).toBeUndefined();
      const request = await take('A', { a: 2 });
      expect(await context.gate.order(context.saleId, idOf('A'))).toEqual({ version: 0, order: request.order });
      await apply(request);
      expect(await context.gate.order(context.saleId, idOf('A'))).toEqual({ version: 1, order: imageOf(request) });
      await expire(request);
      expect((await context.gate.order(context.saleId, idOf('A')))?.order?.state).toBe('expired');
    });

    test('the summary counts what is left and what is pending since when', async () => {
      await open({ a: 3, b: 1 });
      await take('B', { a: 1 }, { acceptedAtMs: nowMs + 20 });
      const oldest = await take('A', { a: 1 }, { acceptedAtMs: nowMs + 10 });
      expect(await context.gate.summary(context.saleId, ['a', 'b', 'c'])).toEqual({
        state: 'ready',
        available: { a: 1, b: 1, c: 0 },
        pendingOrders: 2,
        oldestPendingAtMs: nowMs + 10,
      });
      expect(await context.pending()).toEqual([
        { orderId: idOf('A'), acceptedAtMs: nowMs + 10 },
        { orderId: idOf('B'), acceptedAtMs: nowMs + 20 },
      ]);
      await apply(oldest);
      expect((await context.gate.summary(context.saleId, ['a'])).oldestPendingAtMs).toBe(nowMs + 20);
    });

    test(`more than ${limits.pendingOrders} pending orders are listed in pages, each of them, and told from the others`, async () => {
      const count = limits.pendingOrders + 500;
      await open({ a: 2 * count });
      const letters = Array.from({ length: count }, (_, n) => n.toString(36).toUpperCase().padStart(3, '0'));
      const requests: CommitRequest[] = [];
      for (let start = 0; start < count; start += 100)
        requests.push(
          ...(await Promise.all(
            letters.slice(start, start + 100).map((letter, n) => take(letter, { a: 1 }, { acceptedAtMs: nowMs + start + n })),
          )),
        );
      const ids = requests.map(({ order }) => order.orderId);
      const pages: PendingOrder[][] = [];
      for await (const page of context.gate.pending(context.saleId)) pages.push(page);
      expect(new Map(pages.flat().map(({ orderId, acceptedAtMs }) => [orderId, acceptedAtMs]))).toEqual(
        new Map(requests.map(({ order }) => [order.orderId, order.acceptedAtMs])),
      );
      const [first, second] = requests;
      if (!first || !second) throw new Error('there are orders');
      await apply(first);
      expect(await context.gate.pendingAmong(context.saleId, [...ids, idOf('B')])).toEqual(new Set(ids.slice(1)));
      expect(await context.gate.pendingAmong(context.saleId, [])).toEqual(new Set());
      const customers = [second.order.customerId, 'nobody', first.order.customerId];
      expect(await context.gate.customerUnits(context.saleId, customers)).toEqual([1, 0, 1]);
      expect(await context.gate.customerUnits(context.saleId, [])).toEqual([]);
    }, 30_000);

    test(`owners are read ${limits.gateBulkUnits} units a page`, async () => {
      await open({ a: 2 * limits.gateBulkUnits });
      const edge = limits.gateBulkUnits;
      await context.gate.mark(context.saleId, [claimOf('a', 0, 'A'), claimOf('a', edge - 1, 'B'), claimOf('a', edge, 'C')]);
      expect(await owners('a')).toEqual({ 0: 'A', [edge - 1]: 'B' });
      expect(await owners('a', edge)).toEqual({ [edge]: 'C' });
      expect(await owners('a', 2 * edge)).toEqual({});
    });

    test(`${limits.waitersPerSale} requests may wait; places come back when left and when their time is over`, async () => {
      const placeOf = (name: string) => ({ customerId: `of-${name}`, waitId: name });
      const enter = (name: string, atMs = nowMs) => context.gate.enterWait(context.saleId, placeOf(name), atMs, atMs + 5000);
      for (let n = 0; n < limits.waitersPerSale; n += 1) expect(await enter(`request-${n}`)).toBe(true);
      expect(await enter('one-more')).toBe(false);
      expect(await enter('request-0')).toBe(true);
      await context.gate.leaveWait(context.saleId, placeOf('request-1'));
      expect(await enter('one-more')).toBe(true);
      expect(await enter('another')).toBe(false);
      expect(await enter('another', nowMs + 4999)).toBe(false);
      expect(await enter('another', nowMs + 5000)).toBe(true);
    });

    test(`one customer has ${limits.waitersPerCustomer} of the places at a time; another whose name begins alike has its own`, async () => {
      const enter = (customerId: string, waitId: string, atMs = nowMs) =>
        context.gate.enterWait(context.saleId, { customerId, waitId }, atMs, atMs + 5000);
      for (let n = 0; n < limits.waitersPerCustomer; n += 1) expect(await enter('ann', `request-${n}`)).toBe(true);
      expect(await enter('ann', 'one-more')).toBe(false);
      expect(await enter('ann', 'request-0')).toBe(true);
      expect(await enter('anna', 'one-more')).toBe(true);
      await context.gate.leaveWait(context.saleId, { customerId: 'ann', waitId: 'request-0' });
      expect(await enter('ann', 'one-more')).toBe(true);
      expect(await enter('ann', 'another')).toBe(false);
      expect(await enter('ann', 'another', nowMs + 5000)).toBe(true);
    });

    test('a wiped gate is none: busy for orders, empty for reads', async () => {
      await open({ a: 3 });
      await take('A', { a: 1 });
      await context.wipe();
      expect(await kindOf(ask('A', { a: 1 }))).toBe('busy');
      expect((await context.gate.summary(context.saleId, ['a'])).state).toBe('none');
      expect(await context.gate.order(context.saleId, idOf('A'))).toBeUndefined();
    });
  });
}
