import { describe, expect, test } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import { assert } from '../../lambdas/domain/kernel/assert.ts';
import { house, type CommitRequest, type Order } from '../../lambdas/domain/orders/order.ts';
import {
  allowanceOf,
  claimsOf,
  closedImage,
  heldAtMs,
  holdExpiresAtMs,
  newSaleId,
  paymentOf,
  range,
  readClaims,
  requestOf,
} from './order-ledger.samples.ts';
import type { Commit, CommitNew, Get } from './order-ledger.suite.ts';

const overdueMs = holdExpiresAtMs + limits.holdGraceMs + 1;
const paidAtMs = overdueMs + 1000;

/** Rules 21 to 23: confirm, late payment, refund. */
export function paymentCases(ledger: Get, commit: Commit, commitNew: CommitNew): void {
  const expire = async (request: CommitRequest): Promise<Order> => {
    const outcome = await ledger().release(await commitNew(request), 'expired', overdueMs);
    assert(outcome.kind === 'released', 'expired for the test');
    return outcome.order;
  };
  confirmCases(ledger, commitNew, expire);
  retakeCases(ledger, commit, commitNew, expire);
  refundCases(ledger, commitNew, expire);
}

type Expire = (request: CommitRequest) => Promise<Order>;

function confirmCases(ledger: Get, commitNew: CommitNew, expire: Expire): void {
  describe('confirm', () => {
    test.each([
      ['within its hold', heldAtMs + 1],
      ['overdue and not expired', overdueMs],
    ])('rule 21: a held order is confirmed %s; its claims and its allowance stay as they are', async (_, nowMs) => {
      const saleId = newSaleId();
      const order = await commitNew(requestOf({ saleId, units: [0, 1], limit: 2 }));
      const confirmed: Order = { ...order, state: 'confirmed', version: 2, confirmedAtMs: nowMs, payment: paymentOf() };
      expect(await ledger().confirm(order, paymentOf(), nowMs)).toEqual({ kind: 'confirmed', order: confirmed });
      expect(await ledger().read(order.orderId)).toEqual(confirmed);
      expect(await readClaims(ledger(), saleId)).toEqual(claimsOf(order));
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(2);
    });

    test('rule 21: of 10 payments at once 1 confirms; the same one repeated from the same image does not confirm twice', async () => {
      const order = await commitNew(requestOf({ saleId: newSaleId() }));
      const outcomes = await Promise.all(range(10).map((n) => ledger().confirm(order, paymentOf(`pay-${n}`), heldAtMs)));
      const [winner] = outcomes.flatMap((outcome) => (outcome.kind === 'confirmed' ? [outcome.order] : []));
      assert(winner?.payment, 'one confirmed');
      expect(outcomes.filter(({ kind }) => kind === 'changed')).toHaveLength(9);
      expect(await ledger().confirm(order, winner.payment, heldAtMs)).toEqual({ kind: 'changed' });
      expect(await ledger().read(order.orderId)).toEqual(winner);
    });

    test('rule 21: payment and expiry at once, 20 times, either first: exactly one wins, and the units follow it', async () => {
      const saleId = newSaleId();
      await Promise.all(
        range(20).map(async (index) => {
          const order = await commitNew(requestOf({ saleId, key: `k${index}`, units: [index], limit: 20 }));
          const attempts = [() => ledger().confirm(order, paymentOf(), overdueMs), () => ledger().release(order, 'expired', overdueMs)];
          const outcomes = await Promise.all((index % 2 === 0 ? attempts : attempts.toReversed()).map((attempt) => attempt()));
          const [kept, other] = outcomes.toSorted((a, b) => (a.kind === 'changed' ? 1 : 0) - (b.kind === 'changed' ? 1 : 0));
          expect(other).toEqual({ kind: 'changed' });
          expect(kept).toMatchObject({ order: await ledger().read(order.orderId) });
        }),
      );
      const orders = await Promise.all(range(20).map((index) => ledger().read(requestOf({ saleId, key: `k${index}` }).order.orderId)));
      const confirmed = orders.filter((order) => order?.state === 'confirmed').map((order) => order?.lines[0]?.units[0]);
      expect((await readClaims(ledger(), saleId)).map(({ unit }) => unit)).toEqual(confirmed);
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(confirmed.length);
    });

    test('rule 21: an image of another version, or of an order that is not there, confirms nothing', async () => {
      const order = await commitNew(requestOf({ saleId: newSaleId() }));
      expect(await ledger().confirm({ ...order, version: 2 }, paymentOf(), heldAtMs)).toEqual({ kind: 'changed' });
      expect(await ledger().read(order.orderId)).toEqual(order);
      const { order: ghost } = requestOf({ saleId: newSaleId() });
      expect(await ledger().confirm({ ...ghost, state: 'held', version: 1 }, paymentOf(), heldAtMs)).toEqual({ kind: 'changed' });
      expect(await ledger().read(ghost.orderId)).toBeUndefined();
    });

    test('rule 21: only a held order is confirmed so', async () => {
      const request = requestOf({ saleId: newSaleId() });
      const expired = await expire(request);
      for (const state of ['expired', 'cancelled', 'rejected', 'confirmed', 'withdrawn'] as const) {
        await expect(ledger().confirm({ ...expired, state }, paymentOf(), paidAtMs)).rejects.toThrow(/^assertion failed: confirm/);
      }
      expect(await ledger().read(expired.orderId)).toEqual(expired);
    });

    test('rule 18: a confirmed order is cancelled with its payment kept, and never expires', async () => {
      const saleId = newSaleId();
      const outcome = await ledger().confirm(await commitNew(requestOf({ saleId, limit: 1 })), paymentOf(), heldAtMs);
      assert(outcome.kind === 'confirmed', 'confirmed');
      await expect(ledger().release(outcome.order, 'expired', overdueMs)).rejects.toThrow('confirmed cannot be expired');
      const cancelled: Order = { ...outcome.order, state: 'cancelled', version: 3, closedAtMs: overdueMs };
      expect(await ledger().release(outcome.order, 'cancelled', overdueMs)).toEqual({ kind: 'released', order: cancelled });
      expect(await ledger().read(cancelled.orderId)).toEqual(cancelled);
      expect(await readClaims(ledger(), saleId)).toEqual([]);
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(0);
    });
  });
}

function retakeCases(ledger: Get, commit: Commit, commitNew: CommitNew, expire: Expire): void {
  describe('retake', () => {
    test('rule 22: an expired order has its 3 units of 2 lines and its allowance again, and is closed no more', async () => {
      const saleId = newSaleId();
      const lines = [
        { sku: 'shirt', units: [3, 64] },
        { sku: 'cap', units: [3] },
      ];
      const { closedAtMs, ...expired } = await expire(requestOf({ saleId, lines, limit: 3 }));
      expect(closedAtMs).toBe(overdueMs);
      const confirmed: Order = { ...expired, state: 'confirmed', version: 3, confirmedAtMs: paidAtMs, payment: paymentOf() };
      expect(await ledger().retake({ ...expired, closedAtMs }, paymentOf(), paidAtMs)).toEqual({ kind: 'confirmed', order: confirmed });
      expect(await ledger().read(expired.orderId)).toEqual(confirmed);
      const { orderId, customerId } = confirmed;
      const claim = (sku: string, unit: number) => ({ sku, unit, orderId, customerId, version: 3 });
      expect(await readClaims(ledger(), saleId, 'shirt')).toEqual([claim('shirt', 3), claim('shirt', 64)]);
      expect(await readClaims(ledger(), saleId, 'cap')).toEqual([claim('cap', 3)]);
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(3);
      expect(await ledger().release(confirmed, 'cancelled', paidAtMs + 1)).toMatchObject({ kind: 'released' });
      expect(await readClaims(ledger(), saleId, 'shirt')).toEqual([]);
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(0);
    });

    test(`rule 22: ${limits.transactionUnits} units with a limit fit into one transaction`, async () => {
      const saleId = newSaleId();
      const expired = await expire(requestOf({ saleId, units: range(limits.transactionUnits), limit: limits.transactionUnits }));
      expect(await ledger().retake(expired, paymentOf(), paidAtMs)).toMatchObject({ kind: 'confirmed' });
      expect(await readClaims(ledger(), saleId)).toHaveLength(limits.transactionUnits);
    });

    test('rule 22: one of 3 units is another order’s: refused, and nothing changed', async () => {
      const saleId = newSaleId();
      const expired = await expire(requestOf({ saleId, units: [0, 1, 2], limit: 3 }));
      const owner = await commitNew(requestOf({ saleId, customerId: 'bob', units: [1] }));
      expect(await ledger().retake(expired, paymentOf(), paidAtMs)).toEqual({ kind: 'refused' });
      expect(await ledger().read(expired.orderId)).toEqual(expired);
      expect(await readClaims(ledger(), saleId)).toEqual(claimsOf(owner));
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(0);
    });

    test('rule 22: by the limit at acceptance, 3: 2 units come back beside 1, and not beside 2', async () => {
      const saleId = newSaleId();
      const expired = await expire(requestOf({ saleId, units: [0, 1], limit: 3 }));
      const other = await commitNew(requestOf({ saleId, key: 'k2', units: [2, 3], limit: 3 }));
      expect(await ledger().retake(expired, paymentOf(), paidAtMs)).toEqual({ kind: 'refused' });
      expect(await readClaims(ledger(), saleId)).toEqual(claimsOf(other));
      await ledger().release(other, 'cancelled', paidAtMs);
      await commitNew(requestOf({ saleId, key: 'k3', units: [2], limit: 3 }));
      expect(await ledger().retake(expired, paymentOf(), paidAtMs)).toMatchObject({ kind: 'confirmed' });
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(3);
    });

    test('rule 22: accepted without a limit, it is taken up without one', async () => {
      const saleId = newSaleId();
      await commitNew(requestOf({ saleId, key: 'k2', units: [5], limit: 1 }));
      const expired = await expire(requestOf({ saleId, units: [0, 1] }));
      expect(await ledger().retake(expired, paymentOf(), paidAtMs)).toMatchObject({ kind: 'confirmed' });
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(1);
    });

    test('rule 22: of 10 at once from one image 1 takes effect: the allowance rises to 2 once', async () => {
      const saleId = newSaleId();
      const expired = await expire(requestOf({ saleId, units: [0, 1], limit: 20 }));
      const outcomes = await Promise.all(range(10).map(() => ledger().retake(expired, paymentOf(), paidAtMs)));
      expect(outcomes.filter(({ kind }) => kind === 'confirmed')).toHaveLength(1);
      expect(outcomes.filter(({ kind }) => kind === 'changed')).toHaveLength(9);
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(2);
      expect(await readClaims(ledger(), saleId)).toHaveLength(2);
    });

    test('rule 22: the late payer and the next buyer at once, 20 times, either first: the unit has one owner', async () => {
      const saleId = newSaleId();
      await Promise.all(
        range(20).map(async (index) => {
          const expired = await expire(requestOf({ saleId, key: `k${index}`, units: [index] }));
          const next = requestOf({ saleId, customerId: 'bob', key: `k${index}`, units: [index] });
          const attempts = [() => ledger().retake(expired, paymentOf(), paidAtMs), () => commit(next)];
          await Promise.all((index % 2 === 0 ? attempts : attempts.toReversed()).map((attempt) => attempt()));
          const live = (await ledger().readAll([expired.orderId, next.order.orderId])).filter(({ state }) => state !== 'expired');
          expect(live).toHaveLength(1);
        }),
      );
      expect(await readClaims(ledger(), saleId)).toHaveLength(20);
    });

    test('rule 22: an image of another version, or of an order that is not there, takes up nothing', async () => {
      const expired = await expire(requestOf({ saleId: newSaleId() }));
      expect(await ledger().retake({ ...expired, version: 1 }, paymentOf(), paidAtMs)).toEqual({ kind: 'changed' });
      const { order: ghost } = requestOf({ saleId: newSaleId() });
      expect(await ledger().retake({ ...ghost, state: 'expired', version: 2 }, paymentOf(), paidAtMs)).toEqual({ kind: 'changed' });
      expect(await ledger().read(ghost.orderId)).toBeUndefined();
      expect(await readClaims(ledger(), ghost.saleId)).toEqual([]);
    });

    test('rule 22: only an expired order is taken up again', async () => {
      const order = await commitNew(requestOf({ saleId: newSaleId() }));
      for (const state of ['held', 'cancelled', 'rejected', 'confirmed', 'withdrawn'] as const) {
        await expect(ledger().retake({ ...order, state }, paymentOf(), paidAtMs)).rejects.toThrow(/^assertion failed: retake/);
      }
      expect(await ledger().read(order.orderId)).toEqual(order);
    });
  });
}

function refundCases(ledger: Get, commitNew: CommitNew, expire: Expire): void {
  describe('require refund', () => {
    const record = async (order: Order, id: string): Promise<Order> => {
      const outcome = await ledger().requireRefund(order, paymentOf(id));
      assert(outcome.kind === 'recorded', 'recorded for the test');
      return outcome.order;
    };

    test('rule 23: a payment is recorded in any state, as the next version; nothing else changes', async () => {
      const held = await commitNew(requestOf({ saleId: newSaleId(), limit: 1 }));
      const paid = await ledger().confirm(await commitNew(requestOf({ saleId: newSaleId() })), paymentOf('first'), heldAtMs);
      const rejected = closedImage(requestOf({ saleId: newSaleId() }), 'rejected');
      await ledger().close(rejected);
      const withdrawn = await commitNew(requestOf({ saleId: newSaleId(), customerId: house }));
      assert(paid.kind === 'confirmed', 'confirmed');
      for (const order of [held, paid.order, rejected, withdrawn, await expire(requestOf({ saleId: newSaleId() }))]) {
        const claims = await readClaims(ledger(), order.saleId);
        const recorded: Order = { ...order, version: order.version + 1, refunds: [paymentOf('second')] };
        expect(await ledger().requireRefund(order, paymentOf('second'))).toEqual({ kind: 'recorded', order: recorded });
        expect(await ledger().read(order.orderId)).toEqual(recorded);
        expect(await readClaims(ledger(), order.saleId)).toEqual(claims);
      }
      expect(await allowanceOf(ledger(), held.saleId, 'ann')).toBe(1);
    });

    test('rule 23: the same payment again is recorded once; from the image before, the order has changed', async () => {
      const order = await commitNew(requestOf({ saleId: newSaleId() }));
      const recorded = await record(order, 'pay-1');
      expect(await ledger().requireRefund(recorded, { ...paymentOf('pay-1'), amountMinor: 1 })).toEqual({
        kind: 'recorded',
        order: recorded,
      });
      expect(await ledger().requireRefund(order, paymentOf('pay-1'))).toEqual({ kind: 'changed' });
      expect(await ledger().read(order.orderId)).toEqual(recorded);
    });

    test('rule 23: one id of two providers is two payments, in the order in which they came', async () => {
      const order = await record(await commitNew(requestOf({ saleId: newSaleId() })), 'pay-1');
      const other = { ...paymentOf('pay-1'), provider: 'card' };
      expect(await ledger().requireRefund(order, other)).toMatchObject({ order: { version: 3, refunds: [paymentOf('pay-1'), other] } });
    });

    test('rule 23: of 10 payments at once from one image 1 is recorded, 9 must read again', async () => {
      const order = await expire(requestOf({ saleId: newSaleId() }));
      const outcomes = await Promise.all(range(10).map((n) => ledger().requireRefund(order, paymentOf(`pay-${n}`))));
      const [first] = outcomes.filter(({ kind }) => kind === 'recorded');
      expect(outcomes.filter(({ kind }) => kind === 'changed')).toHaveLength(9);
      expect(first).toMatchObject({ order: await ledger().read(order.orderId) });
    });

    test('rules 22, 23: what is to be paid back takes nothing up: of both at once from one image, 20 times, one wins', async () => {
      const saleId = newSaleId();
      const states = await Promise.all(
        range(20).map(async (index) => {
          const expired = await expire(requestOf({ saleId, key: `k${index}`, units: [index] }));
          const attempts = [() => ledger().retake(expired, paymentOf(), paidAtMs), () => ledger().requireRefund(expired, paymentOf())];
          const outcomes = await Promise.all((index % 2 === 0 ? attempts : attempts.toReversed()).map((attempt) => attempt()));
          expect(outcomes.filter(({ kind }) => kind === 'changed')).toHaveLength(1);
          const stored = await ledger().read(expired.orderId);
          expect(stored?.payment === undefined).toBe(stored?.refunds !== undefined);
          return stored?.state;
        }),
      );
      expect(await readClaims(ledger(), saleId)).toHaveLength(states.filter((state) => state === 'confirmed').length);
    });

    test('a payment to be paid back pays for nothing, the one that paid is never paid back so', async () => {
      const recorded = await record(await commitNew(requestOf({ saleId: newSaleId() })), 'pay-1');
      await expect(ledger().confirm(recorded, paymentOf('pay-1'), heldAtMs)).rejects.toThrow('pays for nothing');
      const paid = await ledger().confirm(recorded, paymentOf('pay-2'), heldAtMs);
      assert(paid.kind === 'confirmed', 'confirmed');
      await expect(ledger().requireRefund(paid.order, paymentOf('pay-2'))).rejects.toThrow('not one to be paid back');
      expect(await ledger().read(recorded.orderId)).toEqual(paid.order);
    });

    test(`${limits.orderRefunds} of an order are recorded, one more is refused`, async () => {
      let order = await commitNew(requestOf({ saleId: newSaleId() }));
      for (const n of range(limits.orderRefunds)) order = await record(order, `pay-${n}`);
      await expect(ledger().requireRefund(order, paymentOf('one-more'))).rejects.toThrow(`at most ${limits.orderRefunds}`);
      expect(await ledger().read(order.orderId)).toEqual(order);
    });
  });
}
