import { limits } from '../../lambdas/contracts/limits.ts';
import { isLive, isOfHouse, type Order } from '../../lambdas/domain/orders/order.ts';
import { laneName, ownerBytes, ownKey, saleKeys } from '../../lambdas/stores/redis/keys.ts';
import type { InMemoryCatalog } from '../support/fakes-catalog.ts';
import { saleId } from './scenario.ts';
import type { RedisShards } from './redis-shards.ts';
import type { SimulatedLedger, StoredChange } from './simulated-ledger.ts';
import type { World } from './world.ts';

/** sku → units free ever since its comparison began. */
type FreeUnits = Map<string, Set<number>>;

/** One run of an order's worker. */
export interface Delivery {
  /** It asks for a comparison of all units of a sku: from now on no free unit may be missed. */
  readonly compare: (sku: string) => void;
  readonly end: () => void;
  /** It gave up: its message comes back. */
  readonly fail: () => void;
}

/**
 * No accepted order is rejected while enough units are free. It is judged as protocol.md section 9 does: of the units
 * that were free when the worker began to compare gate and ledger, and stayed free until it wrote the rejection, there
 * were too few. Nothing can be promised of a unit that comes free between its look and its write.
 */
export class FairnessChecker {
  readonly #world: World;
  readonly #shards: RedisShards;
  readonly #ledger: SimulatedLedger;
  readonly #catalog: InMemoryCatalog;
  /** orderId → what each of its deliveries that are under way has compared. */
  readonly #deliveries = new Map<string, Set<FreeUnits>>();

  constructor(world: World, shards: RedisShards, ledger: SimulatedLedger, catalog: InMemoryCatalog) {
    this.#world = world;
    this.#shards = shards;
    this.#ledger = ledger;
    this.#catalog = catalog;
    ledger.onChange.push((change) => {
      this.#judge(change);
      this.#deliveries.delete(change.after.orderId);
    });
    world.watchers.push(() => this.#watch());
  }

  /** A worker begins with an order, beside others perhaps. */
  deliver(orderId: string): Delivery {
    const skus: FreeUnits = new Map();
    const ofOrder = this.#deliveries.get(orderId) ?? new Set();
    this.#deliveries.set(orderId, ofOrder.add(skus));
    return {
      compare: (sku) => {
        skus.set(sku, this.#freeUnits(sku));
      },
      end: () => {
        ofOrder.delete(skus);
      },
      // A rejection whose answer it did not wait for may still take effect.
      fail: () => this.#world.timeline.after(limits.takeMarginMs / 2, () => ofOrder.delete(skus)),
    };
  }

  #watch(): void {
    for (const ofOrder of this.#deliveries.values()) {
      for (const [sku, units] of [...ofOrder].flatMap((skus) => [...skus])) {
        const free = units.size > 0 ? this.#freeUnits(sku) : units;
        for (const unit of units) if (!free.has(unit)) units.delete(unit);
      }
    }
  }

  /** One that died is under way for ever: it may have asked before it did. */
  #judge({ after }: StoredChange): void {
    // A withdrawal that falls short is given up by the operator's own call.
    if (after.state !== 'rejected' || after.version !== 1 || after.reason === 'customer-limit' || isOfHouse(after)) return;
    const compared = [...(this.#deliveries.get(after.orderId) ?? [])].filter((skus) => skus.size > 0);
    const enough = compared.every((skus) => after.lines.every((line) => fits(line, skus.get(line.sku) ?? new Set())));
    if (compared.length === 0) this.#world.violate(`${after.orderId} was rejected before gate and ledger were compared`);
    else if (enough) this.#world.violate(`${after.orderId} was rejected (${after.reason}) while enough units were free`);
  }

  /** As the gate says that it is cut; where a failover made it forget that, as the sale is. */
  get #lanes(): number {
    const { meta } = saleKeys(saleId);
    return Number(this.#shards.of(meta).call(['hget', meta, 'lanes']) ?? this.#catalog.stored.get(saleId)?.lanes ?? 1);
  }

  #freeUnits(sku: string): Set<number> {
    const capacity = this.#catalog.stored.get(saleId)?.items.find((item) => item.sku === sku)?.capacity ?? 0;
    const lanes = this.#lanes;
    const slots = Array.from({ length: lanes }, (_, lane) => {
      const key = ownKey(laneName(saleId, lane, lanes), sku);
      return this.#shards.of(key).call(['getrange', key, '0', String(capacity * ownerBytes - 1)]) as string;
    });
    const free = new Set<number>();
    for (let unit = 0; unit < capacity; unit += 1) {
      const [lane, number] = [unit % lanes, Math.floor(unit / lanes)];
      const slot = slots[lane]?.slice(number * ownerBytes, (number + 1) * ownerBytes) ?? '';
      const owner = slot === '' || slot.charCodeAt(0) === 0 ? undefined : `ord_${slot}`;
      if (!this.#ledger.claimed.has(`${saleId}#${sku}#${unit}`) && !this.#isWaitedFor(owner, lane)) free.add(unit);
    }
    return free;
  }

  /** A unit in the gate of an order that the ledger does not know yet, or that it says is live, or that a late payment is taking up again. */
  #isWaitedFor(owner: string | undefined, lane: number): boolean {
    if (owner === undefined) return false;
    const order = this.#ledger.stored.get(owner);
    return order === undefined || isLive(order.state) || this.#isRetaken(owner, lane);
  }

  #isRetaken(owner: string, lane: number): boolean {
    const { ent } = saleKeys(laneName(saleId, lane, this.#lanes));
    const [, , , retakenAtMs = ''] = ((this.#shards.of(ent).call(['hget', ent, owner]) as string | null) ?? '').split('\x1f');
    return retakenAtMs !== '' && this.#world.nowMs - Number(retakenAtMs) < limits.retakeProtectMs;
  }
}

function fits({ quantity, seats }: Order['lines'][number], free: ReadonlySet<number>): boolean {
  return seats === undefined ? free.size >= quantity : seats.every((label) => free.has(Number(label.slice(1))));
}
