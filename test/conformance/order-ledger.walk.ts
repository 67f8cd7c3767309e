import { expect } from '@jest/globals';
import * as fc from 'fast-check';
import { limits } from '../../lambdas/contracts/limits.ts';
import { isLive, type Order } from '../../lambdas/domain/orders/order.ts';
import { isPaidBy, mustPayBack } from '../../lambdas/domain/orders/payment.ts';
import type { OrderLedger } from '../../lambdas/domain/orders/ports.ts';
import {
  allowanceOf,
  closedImage,
  heldAtMs,
  holdExpiresAtMs,
  newSaleId,
  paymentOf,
  range,
  readClaims,
  requestOf,
} from './order-ledger.samples.ts';

const customers = ['ann', 'bob', 'cat'];
const keysEach = 3;
const units = 8;
const limit = 3;
const laterMs = holdExpiresAtMs + limits.holdGraceMs + 1;

/** One step of a worker: about the n-th order of a customer; the units are wanted by a commit only. */
interface Step {
  readonly kind: 'commit' | 'cancel' | 'expire' | 'close' | 'pay' | 'refund';
  readonly customer: number;
  readonly key: number;
  readonly wanted: readonly number[];
  /** Which of two payments is told of. */
  readonly payment: string;
}

const step: fc.Arbitrary<Step> = fc.record(
  {
    kind: fc.constantFrom('commit', 'commit', 'commit', 'cancel', 'expire', 'expire', 'close', 'pay', 'pay', 'refund'),
    customer: fc.nat({ max: customers.length - 1 }),
    key: fc.nat({ max: keysEach - 1 }),
    wanted: fc.uniqueArray(fc.nat({ max: units - 1 }), { minLength: 1, maxLength: 3 }),
    payment: fc.constantFrom('pay-1', 'pay-2'),
  },
  { noNullPrototype: true },
);

/** Steps that workers take at once, one wave after the other. */
export const waves = fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 10 });

/**
 * Workers that do anything at any time, on few units, few orders and a tight limit. After each wave the books hold:
 * the claims are exactly the units of live orders, each once; an allowance is the counted units of the customer's live
 * orders; an order that is closed stays so, but for a late payment; a payment is taken or to be paid back, once; and no version of
 * an order is written twice.
 */
export async function walk(ledger: OrderLedger, plan: readonly (readonly Step[])[]): Promise<void> {
  const saleId = newSaleId();
  const written = new Set<string>();
  const closed = new Map<string, Order>();
  for (const wave of plan) {
    for (const order of (await Promise.all(wave.map((one) => take(ledger, saleId, one)))).filter((one) => one !== undefined)) {
      const version = `${order.orderId}.${order.version}`;
      expect(written).not.toContain(version);
      written.add(version);
    }
    await checkBooks(ledger, saleId, closed);
  }
}

/** What the step wrote, if it took effect. */
async function take(ledger: OrderLedger, saleId: string, step: Step): Promise<Order | undefined> {
  const request = requestOf({ saleId, customerId: customers[step.customer] ?? '', key: `k${step.key}`, units: step.wanted, limit });
  if (step.kind === 'commit') return effectOf(await ledger.commit(request, heldAtMs));
  if (step.kind === 'close') return effectOf(await ledger.close(closedImage(request)));
  const order = await ledger.read(request.order.orderId);
  const outcome = order && (await change(ledger, order, step));
  return outcome && effectOf(outcome);
}

/** Those that say so took effect, but for a refund that was there before. */
function effectOf(outcome: { readonly kind: string; readonly order?: Order }): Order | undefined {
  return ['committed', 'closed', 'released', 'confirmed', 'recorded'].includes(outcome.kind) ? outcome.order : undefined;
}

async function change(ledger: OrderLedger, order: Order, { kind, payment: id }: Step) {
  const payment = paymentOf(id);
  const known = mustPayBack(order, payment) || isPaidBy(order, payment);
  if (kind === 'expire') return order.state === 'held' ? ledger.release(order, 'expired', laterMs) : undefined;
  if (kind === 'cancel') return isLive(order.state) ? ledger.release(order, 'cancelled', laterMs) : undefined;
  if (known) return undefined;
  if (kind === 'refund') return ledger.requireRefund(order, payment);
  if (order.state === 'held') return ledger.confirm(order, payment, laterMs);
  return order.state === 'expired' ? ledger.retake(order, payment, laterMs) : undefined;
}

async function checkBooks(ledger: OrderLedger, saleId: string, closed: Map<string, Order>): Promise<void> {
  const live: Order[] = [];
  for (const customerId of customers) {
    const ids = range(keysEach).map((key) => requestOf({ saleId, customerId, key: `k${key}` }).order.orderId);
    const orders = (await Promise.all(ids.map((orderId) => ledger.read(orderId)))).filter((order) => order !== undefined);
    for (const order of orders) checkOrder(order, closed);
    const own = orders.filter(({ state }) => isLive(state));
    expect(await allowanceOf(ledger, saleId, customerId)).toBe(own.reduce((sum, { countedUnits }) => sum + (countedUnits ?? 0), 0));
    live.push(...own);
  }
  const claimed = (await readClaims(ledger, saleId, 'shirt', units)).map(({ unit, orderId }) => [unit, orderId]);
  const owned = live.flatMap(({ orderId, lines }) => lines.flatMap((line) => line.units.map((unit) => [unit, orderId] as const)));
  expect(claimed).toEqual(owned.toSorted(([a], [b]) => a - b));
}

function checkOrder(order: Order, closed: Map<string, Order>): void {
  const { payment, refunds = [] } = order;
  const payments = [...(payment ? [payment] : []), ...refunds].map(({ id }) => id);
  expect(new Set(payments).size).toBe(payments.length);
  const before = closed.get(order.orderId);
  if (before && before.state !== 'expired') {
    expect({ ...order, version: 0, refunds: [] }).toEqual({ ...before, version: 0, refunds: [] });
    expect(refunds.slice(0, before.refunds?.length ?? 0)).toEqual(before.refunds ?? []);
  }
  if (isLive(order.state)) expect([undefined, 'expired']).toContain(before?.state);
  else closed.set(order.orderId, order);
}
