import { limits } from '../../contracts/limits.ts';
import { assert } from '../../domain/kernel/assert.ts';
import { UnavailableError } from '../../domain/kernel/faults.ts';
import type { CommitRequest, Order } from '../../domain/orders/order.ts';
import type { Claim } from '../../domain/orders/ports.ts';
import type {
  DrawOutcome,
  GateOfSale,
  GateOrder,
  GateSummary,
  PeekOutcome,
  PendingOrder,
  RebuildBeginning,
  RebuildOptions,
  ResendOutcome,
  ReserveOutcome,
  StockGate,
  TakenSeats,
  UnitOwner,
  WaitPlace,
} from '../../domain/stock/ports.ts';
import type { RedisConnection } from './connection.ts';
import { drawOverLanes } from './draw-over-lanes.ts';
import type { GateLane } from './gate-lane.ts';
import { gather } from './gather.ts';
import { comparedKey, saleKeys } from './keys.ts';
import { unitsOf } from './order-units.ts';
import { joinStates, joinSummaries } from './read-summary.ts';
import { runScript } from './run-script.ts';
import { LaneRegister, type SaleLanes } from './sale-lanes.ts';
import { scripts, took } from './scripts.ts';

/**
 * The gate on Redis, one server or a cluster. A sale of one lane is one GateLane, and each method one call of it. With
 * several lanes (ADR 0015) an order is at home in one, which alone knows it whole: it is asked first and told first;
 * the others follow one after the other (with an image, side by side), and every step may be the last. Throws UnavailableError, and CorruptionError where
 * a stored text is not ours.
 */
export class RedisStockGate implements StockGate {
  readonly #connection: RedisConnection;
  readonly #lanes: LaneRegister;

  /** `random`: in [0, 1). */
  constructor(connection: RedisConnection, random: () => number = Math.random) {
    this.#connection = connection;
    this.#lanes = new LaneRegister(connection, random);
  }

  async reserve(request: CommitRequest, options: { readonly knownOnly: boolean } = { knownOnly: false }): Promise<ReserveOutcome> {
    const { orderId, saleId, lines } = request.order;
    const sale = await this.#lanes.of(saleId);
    const lanes = sale.of(orderId);
    for (let attempt = 1; attempt <= limits.gatherAttempts; attempt += 1) {
      const outcome = await lanes.home.reserve(request, options);
      if (outcome.kind === 'busy') this.#lanes.forget(saleId);
      if (outcome.kind !== 'gather') return outcome;
      const gathered = await gather(lanes, request, outcome);
      if (gathered.kind === 'short')
        return {
          kind: 'sold-out',
          available: (
            await summaryOf(
              sale,
              lines.map(({ sku }) => sku),
            )
          ).available,
        };
      if (gathered.kind !== 'again') return gathered;
    }
    throw new UnavailableError('gate', `the order was taken up elsewhere ${limits.gatherAttempts} times while it was being gathered`);
  }

  async peek(saleId: string, orderId: string, customerId: string): Promise<PeekOutcome> {
    const outcome = await (await this.#lanes.of(saleId)).home(orderId).peek(orderId, customerId);
    if (outcome.kind === 'busy') this.#lanes.forget(saleId);
    return outcome;
  }

  async apply(order: Order): Promise<void> {
    assert(order.version >= 1, `an image has a version of the ledger, got ${order.version}`);
    if (await this.#apply(order)) return;
    // No gate, or a cut that the sale has no more.
    this.#lanes.forget(order.saleId);
    await this.#apply(order);
  }

  /** False: there is no gate. */
  async #apply(order: Order): Promise<boolean> {
    const { home, others } = (await this.#lanes.of(order.saleId)).of(order.orderId);
    const before = await home.apply(order);
    if (before === undefined) return false;
    const units = [...unitsOf(order.lines).values(), ...before.values()].flat();
    await Promise.all(others.filter((lane) => units.some((unit) => lane.has(unit))).map((lane) => lane.apply(order)));
    return true;
  }

  async mark(saleId: string, claims: readonly Claim[]): Promise<void> {
    if (claims.length === 0) return;
    assert(claims.length <= limits.gateBulkUnits, `at most ${limits.gateBulkUnits} claims at once, got ${claims.length}`);
    const sale = await this.#lanes.of(saleId);
    for (const lane of sale.all) {
      const ofLane = claimsOf(lane, claims);
      if (ofLane.here.length + ofLane.elsewhere.length > 0) await lane.mark(ofLane);
    }
  }

  async draw(request: CommitRequest, collided: readonly Claim[]): Promise<DrawOutcome> {
    const { orderId, saleId } = request.order;
    assert(
      collided.every((claim) => claim.orderId !== orderId),
      `${orderId} collided with itself`,
    );
    const lanes = (await this.#lanes.of(saleId)).of(orderId);
    const drawn =
      lanes.others.length === 0 ? await lanes.home.draw(request, collided, new Map()) : await this.#drawOver(lanes, request, collided);
    if (drawn.kind === 'park') this.#lanes.forget(saleId);
    return drawn;
  }

  async #drawOver(lanes: ReturnType<SaleLanes['of']>, request: CommitRequest, collided: readonly Claim[]): Promise<DrawOutcome> {
    await this.mark(request.order.saleId, collided);
    const names = new Set(collided.map(({ sku, unit }) => `${sku}:${unit}`));
    return drawOverLanes(lanes, request, (sku, unit) => names.has(`${sku}:${unit}`));
  }

  /** At home first, where the limit is. What was taken when another lane refuses is ended by the sweep. */
  async retake(expired: Order, nowMs: number): Promise<'taken' | 'refused' | 'busy'> {
    assert(expired.state === 'expired', `only an expired order is taken up again, got ${expired.state}`);
    assert(
      expired.lines.every((line) => line.units.length === line.quantity),
      `an order taken up again lists the units it had: ${expired.orderId}`,
    );
    for (const lane of await this.#lanesWith(expired)) {
      const outcome = await lane.retake(expired, nowMs);
      if (outcome === 'busy') this.#lanes.forget(expired.saleId);
      if (outcome !== 'taken') return outcome;
    }
    return 'taken';
  }

  /** At home last, where the order is due until all is done. */
  async endRetake(expired: Order, nowMs: number): Promise<boolean> {
    let ended = false;
    for (const lane of (await this.#lanesWith(expired)).toReversed()) ended = await lane.endRetake(expired, nowMs);
    return ended;
  }

  async free(saleId: string, sku: string, unit: number, orderId: string, versionRead: number, nowMs: number): Promise<boolean> {
    return (await this.#lanes.of(saleId)).ofUnit(unit).free(sku, unit, orderId, versionRead, nowMs);
  }

  async noteElsewhere(saleId: string, claims: readonly Claim[]): Promise<void> {
    const sale = await this.#lanes.of(saleId);
    if (sale.all.length === 1) return;
    for (const lane of sale.all) {
      const { elsewhere } = claimsOf(lane, claims);
      if (elsewhere.length > 0) await lane.mark({ here: [], elsewhere });
    }
  }

  async giveBackUnwanted(saleId: string, sku: string, unit: number, orderId: string): Promise<boolean> {
    const sale = await this.#lanes.of(saleId);
    const [lane, home] = [sale.ofUnit(unit), sale.home(orderId)];
    if (lane === home) return false;
    const attempt = await lane.gathered(orderId);
    if (attempt === undefined) return false;
    const wanted = await home.wanted(orderId);
    if (!wanted || wanted.attempt === attempt || wanted.units.get(sku)?.includes(unit)) return false;
    return lane.giveBack(orderId, attempt, wanted.units, [sku]);
  }

  async beginComparison(saleId: string, sku: string): Promise<boolean> {
    const set = await this.#connection.call('beginComparison', limits.gateCallMs, (client) =>
      client.set(comparedKey(saleId, sku), '1', 'PX', limits.comparisonEveryMs, 'NX'),
    );
    return set !== null;
  }

  async incarnation(saleId: string): Promise<string> {
    const { all } = await this.#lanes.of(saleId);
    return (await Promise.all(all.map((lane) => lane.incarnation()))).join(' ');
  }

  async *doubtfulOrders(saleId: string): AsyncGenerator<readonly string[]> {
    for (const lane of (await this.#lanes.of(saleId)).all) {
      for (let page = await lane.doubtfulOrders(''); page; page = await lane.doubtfulOrders(page.place)) yield page.orderIds;
    }
  }

  async setCapacity({ saleId, gateVersion }: GateOfSale, sku: string, capacity: number): Promise<void> {
    for (const lane of (await this.#lanes.asked(saleId)).all) await lane.setCapacity(sku, capacity, gateVersion);
  }

  async beginRebuild(saleId: string, token: string, skus: readonly string[], options: RebuildOptions): Promise<RebuildBeginning> {
    try {
      return await this.#beginRebuild(saleId, token, skus, options);
    } finally {
      this.#lanes.forget(saleId);
    }
  }

  /**
   * The whole first and then each lane, so that two rebuilds never empty lanes side by side. Lanes of another cut go before
   * either: whoever still knows the sale by that cut finds nothing there to sell, wherever we die.
   */
  async #beginRebuild(saleId: string, token: string, skus: readonly string[], options: RebuildOptions): Promise<RebuildBeginning> {
    const { remake, lanes, gateVersion } = options;
    const cut = await this.#lanes.cutOf(saleId);
    const isCutAnew = cut !== undefined && cut !== lanes;
    if (isCutAnew) {
      const before = this.#lanes.make(saleId, cut);
      if (!remake && (await isReady(before, gateVersion))) return 'ready';
      if (cut > 1) for (const lane of before.all) await lane.empty(skus);
    }
    const sale = this.#lanes.make(saleId, lanes);
    let begun = await sale.whole.beginRebuild(token, skus, { ...options, remake: remake || isCutAnew });
    if (lanes === 1) return begun;
    if (begun === 'ready') {
      if (await isReady(sale, gateVersion)) return 'ready';
      // All lanes were ready before the whole was: one of them has been lost since.
      begun = await sale.whole.beginRebuild(token, skus, { ...options, remake: true });
    }
    for (const lane of begun === 'started' ? sale.all : []) {
      const emptied = await lane.beginRebuild(token, skus, { ...options, remake: true });
      if (emptied !== 'started') return emptied;
    }
    return begun;
  }

  async load(saleId: string, token: string, sku: string, claims: readonly Claim[]): Promise<boolean> {
    assert(
      claims.length <= limits.rebuildChunkClaims && claims.every((claim) => claim.sku === sku),
      `a chunk has at most ${limits.rebuildChunkClaims} claims of one sku, got ${claims.length}`,
    );
    const sale = await this.#lanes.of(saleId);
    // Each lane counts the chunk, whatever there is in it for that lane.
    const loads = await Promise.all(sale.all.map((lane) => lane.load(token, sku, claimsOf(lane, claims))));
    return loads.every(Boolean) && (sale.all.length === 1 || (await sale.whole.renew(token)));
  }

  async renew(saleId: string, token: string): Promise<boolean> {
    const sale = await this.#lanes.of(saleId);
    const lanes = sale.all.length === 1 ? sale.all : [sale.whole, ...sale.all];
    return (await Promise.all(lanes.map((lane) => lane.renew(token)))).every(Boolean);
  }

  /** The whole last: who reads it as ready, and then a lane that is not, knows that this lane was lost since. */
  async publish(
    { saleId, gateVersion }: GateOfSale,
    token: string,
    chunks: number,
    capacities: Readonly<Record<string, number>>,
  ): Promise<boolean> {
    const sale = await this.#lanes.of(saleId);
    for (const lane of sale.all) if (!(await lane.publish(token, chunks, gateVersion, capacities))) return false;
    return sale.all.length === 1 || sale.whole.publishLanes(token, gateVersion);
  }

  async resend(saleId: string, orderId: string, nowMs: number): Promise<ResendOutcome> {
    const home = (await this.#lanes.of(saleId)).home(orderId);
    const outcome = await home.resend(orderId, nowMs);
    if (outcome.kind !== 'gathering') return outcome;
    // Whoever gathered for it is dead. What other lanes set aside for it goes back when they are compared.
    await home.remove(orderId, outcome.attempt, []);
    return { kind: 'settled' };
  }

  async overdueHolds(saleId: string, endedBeforeMs: number): Promise<string[]> {
    const { all } = await this.#lanes.of(saleId);
    const most = Math.ceil(limits.overdueHolds / all.length);
    return (await Promise.all(all.map((lane) => lane.overdueHolds(endedBeforeMs, most)))).flat();
  }

  async drop(saleId: string, skus: readonly string[]): Promise<boolean> {
    const sale = await this.#lanes.of(saleId);
    if (sale.all.length === 1) return sale.whole.drop(skus);
    const idle = await Promise.all(sale.all.map((lane) => lane.isIdle()));
    if (!idle.every(Boolean)) return false;
    for (const lane of sale.all) if (!(await lane.drop(skus)) && (await lane.summary([])).state !== 'none') return false;
    this.#lanes.forget(saleId);
    return sale.whole.drop(skus);
  }

  async order(saleId: string, orderId: string): Promise<GateOrder | undefined> {
    return (await this.#lanes.of(saleId)).home(orderId).order(orderId);
  }

  async summary(saleId: string, skus: readonly string[]): Promise<GateSummary> {
    return summaryOf(await this.#lanes.asked(saleId), skus);
  }

  async takenSeats(saleId: string, sku: string, capacity: number): Promise<TakenSeats> {
    const { all } = await this.#lanes.asked(saleId);
    const found = await Promise.all(all.map((lane) => lane.takenSeats(sku, Math.ceil(capacity / all.length))));
    const isTaken = (unit: number): boolean => {
      const [bits, number] = [found[unit % all.length]?.bits, Math.floor(unit / all.length)];
      return (((bits?.[number >> 3] ?? 0) >> (7 - (number & 7))) & 1) === 1;
    };
    return { state: joinStates(found.map((ofLane) => ofLane.state)), isTaken };
  }

  async owners(saleId: string, sku: string, fromUnit: number): Promise<UnitOwner[]> {
    const { all } = await this.#lanes.of(saleId);
    const found = await Promise.all(all.map((lane) => lane.owners(sku, fromUnit, fromUnit + limits.gateBulkUnits)));
    return all.length === 1 ? found.flat() : found.flat().toSorted((a, b) => a.unit - b.unit);
  }

  async *pending(saleId: string): AsyncGenerator<PendingOrder[]> {
    for (const lane of (await this.#lanes.of(saleId)).all) yield* lane.pending();
  }

  async pendingAmong(saleId: string, orderIds: readonly string[]): Promise<ReadonlySet<string>> {
    assert(orderIds.length <= limits.gateBulkUnits, `at most ${limits.gateBulkUnits} orders at once, got ${orderIds.length}`);
    const { all } = await this.#lanes.of(saleId);
    const found = await Promise.all(all.map((lane) => lane.pendingAmong(orderIds.filter((orderId) => lane.isHomeOf(orderId)))));
    return new Set(found.flat());
  }

  async customerUnits(saleId: string, customerIds: readonly string[]): Promise<number[]> {
    if (customerIds.length === 0) return [];
    assert(customerIds.length <= limits.gateBulkUnits, `at most ${limits.gateBulkUnits} customers at once, got ${customerIds.length}`);
    const { all } = await this.#lanes.of(saleId);
    const counts = await Promise.all(all.map((lane) => lane.customerUnits(customerIds)));
    return customerIds.map((_, index) => counts.reduce((sum, ofLane) => sum + (ofLane[index] ?? 0), 0));
  }

  async enterWait(saleId: string, { customerId, waitId }: WaitPlace, nowMs: number, untilMs: number): Promise<boolean> {
    const args = [customerId, waitId, nowMs, untilMs, limits.waitersPerSale, limits.waitersPerCustomer];
    return took(await runScript(this.#connection, scripts.enterWait, [saleKeys(saleId).waiters], args, limits.gateCallMs), 'enterWait');
  }

  async leaveWait(saleId: string, { customerId, waitId }: WaitPlace): Promise<void> {
    await this.#connection.call('leaveWait', limits.gateCallMs, (client) =>
      client.zrem(saleKeys(saleId).waiters, `${customerId} ${waitId}`),
    );
  }

  /** The home lane of an order, then the others that have units of it. */
  async #lanesWith({ saleId, orderId, lines }: Order): Promise<GateLane[]> {
    const { home, others } = (await this.#lanes.of(saleId)).of(orderId);
    const units = [...unitsOf(lines).values()].flat();
    return [home, ...others.filter((lane) => units.some((unit) => lane.has(unit)))];
  }
}

async function isReady({ all }: SaleLanes, gateVersion: number): Promise<boolean> {
  return (await Promise.all(all.map((lane) => lane.isReady(gateVersion)))).every(Boolean);
}

async function summaryOf({ all }: SaleLanes, skus: readonly string[]): Promise<GateSummary> {
  const [first, ...more] = await Promise.all(all.map((lane) => lane.summary(skus)));
  assert(first, 'a sale has a lane');
  return more.length === 0 ? first : joinSummaries([first, ...more], skus);
}

/** The claims of a lane's units, and of others for orders at home there. */
function claimsOf(lane: GateLane, claims: readonly Claim[]): { readonly here: Claim[]; readonly elsewhere: Claim[] } {
  const here = claims.filter(({ unit }) => lane.has(unit));
  return { here, elsewhere: claims.filter(({ unit, orderId }) => !lane.has(unit) && lane.isHomeOf(orderId)) };
}
