import { limits } from '../../contracts/limits.ts';
import { UnavailableError } from '../kernel/faults.ts';
import type { Clock } from '../kernel/ports.ts';
import { atOnce } from '../kernel/at-once.ts';
import { slicesOf } from '../kernel/slices.ts';
import { isLive, type Order } from '../orders/order.ts';
import type { Claim, OrderLedger } from '../orders/ports.ts';
import type { GateOfSale, StockGate } from './ports.ts';
import { tellGate } from './tell-gate.ts';

/** What a comparison of gate and ledger needs. It changes the gate only. */
export interface ReconcileDependencies {
  readonly gate: Pick<StockGate, 'owners' | 'mark' | 'noteElsewhere' | 'apply' | 'free' | 'giveBackUnwanted' | 'setCapacity'>;
  readonly ledger: Pick<OrderLedger, 'claims' | 'readAll'>;
  readonly clock: Clock;
}

/**
 * Makes the gate agree with the ledger for the units of one sku (protocol.md rules 26 and 29). Gate read, then
 * ledger read, then a guarded script: whatever changes in between wins. A unit set aside by an order that the
 * ledger does not know yet is left alone, for ever if need be: it is pending, or just being committed (CE-7). Its
 * order is looked for all the same: a worker may have rejected it and died before the gate was told.
 * Memory: limits.reconcileUnits owners and claims at once. A further range of as many is begun only
 * where there is time for one like the last: the round says where the next call goes on. Throws UnavailableError, also where one
 * range takes over limits.reconcileMs; what it did stays right.
 */
export async function reconcileSku(
  deps: ReconcileDependencies,
  sale: GateOfSale,
  { sku, capacity }: Compared,
  round: Round,
): Promise<void> {
  const comparison = compare(deps, sale.saleId, sku);
  await deps.gate.setCapacity(sale, sku, capacity);
  let spentMs: number;
  do {
    const beganMs = deps.clock.nowMs();
    await reconcileRange(comparison, round.nextUnit, Math.min(round.nextUnit + limits.reconcileUnits, capacity));
    round.nextUnit += limits.reconcileUnits;
    spentMs = deps.clock.nowMs() - beganMs;
  } while (round.nextUnit < capacity && comparison.leftMs() >= spentMs);
  round.isWhole = round.nextUnit >= capacity;
}

/** What is compared. */
export interface Compared {
  readonly sku: string;
  /** Units, by the ledger. */
  readonly capacity: number;
}

/** A comparison of all units of a sku, which may take several calls. */
export interface Round {
  readonly beganMs: number;
  /** The gate's when it began (StockGate.incarnation). */
  readonly incarnation: string;
  nextUnit: number;
  isWhole: boolean;
}

/** The same for some units of a sku, at most limits.reconcileUnits: how many differed. */
export function reconcileUnits(
  deps: ReconcileDependencies,
  saleId: string,
  sku: string,
  { fromUnit, toUnit }: { readonly fromUnit: number; readonly toUnit: number },
): Promise<number> {
  return reconcileRange(compare(deps, saleId, sku), fromUnit, toUnit);
}

interface Comparison extends ReconcileDependencies {
  readonly saleId: string;
  readonly sku: string;
  readonly leftMs: () => number;
  /** Throws UnavailableError once the time is over; asked before each call, each of which has a deadline of its own. */
  readonly mustHaveTime: () => void;
}

function compare(deps: ReconcileDependencies, saleId: string, sku: string): Comparison {
  const endMs = deps.clock.nowMs() + limits.reconcileMs;
  const leftMs = () => endMs - deps.clock.nowMs();
  return {
    ...deps,
    saleId,
    sku,
    leftMs,
    mustHaveTime: () => {
      if (leftMs() >= 0) return;
      throw new UnavailableError('gate', `comparing ${sku} of ${saleId} with the ledger took over ${limits.reconcileMs} ms`);
    },
  };
}

async function reconcileRange(comparison: Comparison, fromUnit: number, toUnit: number): Promise<number> {
  const { gate, ledger, saleId, sku, mustHaveTime } = comparison;
  const owners = new Map<number, string>();
  for (let page = fromUnit; page < toUnit; page += limits.gateBulkUnits) {
    mustHaveTime();
    for (const { unit, orderId } of await gate.owners(saleId, sku, page)) owners.set(unit, orderId);
  }
  const foreign: Claim[] = [];
  const displaced = new Set<string>();
  for await (const claims of ledger.claims(saleId, sku, { fromUnit, toUnit })) {
    for (const claim of claims) {
      const owner = owners.get(claim.unit);
      owners.delete(claim.unit);
      if (owner === claim.orderId) continue;
      foreign.push(claim);
      if (owner !== undefined) displaced.add(owner);
    }
    for (const noted of slicesOf(claims, limits.gateBulkUnits)) {
      mustHaveTime();
      await gate.noteElsewhere(saleId, noted);
    }
  }
  for (const marked of slicesOf(foreign, limits.gateBulkUnits)) {
    mustHaveTime();
    await gate.mark(saleId, marked);
  }
  // One whose end the gate has forgotten still counts for its customer, and nothing else may ever come back to it.
  await tellGate(comparison, [...displaced], mustHaveTime);
  return foreign.length + (await freeStrays(comparison, owners));
}

/** Units that the gate has set and nobody claims: freed only when their order's item says that it does not have them. */
async function freeStrays(comparison: Comparison, strays: ReadonlyMap<number, string>): Promise<number> {
  const units = new Map<string, number[]>();
  for (const [unit, orderId] of strays) units.set(orderId, [...(units.get(orderId) ?? []), unit]);
  let freed = 0;
  const batches = slicesOf([...units.keys()], limits.batchGetItems);
  await atOnce(limits.reconcileBatchesAtOnce, batches, async (batch) => {
    comparison.mustHaveTime();
    const unknown = new Set(batch);
    for (const order of await comparison.ledger.readAll(batch)) {
      unknown.delete(order.orderId);
      freed += await freeUnits(comparison, order, units.get(order.orderId) ?? []);
    }
    for (const orderId of unknown) freed += await giveBackUnits(comparison, orderId, units.get(orderId) ?? []);
  });
  return freed;
}

/** How many were lent to a gathering that came to nothing; all others are pending, or just being committed (CE-7). */
async function giveBackUnits({ gate, saleId, sku, mustHaveTime }: Comparison, orderId: string, units: readonly number[]): Promise<number> {
  let given = 0;
  for (const unit of units) {
    mustHaveTime();
    if (await gate.giveBackUnwanted(saleId, sku, unit, orderId)) given += 1;
  }
  return given;
}

/** How many the order does not own; most are freed by its image already. */
async function freeUnits({ gate, clock, saleId, sku, mustHaveTime }: Comparison, order: Order, units: readonly number[]): Promise<number> {
  mustHaveTime();
  await gate.apply(order);
  const strays = units.filter((unit) => !ownsUnit(order, sku, unit));
  for (const unit of strays) await gate.free(saleId, sku, unit, order.orderId, order.version, clock.nowMs());
  return strays.length;
}

function ownsUnit(order: Order, sku: string, unit: number): boolean {
  return isLive(order.state) && order.lines.some((line) => line.sku === sku && line.units.includes(unit));
}
