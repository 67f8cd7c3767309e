import { limits } from '../../lambdas/contracts/limits.ts';
import { assert } from '../../lambdas/domain/kernel/assert.ts';
import { committedImage } from '../../lambdas/domain/orders/committed-image.ts';
import { isOverdue } from '../../lambdas/domain/orders/expire-order.ts';
import { type CommitRequest, isLive, type Order, totalUnits } from '../../lambdas/domain/orders/order.ts';
import { isBehind, newestFirst, type OrderPosition } from '../../lambdas/domain/orders/order-page.ts';
import type { Claim, CommitOutcome, CustomerOrders, OrderLedger, ReleaseOutcome } from '../../lambdas/domain/orders/ports.ts';
import { claimsOf } from './builders.ts';

/** The ledger's rules 13 to 18 over maps: each call is one atomic step. What it did is in `effects`. */
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
    const { order, customerLimit } = request;
    this.effects.push('commit');
    const stored = this.stored.get(order.orderId);
    if (stored) return Promise.resolve({ kind: 'exists', order: stored });
    const asked = totalUnits(order.lines);
    const allowance = `${order.saleId}|${order.customerId}`;
    const used = this.used.get(allowance) ?? 0;
    if (customerLimit > 0 && used + asked > customerLimit) return Promise.resolve({ kind: 'customer-limit' });
    const taken = claimsOf(order).flatMap((claim) => this.claimed.get(keyOf(order.saleId, claim)) ?? []);
    if (taken.length > 0) return Promise.resolve({ kind: 'collided', claims: taken });
    const committed = committedImage(request, nowMs);
    if (customerLimit > 0) this.used.set(allowance, used + asked);
    this.put(committed);
    return Promise.resolve({ kind: 'committed', order: committed });
  }

  close(order: Order): Promise<{ kind: 'closed' | 'exists'; order: Order }> {
    this.effects.push('close');
    const stored = this.stored.get(order.orderId);
    if (stored) return Promise.resolve({ kind: 'exists', order: stored });
    this.stored.set(order.orderId, order);
    return Promise.resolve({ kind: 'closed', order });
  }

  release(order: Order, to: 'expired' | 'cancelled', nowMs: number): Promise<ReleaseOutcome> {
    this.effects.push('release');
    const stored = this.stored.get(order.orderId);
    const asRead = stored?.state === order.state && stored.version === order.version;
    if (!stored || !asRead || (to === 'expired' && !isOverdue(stored, nowMs))) return Promise.resolve({ kind: 'changed' });
    for (const claim of claimsOf(stored)) this.claimed.delete(keyOf(stored.saleId, claim));
    const allowance = `${stored.saleId}|${stored.customerId}`;
    if (stored.countedUnits) this.used.set(allowance, (this.used.get(allowance) ?? 0) - stored.countedUnits);
    const released: Order = { ...stored, state: to, version: stored.version + 1, closedAtMs: nowMs };
    this.stored.set(released.orderId, released);
    return Promise.resolve({ kind: 'released', order: released });
  }

  read(orderId: string): Promise<Order | undefined> {
    this.effects.push('read');
    return Promise.resolve(this.stored.get(orderId));
  }

  readAll(orderIds: readonly string[]): Promise<Order[]> {
    assert(orderIds.length <= limits.batchGetItems && new Set(orderIds).size === orderIds.length, 'one batch of distinct orders');
    this.effects.push('readAll');
    return Promise.resolve(orderIds.flatMap((orderId) => this.stored.get(orderId) ?? []));
  }

  overdueOrders({ saleId, customerId }: Pick<Order, 'saleId' | 'customerId'>, nowMs: number): Promise<Order[]> {
    const own = [...this.stored.values()].filter((order) => order.saleId === saleId && order.customerId === customerId);
    return Promise.resolve(own.filter((order) => isOverdue(order, nowMs)));
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

  async *customerOrders({ customerId }: CustomerOrders): AsyncGenerator<Order[]> {
    const own = [...this.stored.values()].filter((order) => order.customerId === customerId);
    for (let start = 0; start < own.length; start += this.pageSize) yield await Promise.resolve(own.slice(start, start + this.pageSize));
  }

  allowances(saleId: string, customerIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    assert(customerIds.length <= limits.batchGetItems, 'one batch of customers');
    return Promise.resolve(new Map(customerIds.map((id) => [id, this.used.get(`${saleId}|${id}`) ?? 0])));
  }
}

function keyOf(saleId: string, { sku, unit }: Pick<Claim, 'sku' | 'unit'>): string {
  return `${saleId}#${sku}#${unit}`;
}
