import { limits } from '../../lambdas/contracts/limits.ts';
import { assert } from '../../lambdas/domain/kernel/assert.ts';
import { CorruptionError } from '../../lambdas/domain/kernel/faults.ts';
import { claimsOf } from '../../lambdas/domain/orders/claims-of.ts';
import { committedImage } from '../../lambdas/domain/orders/committed-image.ts';
import { isOverdue } from '../../lambdas/domain/orders/expire-order.ts';
import { customerTagOf, saleTagOf } from '../../lambdas/domain/orders/order-id.ts';
import { type CommitRequest, isLive, type Order, type Payment, totalUnits } from '../../lambdas/domain/orders/order.ts';
import { isBehind, newestFirst, type OrderPosition } from '../../lambdas/domain/orders/order-page.ts';
import { confirmedImage, refundImage } from '../../lambdas/domain/orders/paid-image.ts';
import { mustPayBack } from '../../lambdas/domain/orders/payment.ts';
import type {
  Claim,
  CommitOutcome,
  ConfirmOutcome,
  CustomerOrders,
  OrderLedger,
  RefundOutcome,
  ReleaseOutcome,
  RetakeOutcome,
} from '../../lambdas/domain/orders/ports.ts';
import { releasedImage } from '../../lambdas/domain/orders/released-image.ts';
import { mayBecome } from '../../lambdas/domain/orders/transitions.ts';

/** The ledger over maps (test/conformance holds it to the same suite as DynamoDB): each call is one atomic step. What it did is in `effects`. */
export class InMemoryLedger implements OrderLedger {
  readonly stored = new Map<string, Order>();
  readonly claimed = new Map<string, Claim>();
  /** `sale|customer` → units counted against the limit. */
  readonly used = new Map<string, number>();
  readonly effects: string[] = [];
  /** Claims in one page. */
  pageSize = 1000;

  /** Puts an order as it is, with its claims. */
  put(...orders: readonly Order[]): this {
    for (const order of orders) {
      this.stored.set(order.orderId, order);
      if (isLive(order.state)) for (const claim of claimsOf(order)) this.claimed.set(keyOf(order.saleId, claim), claim);
    }
    return this;
  }

  commit(request: CommitRequest, nowMs: number): Promise<CommitOutcome> {
    return this.#step('commit', () => {
      const { order, customerLimit } = request;
      const committed = committedImage(request, nowMs);
      const stored = this.stored.get(order.orderId);
      if (stored) return { kind: 'exists', order: stored };
      const counted = { ...order, countedUnits: customerLimit > 0 ? totalUnits(order.lines) : 0 };
      if (this.#isOver(counted, customerLimit)) return { kind: 'customer-limit' };
      const claims = this.#claimsMet(committed);
      if (claims.length > 0) return { kind: 'collided', claims };
      this.#count(counted, 1);
      this.put(committed);
      return { kind: 'committed', order: committed };
    });
  }

  close(order: Order): Promise<{ kind: 'closed' | 'exists'; order: Order }> {
    return this.#step('close', () => {
      assert(!isLive(order.state) && mayBecome('accepted', order.state) && order.version === 1, `close: got ${order.state}`);
      const stored = this.stored.get(order.orderId);
      if (stored) return { kind: 'exists', order: stored };
      this.stored.set(order.orderId, order);
      return { kind: 'closed', order };
    });
  }

  release(order: Order, to: 'expired' | 'cancelled', nowMs: number): Promise<ReleaseOutcome> {
    return this.#step('release', () => {
      const released = releasedImage(order, to, nowMs);
      const stored = this.#asRead(order);
      if (!stored || (to === 'expired' && !isOverdue(stored, nowMs))) return { kind: 'changed' };
      for (const claim of claimsOf(stored)) {
        const key = keyOf(stored.saleId, claim);
        if (this.claimed.get(key)?.orderId !== stored.orderId) throw new CorruptionError(`release of ${order.orderId}: not its claim`);
      }
      for (const claim of claimsOf(stored)) this.claimed.delete(keyOf(stored.saleId, claim));
      this.#count(stored, -1);
      this.stored.set(released.orderId, released);
      return { kind: 'released', order: released };
    });
  }

  confirm(order: Order, payment: Payment, nowMs: number): Promise<ConfirmOutcome> {
    return this.#step('confirm', () => {
      assert(isLive(order.state), `confirm: an order that is ${order.state} must be taken up again`);
      const confirmed = confirmedImage(order, payment, nowMs);
      if (!this.#asRead(order)) return { kind: 'changed' };
      this.stored.set(order.orderId, confirmed);
      return { kind: 'confirmed', order: confirmed };
    });
  }

  retake(order: Order, payment: Payment, nowMs: number): Promise<RetakeOutcome> {
    return this.#step('retake', () => {
      assert(order.state === 'expired', `retake: only an expired order is taken up again, got ${order.state}`);
      const confirmed = confirmedImage(order, payment, nowMs);
      if (!this.#asRead(order)) return { kind: 'changed' };
      if (this.#claimsMet(confirmed).length > 0 || this.#isOver(order, order.customerLimit ?? 0)) return { kind: 'refused' };
      this.#count(order, 1);
      this.put(confirmed);
      return { kind: 'confirmed', order: confirmed };
    });
  }

  requireRefund(order: Order, payment: Payment): Promise<RefundOutcome> {
    return this.#step('requireRefund', () => {
      if (mustPayBack(order, payment)) return { kind: 'recorded', order };
      const required = refundImage(order, payment);
      if (!this.#asRead(order)) return { kind: 'changed' };
      this.stored.set(order.orderId, required);
      return { kind: 'recorded', order: required };
    });
  }

  read(orderId: string): Promise<Order | undefined> {
    return this.#step('read', () => this.stored.get(orderId));
  }

  readAll(orderIds: readonly string[]): Promise<Order[]> {
    return this.#step('readAll', () => {
      assert(orderIds.length <= limits.batchGetItems && new Set(orderIds).size === orderIds.length, 'one batch of distinct orders');
      return orderIds.flatMap((orderId) => this.stored.get(orderId) ?? []);
    });
  }

  overdueOrders({ orderId, saleId, customerId }: Pick<Order, 'orderId' | 'saleId' | 'customerId'>, nowMs: number): Promise<Order[]> {
    return this.#step('overdueOrders', () =>
      this.#ordersOf(customerTagOf(orderId), customerId)
        .filter((order) => order.saleId === saleId && isOverdue(order, nowMs))
        .slice(0, limits.overdueOrders),
    );
  }

  async *claims(saleId: string, sku: string, { fromUnit, toUnit }: { fromUnit: number; toUnit: number }): AsyncGenerator<Claim[]> {
    const mine = [...this.claimed].filter(([key, claim]) => key === keyOf(saleId, claim) && claim.sku === sku).map(([, claim]) => claim);
    const inRange = mine.filter(({ unit }) => unit >= fromUnit && unit < toUnit);
    for (let start = 0; start < inRange.length; start += this.pageSize)
      yield await Promise.resolve(inRange.slice(start, start + this.pageSize));
  }

  async *orders(saleId: string): AsyncGenerator<Order[]> {
    yield await Promise.resolve([...this.stored.values()].filter((order) => order.saleId === saleId));
  }

  async *newestOrders(saleId: string, { chunk, after }: { chunk: number; after?: OrderPosition }): AsyncGenerator<Order[]> {
    const all = [...this.stored.values()].filter((order) => order.saleId === saleId && isBehind(order, after)).toSorted(newestFirst);
    for (let start = 0; start < all.length; start += chunk) yield await Promise.resolve(all.slice(start, start + chunk));
  }

  async *customerOrders({ customerId, customerTag, saleTag }: CustomerOrders): AsyncGenerator<Order[]> {
    const own = this.#ordersOf(customerTag, customerId).filter((order) => saleTag === undefined || saleTagOf(order.orderId) === saleTag);
    for (let start = 0; start < own.length; start += this.pageSize) yield await Promise.resolve(own.slice(start, start + this.pageSize));
  }

  allowances(saleId: string, customerIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#step('allowances', () => {
      assert(customerIds.length <= limits.batchGetItems, 'one batch of customers');
      return new Map(customerIds.map((customerId) => [customerId, this.used.get(allowanceOf({ saleId, customerId })) ?? 0]));
    });
  }

  /** Done when it is called, as one: no other call comes in between. */
  #step<T>(effect: string, step: () => T): Promise<T> {
    this.effects.push(effect);
    return new Promise((resolve) => resolve(step()));
  }

  /** The stored order, where it is in the state, at the version and with the units counted of the image. */
  #asRead(order: Order): Order | undefined {
    const stored = this.stored.get(order.orderId);
    const same = stored?.state === order.state && stored.version === order.version && stored.countedUnits === order.countedUnits;
    return same ? stored : undefined;
  }

  /** The claims that others have on the units of an order that has none yet. */
  #claimsMet(order: Order): Claim[] {
    const met = claimsOf(order).flatMap((claim) => this.claimed.get(keyOf(order.saleId, claim)) ?? []);
    if (met.some(({ orderId }) => orderId === order.orderId)) throw new CorruptionError(`${order.orderId}: its claims are in the ledger`);
    return met;
  }

  #isOver(order: Order, limit: number): boolean {
    return limit > 0 && (this.used.get(allowanceOf(order)) ?? 0) + (order.countedUnits ?? 0) > limit;
  }

  #count(order: Order, times: 1 | -1): void {
    const { countedUnits = 0 } = order;
    if (countedUnits > 0) this.used.set(allowanceOf(order), (this.used.get(allowanceOf(order)) ?? 0) + times * countedUnits);
  }

  #ordersOf(customerTag: string, customerId: string): Order[] {
    return [...this.stored.values()].filter((order) => order.customerId === customerId && customerTagOf(order.orderId) === customerTag);
  }
}

function allowanceOf({ saleId, customerId }: Pick<Order, 'saleId' | 'customerId'>): string {
  return `${saleId}|${customerId}`;
}

function keyOf(saleId: string, { sku, unit }: Pick<Claim, 'sku' | 'unit'>): string {
  return `${saleId}#${sku}#${unit}`;
}
