import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import * as fc from 'fast-check';
import { limits } from '../../lambdas/contracts/limits.ts';
import { assert } from '../../lambdas/domain/kernel/assert.ts';
import { house, type CommitRequest, type Order } from '../../lambdas/domain/orders/order.ts';
import { newestFirst } from '../../lambdas/domain/orders/order-page.ts';
import type { OrderLedger } from '../../lambdas/domain/orders/ports.ts';
import {
  acceptedAtMs,
  allowanceOf,
  claimsOf,
  closedImage,
  heldAtMs,
  heldImage,
  holdExpiresAtMs,
  newSaleId,
  range,
  readClaims,
  requestOf,
} from './order-ledger.samples.ts';
import { paymentCases } from './order-ledger.payment-cases.ts';
import { walk, waves } from './order-ledger.walk.ts';

/** A ledger to be put through the suite. */
export interface LedgerUnderTest {
  readonly ledger: OrderLedger;
  close(): Promise<void>;
}

const overdueMs = holdExpiresAtMs + limits.holdGraceMs + 1;

/**
 * What every OrderLedger does (protocol.md rules 13–23, 39), seen through the port alone: DynamoDB's emulations and
 * whatever stands in for them elsewhere run the same cases.
 */
export function orderLedgerConformance(name: string, makeLedger: () => Promise<LedgerUnderTest>): void {
  describe(`order ledger on ${name}`, () => {
    // An engine shares its two cores with whatever else is being tested.
    jest.setTimeout(30_000);
    let underTest: LedgerUnderTest | undefined;
    beforeAll(async () => {
      underTest = await makeLedger();
    }, 60_000);
    afterAll(() => underTest?.close());
    const ledger = (): OrderLedger => {
      assert(underTest, 'the ledger was made');
      return underTest.ledger;
    };
    const commit = (request: CommitRequest) => ledger().commit(request, heldAtMs);
    const commitNew = async (request: CommitRequest): Promise<Order> => {
      const outcome = await commit(request);
      assert(outcome.kind === 'committed', `commit for the test's set-up: ${outcome.kind}`);
      return outcome.order;
    };

    commitCases(ledger, commit, commitNew);
    refusalCases(ledger, commit, commitNew);
    allowanceCases(ledger, commit, commitNew);
    releaseCases(ledger, commit, commitNew);
    closeCases(ledger, commit, commitNew);
    houseCases(ledger, commit, commitNew);
    paymentCases(ledger, commit, commitNew);
    readCases(ledger, commitNew);
    listCases(ledger, commitNew);
    test('invariants 1, 3, 5: 15 random walks of 1 to 80 commits, closes, releases, payments and refunds, up to 8 at once, keep the books', async () => {
      await fc.assert(
        fc.asyncProperty(waves, (plan) => walk(ledger(), plan)),
        { numRuns: 15, endOnFailure: true },
      );
    }, 60_000);
  });
}

export type Get = () => OrderLedger;
export type Commit = (request: CommitRequest) => ReturnType<OrderLedger['commit']>;
export type CommitNew = (request: CommitRequest) => Promise<Order>;

function commitCases(ledger: Get, commit: Commit, commitNew: CommitNew): void {
  describe('commit', () => {
    test('rule 13: writes the order as held at version 1, with one claim a unit over 2 lines', async () => {
      const saleId = newSaleId();
      const request = requestOf({
        saleId,
        lines: [
          { sku: 'shirt', units: [3, 64, 65] },
          { sku: 'cap', units: [3] },
        ],
      });
      const image = heldImage(request);
      expect(await commit(request)).toEqual({ kind: 'committed', order: image });
      expect(await ledger().read(image.orderId)).toEqual(image);
      expect(await readClaims(ledger(), saleId, 'shirt')).toEqual(claimsOf(image).slice(0, 3));
      expect(await readClaims(ledger(), saleId, 'cap')).toEqual(claimsOf(image).slice(3));
    });

    test('rule 13: keeps reference, metadata and the units counted against a limit', async () => {
      const request = requestOf({
        saleId: newSaleId(),
        limit: 4,
        units: [0, 1],
        extra: { reference: 'PO 4711 ✓', metadata: { channel: 'app', note: '', 'a#b': 'ünï' } },
      });
      const image = await commitNew(request);
      expect(image).toEqual({ ...heldImage(request), countedUnits: 2, customerLimit: 4 });
      expect(await ledger().read(image.orderId)).toEqual(image);
    });

    test('rule 13: 10 identical commits at once take effect once; the other 9 get its image', async () => {
      const saleId = newSaleId();
      const request = requestOf({ saleId, units: [7, 8], limit: 10 });
      const outcomes = await Promise.all(range(10).map(() => commit(request)));
      expect(outcomes.filter(({ kind }) => kind === 'committed')).toHaveLength(1);
      expect(outcomes.filter(({ kind }) => kind === 'exists')).toHaveLength(9);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ order: heldImage(request) });
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(2);
      expect(await readClaims(ledger(), saleId)).toHaveLength(2);
    });

    test(`rule 13: ${limits.transactionUnits} units with a limit fit into one transaction, and out of it again`, async () => {
      const saleId = newSaleId();
      const order = await commitNew(requestOf({ saleId, units: range(limits.transactionUnits), limit: limits.transactionUnits }));
      expect(await readClaims(ledger(), saleId)).toEqual(claimsOf(order));
      expect(await ledger().release(order, 'cancelled', heldAtMs)).toMatchObject({ kind: 'released' });
      expect(await readClaims(ledger(), saleId)).toEqual([]);
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(0);
    });

    test('the same unit number of another sku or another sale is another unit', async () => {
      const [saleId, otherSaleId] = [newSaleId(), newSaleId()];
      await commitNew(requestOf({ saleId, units: [5] }));
      await commitNew(requestOf({ saleId, key: 'k2', lines: [{ sku: 'cap', units: [5] }] }));
      await commitNew(requestOf({ saleId: otherSaleId, units: [5] }));
      expect(await readClaims(ledger(), saleId)).toHaveLength(1);
    });
  });
}

function refusalCases(ledger: Get, commit: Commit, commitNew: CommitNew): void {
  describe('refused commit', () => {
    test('rule 14: a collision lists exactly the 3 claims met, of 2 owners, and changes nothing', async () => {
      const saleId = newSaleId();
      const first = await commitNew(requestOf({ saleId, customerId: 'bob', units: [1, 3] }));
      const second = await commitNew(requestOf({ saleId, customerId: 'cat', units: [5] }));
      const late = requestOf({ saleId, units: [0, 1, 2, 3, 4, 5], limit: 10 });
      const outcome = await commit(late);
      expect(outcome).toEqual({ kind: 'collided', claims: [...claimsOf(first), ...claimsOf(second)] });
      expect(await ledger().read(late.order.orderId)).toBeUndefined();
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(0);
      expect(await readClaims(ledger(), saleId)).toEqual([...claimsOf(first), ...claimsOf(second)]);
    });

    test('rule 14: one taken unit in the last of 3 lines refuses all of them', async () => {
      const saleId = newSaleId();
      const owner = await commitNew(requestOf({ saleId, customerId: 'bob', lines: [{ sku: 'mug', units: [9] }] }));
      const lines = [
        { sku: 'shirt', units: [0, 1] },
        { sku: 'cap', units: [0] },
        { sku: 'mug', units: [8, 9] },
      ];
      expect(await commit(requestOf({ saleId, lines }))).toEqual({ kind: 'collided', claims: claimsOf(owner) });
      expect(await readClaims(ledger(), saleId, 'shirt')).toEqual([]);
      expect(await readClaims(ledger(), saleId, 'cap')).toEqual([]);
      expect(await readClaims(ledger(), saleId, 'mug')).toEqual(claimsOf(owner));
    });

    test('rule 13: of 10 orders for one unit at once, 1 gets it and 9 are told by whom', async () => {
      const saleId = newSaleId();
      const requests = range(10).map((index) => requestOf({ saleId, customerId: `customer-${index}`, units: [0] }));
      const outcomes = await Promise.all(requests.map(commit));
      const [winner] = outcomes.flatMap((outcome) => (outcome.kind === 'committed' ? [outcome.order] : []));
      assert(winner, 'somebody got the unit');
      expect(outcomes.filter(({ kind }) => kind === 'committed')).toHaveLength(1);
      const losers = outcomes.filter((outcome) => outcome.kind !== 'committed');
      for (const loser of losers) expect(loser).toEqual({ kind: 'collided', claims: claimsOf(winner) });
      expect(await readClaims(ledger(), saleId)).toEqual(claimsOf(winner));
    });

    test('rule 14: its own order wins over a collision and over the limit, whatever the fingerprint', async () => {
      const saleId = newSaleId();
      const image = await commitNew(requestOf({ saleId, units: [0, 1], limit: 2 }));
      await commitNew(requestOf({ saleId, customerId: 'bob', units: [2] }));
      const again = requestOf({ saleId, units: [2], limit: 2, fingerprint: 'another' });
      expect(await commit(again)).toEqual({ kind: 'exists', order: image });
      const tooMany = requestOf({ saleId, units: [3, 4, 5], limit: 2 });
      expect(await commit(tooMany)).toEqual({ kind: 'exists', order: image });
    });

    test('rule 14: the limit is told before a collision', async () => {
      const saleId = newSaleId();
      await commitNew(requestOf({ saleId, units: [0, 1], limit: 2 }));
      await commitNew(requestOf({ saleId, customerId: 'bob', units: [2] }));
      expect(await commit(requestOf({ saleId, key: 'k2', units: [2], limit: 2 }))).toEqual({ kind: 'customer-limit' });
    });
  });
}

function allowanceCases(ledger: Get, commit: Commit, commitNew: CommitNew): void {
  describe('allowance', () => {
    test('rule 13: limit 3 lets 1 and then 2 units through, and refuses 1 more', async () => {
      const saleId = newSaleId();
      await commitNew(requestOf({ saleId, key: 'k1', units: [0], limit: 3 }));
      await commitNew(requestOf({ saleId, key: 'k2', units: [1, 2], limit: 3 }));
      expect(await commit(requestOf({ saleId, key: 'k3', units: [3], limit: 3 }))).toEqual({ kind: 'customer-limit' });
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(3);
      expect(await readClaims(ledger(), saleId)).toHaveLength(3);
    });

    test('rule 13: limit 3 lets 3 units through at once and refuses 4, also before anything was used', async () => {
      const saleId = newSaleId();
      expect(await commit(requestOf({ saleId, key: 'k1', units: [0, 1, 2, 3], limit: 3 }))).toEqual({ kind: 'customer-limit' });
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(0);
      const order = await commitNew(requestOf({ saleId, key: 'k2', units: [0, 1, 2], limit: 3 }));
      await ledger().release(order, 'cancelled', heldAtMs);
      expect(await commit(requestOf({ saleId, key: 'k3', units: [0, 1, 2, 3], limit: 3 }))).toEqual({ kind: 'customer-limit' });
    });

    test('rule 13: each customer and each sale has an allowance of its own, whatever the customer is called', async () => {
      const [saleId, otherSaleId] = [newSaleId(), newSaleId()];
      for (const customerId of ['ann', 'ann#1', '1', '#']) {
        await commitNew(requestOf({ saleId, customerId, units: [customerId.length * 10 + customerId.charCodeAt(0)], limit: 1 }));
      }
      await commitNew(requestOf({ saleId: otherSaleId, limit: 1 }));
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(1);
    });

    test('rule 13: of 20 orders of 1 unit at once under limit 5, 5 are committed and 15 refused', async () => {
      const saleId = newSaleId();
      const requests = range(20).map((index) => requestOf({ saleId, key: `k${index}`, units: [index], limit: 5 }));
      // Twenty on one allowance conflict on real DynamoDB; a worker's message comes back then, and is committed again.
      const outcomes = await Promise.all(requests.map(commit));
      expect(outcomes.filter(({ kind }) => kind === 'committed')).toHaveLength(5);
      expect(outcomes.filter(({ kind }) => kind === 'customer-limit')).toHaveLength(15);
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(5);
      expect(await readClaims(ledger(), saleId)).toHaveLength(5);
    });

    test('answer (e): without a limit nothing is counted, at commit and at release', async () => {
      const saleId = newSaleId();
      const limited = await commitNew(requestOf({ saleId, key: 'k1', units: [0], limit: 3 }));
      const unlimited = await commitNew(requestOf({ saleId, key: 'k2', units: [1, 2, 3, 4] }));
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(1);
      expect(await ledger().release(unlimited, 'cancelled', heldAtMs)).toMatchObject({ kind: 'released' });
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(1);
      expect(await ledger().release(limited, 'cancelled', heldAtMs)).toMatchObject({ kind: 'released' });
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(0);
    });

    test('an allowance nobody ever had is 0', async () => {
      expect(await allowanceOf(ledger(), newSaleId(), 'nobody')).toBe(0);
    });
  });
}

function releaseCases(ledger: Get, commit: Commit, commitNew: CommitNew): void {
  describe('release', () => {
    test('rule 18: an expiry is refused up to the end of hold + 2,000 ms and takes effect 1 ms later', async () => {
      const saleId = newSaleId();
      const order = await commitNew(requestOf({ saleId, units: [0, 1], limit: 2 }));
      for (const nowMs of [heldAtMs, holdExpiresAtMs, holdExpiresAtMs + 1, overdueMs - 1]) {
        expect(await ledger().release(order, 'expired', nowMs)).toEqual({ kind: 'changed' });
      }
      expect(await ledger().read(order.orderId)).toEqual(order);
      const expired: Order = { ...order, state: 'expired', version: 2, closedAtMs: overdueMs };
      expect(await ledger().release(order, 'expired', overdueMs)).toEqual({ kind: 'released', order: expired });
      expect(await ledger().read(order.orderId)).toEqual(expired);
      expect(await readClaims(ledger(), saleId)).toEqual([]);
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(0);
    });

    test('rule 19: of 10 expiries at once 1 takes effect: the allowance falls from 3 to 1 once', async () => {
      const saleId = newSaleId();
      await commitNew(requestOf({ saleId, key: 'k1', units: [0], limit: 5 }));
      const order = await commitNew(requestOf({ saleId, key: 'k2', units: [1, 2], limit: 5 }));
      const outcomes = await Promise.all(range(10).map(() => ledger().release(order, 'expired', overdueMs)));
      expect(outcomes.filter(({ kind }) => kind === 'released')).toHaveLength(1);
      expect(outcomes.filter(({ kind }) => kind === 'changed')).toHaveLength(9);
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(1);
      expect(await readClaims(ledger(), saleId)).toHaveLength(1);
    });

    test('rule 18: a held order is cancelled before its time; its image keeps its units for the gate, its units are free', async () => {
      const saleId = newSaleId();
      const order = await commitNew(requestOf({ saleId, units: [4, 5] }));
      const cancelled: Order = { ...order, state: 'cancelled', version: 2, closedAtMs: heldAtMs + 1 };
      expect(await ledger().release(order, 'cancelled', heldAtMs + 1)).toEqual({ kind: 'released', order: cancelled });
      expect(cancelled.lines[0]?.units).toEqual([4, 5]);
      const next = await commitNew(requestOf({ saleId, customerId: 'bob', units: [5] }));
      expect(await readClaims(ledger(), saleId)).toEqual(claimsOf(next));
    });

    test('rule 18: an image of an older version changes nothing, and takes no claim that is now another order’s', async () => {
      const saleId = newSaleId();
      const order = await commitNew(requestOf({ saleId, units: [0], limit: 2 }));
      await ledger().release(order, 'cancelled', heldAtMs);
      const next = await commitNew(requestOf({ saleId, key: 'k2', units: [0], limit: 2 }));
      expect(await ledger().release(order, 'cancelled', heldAtMs)).toEqual({ kind: 'changed' });
      expect(await ledger().release(order, 'expired', overdueMs)).toEqual({ kind: 'changed' });
      expect(await readClaims(ledger(), saleId)).toEqual(claimsOf(next));
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(1);
    });

    test('rule 18: state, version and units counted must each be as stored, so the allowance cannot be left behind', async () => {
      const saleId = newSaleId();
      const counted = await commitNew(requestOf({ saleId, key: 'k1', units: [0, 1], limit: 2 }));
      const uncounted = await commitNew(requestOf({ saleId, key: 'k2', units: [2] }));
      const { countedUnits, ...stripped } = counted;
      expect(countedUnits).toBe(2);
      const others: Order[] = [
        { ...counted, state: 'confirmed' },
        { ...counted, version: 2 },
        { ...counted, countedUnits: 1 },
        stripped,
        { ...uncounted, countedUnits: 1 },
      ];
      for (const other of others) expect(await ledger().release(other, 'cancelled', heldAtMs)).toEqual({ kind: 'changed' });
      expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(2);
      expect(await readClaims(ledger(), saleId)).toHaveLength(3);
      for (const order of [counted, uncounted]) {
        expect(await ledger().release(order, 'cancelled', heldAtMs)).toMatchObject({ kind: 'released' });
      }
    });

    test('rule 18: an order the ledger does not have is changed, not made', async () => {
      const ghost = heldImage(requestOf({ saleId: newSaleId() }));
      expect(await ledger().release(ghost, 'cancelled', heldAtMs)).toEqual({ kind: 'changed' });
      expect(await ledger().read(ghost.orderId)).toBeUndefined();
    });

    test('rule 19: an expired or cancelled order is not resurrected by a late commit', async () => {
      for (const to of ['expired', 'cancelled'] as const) {
        const saleId = newSaleId();
        const request = requestOf({ saleId, units: [0], limit: 1 });
        const outcome = await ledger().release(await commitNew(request), to, overdueMs);
        assert(outcome.kind === 'released', 'released');
        expect(await commit(request)).toEqual({ kind: 'exists', order: outcome.order });
        expect(await readClaims(ledger(), saleId)).toEqual([]);
        expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(0);
      }
    });
  });
}

function closeCases(ledger: Get, commit: Commit, commitNew: CommitNew): void {
  describe('close', () => {
    test('rules 17, 20: a closed order is met by a late commit, which claims nothing', async () => {
      for (const state of ['rejected', 'cancelled'] as const) {
        const saleId = newSaleId();
        const request = requestOf({ saleId, units: [0], limit: 1 });
        const image = closedImage(request, state);
        expect(await ledger().close(image)).toEqual({ kind: 'closed', order: image });
        expect(await commit(request)).toEqual({ kind: 'exists', order: image });
        expect(await ledger().read(image.orderId)).toEqual(image);
        expect(await readClaims(ledger(), saleId)).toEqual([]);
        expect(await allowanceOf(ledger(), saleId, 'ann')).toBe(0);
      }
    });

    test('rule 20: a close that comes after the commit gets the held image and changes nothing', async () => {
      const saleId = newSaleId();
      const request = requestOf({ saleId });
      const image = await commitNew(request);
      expect(await ledger().close(closedImage(request))).toEqual({ kind: 'exists', order: image });
      expect(await ledger().read(image.orderId)).toEqual(image);
      expect(await readClaims(ledger(), saleId)).toEqual(claimsOf(image));
    });

    test('rule 17: the first of two closes stands', async () => {
      const request = requestOf({ saleId: newSaleId() });
      const rejected = closedImage(request, 'rejected');
      expect(await ledger().close(rejected)).toEqual({ kind: 'closed', order: rejected });
      expect(await ledger().close(closedImage(request, 'cancelled'))).toEqual({ kind: 'exists', order: rejected });
    });

    test('rule 20: commit and close at once, 20 times, either first: exactly one wins, and the ledger says which', async () => {
      const saleId = newSaleId();
      await Promise.all(
        range(20).map(async (index) => {
          const request = requestOf({ saleId, key: `k${index}`, units: [index] });
          const attempts = [() => commit(request), () => ledger().close(closedImage(request))];
          const outcomes = await Promise.all((index % 2 === 0 ? attempts : attempts.toReversed()).map((attempt) => attempt()));
          const kinds = outcomes.map(({ kind }) => kind).toSorted();
          expect([
            ['committed', 'exists'],
            ['closed', 'exists'],
          ]).toContainEqual(kinds);
          const stored = await ledger().read(request.order.orderId);
          expect(stored?.state).toBe(kinds.includes('committed') ? 'held' : 'cancelled');
          for (const outcome of outcomes) expect(outcome).toMatchObject({ order: stored });
        }),
      );
      const claimed = new Set((await readClaims(ledger(), saleId)).map(({ orderId }) => orderId));
      for (const index of range(20)) {
        const { orderId } = requestOf({ saleId, key: `k${index}` }).order;
        expect(claimed.has(orderId)).toBe((await ledger().read(orderId))?.state === 'held');
      }
    });
  });
}

function houseCases(ledger: Get, commit: Commit, commitNew: CommitNew): void {
  describe('withdrawal', () => {
    const withdrawal = (saleId: string, units: readonly number[]) => requestOf({ saleId, customerId: house, key: 'op 0', units });

    test(`rule 25: ${limits.transactionUnits} units are committed as withdrawn: no hold, no end, no customer in the claims`, async () => {
      const saleId = newSaleId();
      const request = withdrawal(saleId, range(limits.transactionUnits));
      const image: Order = { ...request.order, state: 'withdrawn', version: 1 };
      expect(await commit(request)).toEqual({ kind: 'committed', order: image });
      expect(await ledger().read(image.orderId)).toEqual(image);
      const { orderId } = image;
      expect(await readClaims(ledger(), saleId)).toEqual(
        range(limits.transactionUnits).map((unit) => ({ sku: 'shirt', unit, orderId, version: 1 })),
      );
      expect(await commit(request)).toEqual({ kind: 'exists', order: image });
    });

    test('rule 25: it collides as any order does, with a buyer’s and a buyer with it', async () => {
      const saleId = newSaleId();
      const bought = await commitNew(requestOf({ saleId, units: [0] }));
      expect(await commit(withdrawal(saleId, [0, 1]))).toEqual({ kind: 'collided', claims: claimsOf(bought) });
      const { orderId } = await commitNew(withdrawal(saleId, [1]));
      expect(await commit(requestOf({ saleId, key: 'k2', units: [1] }))).toEqual({
        kind: 'collided',
        claims: [{ sku: 'shirt', unit: 1, orderId, version: 1 }],
      });
    });

    test('rule 18: of 10 cancels at once 1 puts the units back; they can be sold, and a late commit withdraws nothing', async () => {
      const saleId = newSaleId();
      const request = withdrawal(saleId, [0, 1]);
      const order = await commitNew(request);
      const outcomes = await Promise.all(range(10).map(() => ledger().release(order, 'cancelled', heldAtMs)));
      expect(outcomes.filter(({ kind }) => kind === 'released')).toHaveLength(1);
      const sold = await commitNew(requestOf({ saleId, units: [0, 1] }));
      expect(await commit(request)).toEqual({ kind: 'exists', order: { ...order, state: 'cancelled', version: 2, closedAtMs: heldAtMs } });
      expect(await readClaims(ledger(), saleId)).toEqual(claimsOf(sold));
    });

    test('rule 18: it never expires', async () => {
      const order = await commitNew(withdrawal(newSaleId(), [0]));
      await expect(ledger().release(order, 'expired', overdueMs)).rejects.toThrow('withdrawn cannot be expired');
      expect(await ledger().read(order.orderId)).toEqual(order);
    });
  });
}

function readCases(ledger: Get, commitNew: CommitNew): void {
  describe('reads', () => {
    test('rule 39: an order nobody wrote is undefined', async () => {
      expect(await ledger().read(requestOf({ saleId: newSaleId() }).order.orderId)).toBeUndefined();
    });

    test('100 orders at once: those that are there, as they stand; no order at all is none', async () => {
      const saleId = newSaleId();
      const requests = range(limits.batchGetItems).map((key) => requestOf({ saleId, key: `k${key}`, units: [key] }));
      const stored = [];
      for (const request of requests.slice(0, 40)) stored.push(await commitNew(request));
      const byId = (a: Order, b: Order) => a.orderId.localeCompare(b.orderId);
      const found = await ledger().readAll(requests.map(({ order }) => order.orderId));
      expect(found.toSorted(byId)).toEqual(stored.toSorted(byId));
      expect(await ledger().readAll([])).toEqual([]);
    });

    test('allowances of 3 customers at once: each their own, 0 where there is none', async () => {
      const saleId = newSaleId();
      await commitNew(requestOf({ saleId, units: [0, 1], limit: 4 }));
      await commitNew(requestOf({ saleId, customerId: 'b#b', units: [2], limit: 4 }));
      const found = await ledger().allowances(saleId, ['b#b', 'nobody', 'ann']);
      expect([...found]).toEqual([
        ['b#b', 1],
        ['nobody', 0],
        ['ann', 2],
      ]);
    });

    test('rule 14: overdue orders are those held, of this customer, in this sale, past their end by more than 2,000 ms', async () => {
      const [saleId, otherSaleId] = [newSaleId(), newSaleId()];
      const first = await commitNew(requestOf({ saleId, key: 'k1', units: [0] }));
      const second = await commitNew(requestOf({ saleId, key: 'k2', units: [1] }));
      const cancelled = await commitNew(requestOf({ saleId, key: 'k3', units: [2] }));
      await ledger().release(cancelled, 'cancelled', heldAtMs);
      await commitNew(requestOf({ saleId, customerId: 'bob', units: [3] }));
      await commitNew(requestOf({ saleId: otherSaleId, units: [0] }));
      await commitNew(requestOf({ saleId: `${saleId}-b`, units: [0] }));
      // Two customers may have the same 10 characters in their order ids.
      await commitNew(requestOf({ saleId, key: 'k5', units: [5], extra: { customerId: 'ann-by-hash' } }));
      const { order: asking } = requestOf({ saleId, key: 'k4' });
      expect(await ledger().overdueOrders(asking, overdueMs - 1)).toEqual([]);
      const found = await ledger().overdueOrders(asking, overdueMs);
      const byId = (a: Order, b: Order) => a.orderId.localeCompare(b.orderId);
      expect(found.toSorted(byId)).toEqual([first, second].toSorted(byId));
    });

    test('claims: all of a sku and none of another, also where one shard holds more than 1 MB of them', async () => {
      const saleId = `${newSaleId()}-${'x'.repeat(45)}`;
      const sku = 'y'.repeat(63);
      const customerId = 'z'.repeat(128);
      // 64 apart: all in one shard. 40 × 97 claims of some 350 bytes are 1.3 MB.
      const orders = range(40).map((index) =>
        requestOf({ saleId, customerId, key: `k${index}`, lines: [{ sku, units: range(97).map((unit) => (index * 97 + unit) * 64) }] }),
      );
      for (const request of orders) await commitNew(request);
      await commitNew(requestOf({ saleId, lines: [{ sku: 'other', units: [0] }] }));
      const claims = await readClaims(ledger(), saleId, sku);
      expect(claims.map(({ unit }) => unit)).toEqual(range(40 * 97).map((unit) => unit * 64));
    }, 60_000);

    test('claims: a range takes its first unit in and its end out, over shards and within one', async () => {
      const saleId = newSaleId();
      await commitNew(requestOf({ saleId, units: [0, 1, 62, 63, 64, 65, 127, 128, 200, 1000] }));
      const unitsIn = async (fromUnit: number, toUnit: number) => {
        const units: number[] = [];
        for await (const page of ledger().claims(saleId, 'shirt', { fromUnit, toUnit })) units.push(...page.map(({ unit }) => unit));
        return units.toSorted((a, b) => a - b);
      };
      expect(await unitsIn(0, 1)).toEqual([0]);
      expect(await unitsIn(1, 64)).toEqual([1, 62, 63]);
      expect(await unitsIn(63, 65)).toEqual([63, 64]);
      expect(await unitsIn(65, 1000)).toEqual([65, 127, 128, 200]);
      expect(await unitsIn(0, 10_000_000)).toEqual([0, 1, 62, 63, 64, 65, 127, 128, 200, 1000]);
      expect(await unitsIn(5, 5)).toEqual([]);
    });

    test('orders: each of 1 sale once, in its newest version, more than 100 of them in one shard of the index', async () => {
      const saleId = newSaleId();
      const inOneShard: CommitRequest[] = [];
      for (let key = 0; inOneShard.length < 130; key += 1) {
        const request = requestOf({ saleId, key: `k${key}`, units: [key] });
        // The 14th character after `ord_` is the first that tells one order of a sale from another.
        if (request.order.orderId.charAt(17) === '7') inOneShard.push(request);
      }
      const others = range(60).map((key) => requestOf({ saleId, customerId: 'bob', key: `k${key}`, units: [100_000 + key] }));
      const stored: Order[] = [];
      for (const request of [...inOneShard, ...others]) stored.push(await commitNew(request));
      const [first] = stored;
      assert(first, 'an order was committed');
      const outcome = await ledger().release(first, 'cancelled', heldAtMs);
      assert(outcome.kind === 'released', 'released');
      const rejected = closedImage(requestOf({ saleId, key: 'never-live' }), 'rejected');
      await ledger().close(rejected);
      await commitNew(requestOf({ saleId: newSaleId() }));

      const listed: Order[] = [];
      for await (const page of ledger().orders(saleId)) listed.push(...page);
      const byId = (a: Order, b: Order) => (a.orderId < b.orderId ? -1 : 1);
      expect(listed.toSorted(byId)).toEqual([outcome.order, ...stored.slice(1), rejected].toSorted(byId));
    }, 60_000);
  });
}

function listCases(ledger: Get, commitNew: CommitNew): void {
  describe('lists', () => {
    const readAll = async (pages: AsyncIterable<Order[]>) => {
      const found: Order[] = [];
      for await (const page of pages) found.push(...page);
      return found;
    };

    test('newest orders: 200 of 2 customers in 40 instants come newest first, each once and whole, from any position on', async () => {
      const saleId = newSaleId();
      // Accepted in no order, 5 in one instant.
      const orders = await inGroups(
        range(200).map((n) =>
          requestOf({
            saleId,
            customerId: n % 2 === 0 ? 'ann' : 'bob',
            key: `k${n}`,
            units: [n],
            extra: { acceptedAtMs: acceptedAtMs + ((n * 7) % 40) },
          }),
        ),
        commitNew,
      );
      await commitNew(requestOf({ saleId: newSaleId(), units: [0] }));
      const sorted = orders.toSorted(newestFirst);
      expect(await readAll(ledger().newestOrders(saleId, { chunk: 7 }))).toEqual(sorted);
      for (const at of [0, 4, 5, 99, 198, 199]) {
        const after = sorted[at];
        assert(after, 'a position of the list');
        expect(await readAll(ledger().newestOrders(saleId, { chunk: 100, after }))).toEqual(sorted.slice(at + 1));
      }
    });

    test('newest orders: more of one instant in one shard of the index than a query gives come each once', async () => {
      const saleId = newSaleId();
      const sameShard: CommitRequest[] = [];
      for (let n = 0; sameShard.length < limits.orderIndexPageKeys + 10; n += 1) {
        const request = requestOf({ saleId, key: `k${n}`, units: [n] });
        if (request.order.orderId.charAt(17) === '7') sameShard.push(request);
      }
      const sorted = (await inGroups(sameShard, commitNew)).toSorted(newestFirst);
      const first: Order[] = [];
      for await (const page of ledger().newestOrders(saleId, { chunk: 10 })) {
        first.push(...page);
        break;
      }
      expect(first).toEqual(sorted.slice(0, 10));
      const after = sorted[9];
      assert(after, 'a position of the list');
      expect(await readAll(ledger().newestOrders(saleId, { chunk: 100, after }))).toEqual(sorted.slice(10));
    });

    test('customer orders: of one customer, also where another has the same tag; of one sale if it is asked', async () => {
      const [saleId, otherSaleId] = [newSaleId(), newSaleId()];
      const customerId = `ann of ${saleId}`;
      const here = await commitNew(requestOf({ saleId, customerId, key: 'k1', units: [0] }));
      const there = await commitNew(requestOf({ saleId: otherSaleId, customerId, key: 'k1', units: [0] }));
      await commitNew(requestOf({ saleId, customerId, key: 'k2', units: [1], extra: { customerId: 'ann-by-hash' } }));
      await commitNew(requestOf({ saleId, customerId: 'bob', units: [2] }));
      const where = { customerId, customerTag: here.orderId.slice(4, 14) };
      const byId = (a: Order, b: Order) => a.orderId.localeCompare(b.orderId);
      expect((await readAll(ledger().customerOrders(where))).toSorted(byId)).toEqual([here, there].toSorted(byId));
      expect(await readAll(ledger().customerOrders({ ...where, saleTag: here.orderId.slice(14, 17) }))).toEqual([here]);
    });
  });
}

/** Commits so many at once as an engine on two cores likes. */
async function inGroups(requests: readonly CommitRequest[], commitNew: CommitNew): Promise<Order[]> {
  const orders: Order[] = [];
  for (let start = 0; start < requests.length; start += 20) {
    orders.push(...(await Promise.all(requests.slice(start, start + 20).map(commitNew))));
  }
  return orders;
}
