import { isDeepStrictEqual } from 'node:util';
import { isLive, type Order, totalUnits } from '../../lambdas/domain/orders/order.ts';
import type { InMemoryCatalog } from '../support/fakes-catalog.ts';
import { saleId } from './scenario.ts';
import type { SimulatedLedger, StoredChange } from './simulated-ledger.ts';
import type { World } from './world.ts';

/** Said here once more, and not taken from the code under test: from → to. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  none: ['held', 'withdrawn', 'rejected', 'cancelled'],
  held: ['confirmed', 'expired', 'cancelled'],
  confirmed: ['cancelled'],
  withdrawn: ['cancelled'],
  expired: ['confirmed'],
};

/** Invariants 1 to 3 and 5 of the ledger, checked after each change of it, and each change itself. */
export function checkBooks(world: World, ledger: SimulatedLedger, catalog: InMemoryCatalog): void {
  const checker = new BooksChecker(world, ledger, catalog);
  ledger.onChange.push((change) => checker.judge(change));
  world.watchers.push(() => checker.check());
}

/** One payment more to be paid back, and nothing else. */
function isRefundOf(before: Order, after: Order): boolean {
  const [{ version: _, refunds: listed = [], ...kept }, { version: __, refunds = [], ...now }] = [before, after];
  return refunds.length === listed.length + 1 && isDeepStrictEqual(refunds.slice(0, -1), listed) && isDeepStrictEqual(kept, now);
}

/** What no change of an order touches. */
function bodyOf({ saleId, customerId, fingerprint, currency, acceptedAtMs, reference, lines }: Order): unknown {
  const asked = lines.map(({ sku, quantity, unitPriceMinor, seats }) => ({ sku, quantity, unitPriceMinor, seats }));
  return { saleId, customerId, fingerprint, currency, acceptedAtMs, reference, asked };
}

class BooksChecker {
  readonly #world: World;
  readonly #ledger: SimulatedLedger;
  readonly #catalog: InMemoryCatalog;
  #dirty = false;

  constructor(world: World, ledger: SimulatedLedger, catalog: InMemoryCatalog) {
    this.#world = world;
    this.#ledger = ledger;
    this.#catalog = catalog;
  }

  judge({ before, after }: StoredChange): void {
    this.#dirty = true;
    const { orderId, state, version } = after;
    this.#world.tell(
      () =>
        `ledger: ${orderId} ${before?.state ?? 'none'} → ${state} v${version} ${JSON.stringify(after.lines.map(({ sku, units }) => [sku, ...units]))}`,
    );
    if (version !== (before?.version ?? 0) + 1) this.#world.violate(`${orderId} went from version ${before?.version ?? 0} to ${version}`);
    const from = before?.state ?? 'none';
    const refunded = before !== undefined && isRefundOf(before, after);
    this.#world.reached.add(refunded ? `order: ${state}, to be paid back` : `order: ${from} → ${state}`);
    if (!refunded && !allowed[from]?.includes(state)) this.#world.violate(`${orderId} went from ${from} to ${state}`);
    if (before && !isDeepStrictEqual(bodyOf(before), bodyOf(after))) this.#world.violate(`${orderId} changed what was asked for`);
    if (state === 'expired' && from === 'held' && this.#world.nowMs < (before?.holdExpiresAtMs ?? 0))
      this.#world.violate(`${orderId} expired ${(before?.holdExpiresAtMs ?? 0) - this.#world.nowMs} ms too early`);
    if (isLive(state) && after.lines.some(({ quantity, units }) => new Set(units).size !== quantity))
      this.#world.violate(`${orderId} is ${state} without what it asked for`);
  }

  check(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    const owners = new Map<string, Order>();
    const counted = new Map<string, number>();
    const units = new Map<string, number>();
    for (const order of this.#ledger.stored.values()) {
      if (!isLive(order.state)) continue;
      this.#checkUnits(order, owners);
      const customer = `${order.saleId}|${order.customerId}`;
      units.set(customer, (units.get(customer) ?? 0) + totalUnits(order.lines));
      counted.set(customer, (counted.get(customer) ?? 0) + (order.countedUnits ?? 0));
    }
    if (this.#ledger.claimed.size !== owners.size)
      this.#world.violate(`${this.#ledger.claimed.size} claims, and live orders list ${owners.size} units`);
    const most = this.#catalog.stored.get(saleId)?.highestCustomerLimit ?? 0;
    for (const [customer, used] of this.#ledger.used)
      if (used !== (counted.get(customer) ?? 0))
        this.#world.violate(`${customer} has an allowance of ${used}, and live units of ${counted.get(customer) ?? 0}`);
    for (const [customer, live] of units)
      if (most > 0 && !customer.endsWith('|') && live > most)
        this.#world.violate(`${customer} has ${live} live units, over the limit of ${most}`);
  }

  #checkUnits(order: Order, owners: Map<string, Order>): void {
    const items = this.#catalog.stored.get(order.saleId)?.items ?? [];
    for (const { sku, units } of order.lines) {
      const capacity = items.find((item) => item.sku === sku)?.capacity ?? 0;
      for (const unit of units) {
        const name = `${order.saleId}#${sku}#${unit}`;
        const other = owners.get(name);
        if (other) this.#world.violate(`${name} was sold twice: to ${other.orderId} and ${order.orderId}`);
        owners.set(name, order);
        if (this.#ledger.claimed.get(name)?.orderId !== order.orderId)
          this.#world.violate(`${order.orderId} is ${order.state} and lists ${name}, which it has no claim of`);
        if (unit >= capacity) this.#world.violate(`${order.orderId} has ${name}, and there are only ${capacity} units`);
      }
    }
  }
}
