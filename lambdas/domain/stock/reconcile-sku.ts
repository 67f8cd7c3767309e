import { limits } from '../../contracts/limits.ts';
import type { Clock } from '../kernel/ports.ts';
import { isLive, type Order } from '../orders/order.ts';
import type { Claim, OrderLedger } from '../orders/ports.ts';
import type { StockGate } from './ports.ts';

export interface ReconcileDependencies {
  readonly gate: Pick<StockGate, 'owners' | 'mark' | 'apply' | 'free' | 'setCapacity'>;
  readonly ledger: Pick<OrderLedger, 'claims' | 'read'>;
  readonly clock: Clock;
}

/**
 * Makes the gate agree with the ledger for the units of one sku (protocol.md rules 26 and 29). Gate read, then
 * ledger read, then a guarded script: whatever changes in between wins. A unit set aside by an order that the
 * ledger does not know yet is left alone, for ever if need be: it is pending, or just being committed (CE-7).
 * Memory: limits.reconcileUnits owners and claims at once.
 */
export async function reconcileSku(deps: ReconcileDependencies, saleId: string, sku: string, capacity: number): Promise<void> {
  await deps.gate.setCapacity(saleId, sku, capacity);
  for (let fromUnit = 0; fromUnit < capacity; fromUnit += limits.reconcileUnits) {
    await reconcileRange(deps, saleId, sku, fromUnit, Math.min(fromUnit + limits.reconcileUnits, capacity));
  }
}

async function reconcileRange(deps: ReconcileDependencies, saleId: string, sku: string, fromUnit: number, toUnit: number): Promise<void> {
  const owners = new Map<number, string>();
  for (let page = fromUnit; page < toUnit; page += limits.gateBulkUnits) {
    for (const { unit, orderId } of await deps.gate.owners(saleId, sku, page)) owners.set(unit, orderId);
  }
  const foreign: Claim[] = [];
  for await (const claims of deps.ledger.claims(saleId, sku, { fromUnit, toUnit })) {
    for (const claim of claims) {
      if (owners.get(claim.unit) !== claim.orderId) foreign.push(claim);
      owners.delete(claim.unit);
    }
  }
  for (let start = 0; start < foreign.length; start += limits.gateBulkUnits) {
    await deps.gate.mark(saleId, foreign.slice(start, start + limits.gateBulkUnits));
  }
  await freeStrays(deps, saleId, sku, owners);
}

/** Units that the gate has set and nobody claims: freed only when their order's item says that it does not have them. */
async function freeStrays(deps: ReconcileDependencies, saleId: string, sku: string, strays: ReadonlyMap<number, string>): Promise<void> {
  const orders = new Map<string, Order | undefined>();
  for (const [unit, orderId] of strays) {
    let order = orders.get(orderId);
    if (!orders.has(orderId)) {
      order = await deps.ledger.read(orderId);
      orders.set(orderId, order);
      if (order) await deps.gate.apply(order);
    }
    if (!order || ownsUnit(order, sku, unit)) continue;
    await deps.gate.free(saleId, sku, unit, orderId, order.version, deps.clock.nowMs());
  }
}

function ownsUnit(order: Order, sku: string, unit: number): boolean {
  return isLive(order.state) && order.lines.some((line) => line.sku === sku && line.units.includes(unit));
}
