import { isLive, isOfHouse, type Order } from '../../lambdas/domain/orders/order.ts';
import { laneName, ownerBytes, ownKey } from '../../lambdas/stores/redis/keys.ts';
import type { InMemoryCatalog } from '../support/fakes-catalog.ts';
import { saleId } from './scenario.ts';
import type { RedisShards } from './redis-shards.ts';
import type { SimulatedLedger, StoredChange } from './simulated-ledger.ts';
import type { World } from './world.ts';

/**
 * No accepted order is rejected while enough units are free. It is judged as protocol.md section 9 does: of the units
 * that were free when the worker began to compare gate and ledger, and stayed free until it wrote the rejection, there
 * were too few. Nothing can be promised of a unit that comes free between its look and its write.
 */
export class FairnessChecker {
  readonly #world: World;
  readonly #gate: { readonly shards: RedisShards; readonly lanes: number };
  readonly #ledger: SimulatedLedger;
  readonly #catalog: InMemoryCatalog;
  /** orderId → sku → units free ever since its comparison began. */
  readonly #free = new Map<string, Map<string, Set<number>>>();

  constructor(
    world: World,
    gate: { readonly shards: RedisShards; readonly lanes: number },
    ledger: SimulatedLedger,
    catalog: InMemoryCatalog,
  ) {
    this.#world = world;
    this.#gate = gate;
    this.#ledger = ledger;
    this.#catalog = catalog;
    ledger.onChange.push((change) => this.#judge(change));
    world.watchers.push(() => this.#watch());
  }

  /** The worker of an order is about to compare all units of a sku. */
  begin(orderId: string, sku: string): void {
    const skus = this.#free.get(orderId) ?? new Map<string, Set<number>>();
    skus.set(sku, this.#freeUnits(sku));
    this.#free.set(orderId, skus);
  }

  #watch(): void {
    for (const skus of this.#free.values()) {
      for (const [sku, units] of skus) {
        const free = this.#freeUnits(sku);
        for (const unit of units) if (!free.has(unit)) units.delete(unit);
      }
    }
  }

  #judge({ after }: StoredChange): void {
    if (after.state === 'rejected' && after.version === 1 && after.reason !== 'customer-limit') {
      const skus = this.#free.get(after.orderId);
      const enough = after.lines.every((line) => fits(line, skus?.get(line.sku) ?? new Set()));
      // A withdrawal that falls short is given up by the operator's own call.
      if (!skus && isOfHouse(after)) return;
      if (!skus) this.#world.violate(`${after.orderId} was rejected before gate and ledger were compared`);
      else if (enough) this.#world.violate(`${after.orderId} was rejected (${after.reason}) while enough units were free`);
    }
    this.#free.delete(after.orderId);
  }

  #freeUnits(sku: string): Set<number> {
    const capacity = this.#catalog.stored.get(saleId)?.items.find((item) => item.sku === sku)?.capacity ?? 0;
    const { shards, lanes } = this.#gate;
    const slots = Array.from({ length: lanes }, (_, lane) => {
      const key = ownKey(laneName(saleId, lane, lanes), sku);
      return shards.of(key).call(['getrange', key, '0', String(capacity * ownerBytes - 1)]) as string;
    });
    const free = new Set<number>();
    for (let unit = 0; unit < capacity; unit += 1) {
      const number = Math.floor(unit / lanes);
      const slot = slots[unit % lanes]?.slice(number * ownerBytes, (number + 1) * ownerBytes) ?? '';
      const owner = slot === '' || slot.charCodeAt(0) === 0 ? undefined : `ord_${slot}`;
      if (!this.#ledger.claimed.has(`${saleId}#${sku}#${unit}`) && !this.#isWaitedFor(owner)) free.add(unit);
    }
    return free;
  }

  /** A unit in the gate of an order that the ledger does not know yet, or that it says is live. */
  #isWaitedFor(owner: string | undefined): boolean {
    if (owner === undefined) return false;
    const order = this.#ledger.stored.get(owner);
    return order === undefined || isLive(order.state);
  }
}

function fits({ quantity, seats }: Order['lines'][number], free: ReadonlySet<number>): boolean {
  return seats === undefined ? free.size >= quantity : seats.every((label) => free.has(Number(label.slice(1))));
}
