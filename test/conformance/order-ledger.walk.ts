import { expect } from '@jest/globals';
import * as fc from 'fast-check';
import { limits } from '../../lambdas/contracts/limits.ts';
import { isLive, type Order } from '../../lambdas/domain/orders/order.ts';
import type { OrderLedger } from '../../lambdas/domain/orders/ports.ts';
import {
  allowanceOf,
  claimsOf,
  closedImage,
  heldAtMs,
  holdExpiresAtMs,
  newSaleId,
  range,
  readClaims,
  requestOf,
} from './order-ledger.samples.ts';

const customers = ['ann', 'bob', 'cat'];
const keysEach = 3;
const units = 8;
const limit = 3;

/** One step of a worker: about the n-th order of a customer; the units are wanted by a commit only. */
interface Step {
  readonly kind: 'commit' | 'cancel' | 'expire' | 'close';
  readonly customer: number;
  readonly key: number;
  readonly wanted: readonly number[];
}

const step: fc.Arbitrary<Step> = fc.record(
  {
    kind: fc.constantFrom('commit', 'commit', 'commit', 'cancel', 'expire', 'close'),
    customer: fc.nat({ max: customers.length - 1 }),
    key: fc.nat({ max: keysEach - 1 }),
    wanted: fc.uniqueArray(fc.nat({ max: units - 1 }), { minLength: 1, maxLength: 3 }),
  },
  { noNullPrototype: true },
);

/** Steps that workers take at once, one wave after the other. */
export const waves = fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 10 });

/**
 * Workers that do anything at any time, on few units, few orders and a tight limit. After each wave the books hold:
 * the claims are exactly the units of live orders, each once; an allowance is the counted units of the customer's live
 * orders; an order that is closed stays as it is; and of all commits of an order at most one took effect.
 */
export async function walk(ledger: OrderLedger, plan: readonly (readonly Step[])[]): Promise<void> {
  const saleId = newSaleId();
  const committed = new Set<string>();
  const closed = new Map<string, Order>();
  for (const wave of plan) {
    await Promise.all(wave.map((one) => take(ledger, saleId, one, committed)));
    await checkBooks(ledger, saleId, closed);
  }
}

async function take(ledger: OrderLedger, saleId: string, { kind, customer, key, wanted }: Step, committed: Set<string>): Promise<void> {
  const request = requestOf({ saleId, customerId: customers[customer] ?? '', key: `k${key}`, units: wanted, limit });
  const { orderId } = request.order;
  if (kind === 'commit') {
    const outcome = await ledger.commit(request, heldAtMs);
    if (outcome.kind !== 'committed') return;
    expect(committed).not.toContain(orderId);
    committed.add(orderId);
    return;
  }
  if (kind === 'close') {
    await ledger.close(closedImage(request));
    return;
  }
  const order = await ledger.read(orderId);
  if (order?.state !== 'held') return;
  await ledger.release(order, kind === 'cancel' ? 'cancelled' : 'expired', holdExpiresAtMs + limits.holdGraceMs + 1);
}

async function checkBooks(ledger: OrderLedger, saleId: string, closed: Map<string, Order>): Promise<void> {
  const live: Order[] = [];
  for (const customerId of customers) {
    const ids = range(keysEach).map((key) => requestOf({ saleId, customerId, key: `k${key}` }).order.orderId);
    const orders = (await Promise.all(ids.map((orderId) => ledger.read(orderId)))).filter((order) => order !== undefined);
    for (const order of orders.filter(({ state }) => !isLive(state))) {
      expect(order).toEqual(closed.get(order.orderId) ?? order);
      closed.set(order.orderId, order);
    }
    const own = orders.filter(({ state }) => isLive(state));
    for (const { orderId } of own) expect(closed.has(orderId)).toBe(false);
    expect(await allowanceOf(ledger, saleId, customerId)).toBe(own.reduce((sum, { countedUnits }) => sum + (countedUnits ?? 0), 0));
    live.push(...own);
  }
  expect(await readClaims(ledger, saleId, 'shirt', units)).toEqual(live.flatMap(claimsOf).toSorted((a, b) => a.unit - b.unit));
}
