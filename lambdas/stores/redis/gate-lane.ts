import { limits } from '../../contracts/limits.ts';
import { assert } from '../../domain/kernel/assert.ts';
import { UnavailableError } from '../../domain/kernel/faults.ts';
import { isLive, type CommitRequest, type Order, type OrderLine, totalUnits } from '../../domain/orders/order.ts';
import type { Claim } from '../../domain/orders/ports.ts';
import type {
  DrawOutcome,
  GateOrder,
  GateState,
  GateSummary,
  PeekOutcome,
  PendingOrder,
  RebuildOptions,
  UnitOwner,
} from '../../domain/stock/ports.ts';
import type { RedisConnection } from './connection.ts';
import { type Entry, keepRequest, readEntry, readOrder, readRequest } from './gate-entry.ts';
import { bitsKey, laneName, ownerBytes, ownKey, saleKeys, type SaleKeys } from './keys.ts';
import {
  drawOutcome,
  type DrawPartOutcome,
  drawPartOutcome,
  entryUnits,
  type LaneReserveOutcome,
  type LaneResendOutcome,
  reserveOutcome,
  resendOutcome,
  type StoreOutcome,
  storeOutcome,
  type TakeOutcome,
  takeOutcome,
} from './lane-outcomes.ts';
import { homeLaneOf, laneCapacity, laneOfUnit } from './lanes.ts';
import { formatUnits, type Numbering, seatsOf, type Units, unitsOf } from './order-units.ts';
import { gateState, readSummary } from './read-summary.ts';
import { runScript, type Reply } from './run-script.ts';
import {
  beginRebuildOutcome,
  type DoubtfulOrders,
  doubtfulOutcome,
  incarnationOf,
  moreSkus,
  peekOutcome,
  retakeOutcome,
  type Script,
  scripts,
  took,
} from './scripts.ts';

type Argument = string | number;

/** The claims a lane is told of: those of its units, and those of other lanes whose orders are at home here. */
export interface LaneClaims {
  readonly here: readonly Claim[];
  readonly elsewhere: readonly Claim[];
}

/** What a lane is still asked for: units of each sku (0 of one with seats), and the seats. */
export interface Missing {
  readonly quantities: ReadonlyMap<string, number>;
  readonly seats: Units;
}

/**
 * One lane of a sale's gate, of which most sales have one. Every decision is one Lua script (lua/*.lua) whose keys lie in
 * one slot; reads are plain commands. Outside, units have the ledger's numbers; a lane ignores those that are not its own.
 * Throws UnavailableError; a CorruptionError where a stored text is not ours.
 */
export class GateLane {
  readonly lane: number;
  readonly #lanes: number;
  readonly #name: string;
  readonly #keys: SaleKeys;
  readonly #connection: RedisConnection;
  /** In [0, 1): where a redraw begins, and names of attempts. */
  readonly #random: () => number;

  constructor(
    connection: RedisConnection,
    random: () => number,
    { saleId, lane, lanes }: { readonly saleId: string; readonly lane: number; readonly lanes: number },
  ) {
    this.lane = lane;
    this.#lanes = lanes;
    this.#name = laneName(saleId, lane, lanes);
    this.#keys = saleKeys(this.#name);
    this.#connection = connection;
    this.#random = random;
  }

  /** Rule 1, for an order that is at home here. */
  async reserve(request: CommitRequest, { knownOnly }: { readonly knownOnly: boolean }): Promise<LaneReserveOutcome> {
    const { order, customerLimit } = request;
    const skus = skusOf(order.lines);
    const seats = seatsOf(order.lines);
    const reply = await this.#run(scripts.reserve, skus, [
      request.gateVersion,
      ownable(order.orderId),
      order.fingerprint,
      order.customerId,
      customerLimit,
      order.acceptedAtMs + limits.pendingResendMs,
      keepRequest(request),
      knownOnly ? 1 : 0,
      totalUnits(order.lines),
      this.#lanes === 1 ? '' : this.#newAttempt(),
      formatUnits(seats, this.#elsewhere) === '' ? 0 : 1,
      skus.length,
      ...skus,
      ...order.lines.map(searched),
      formatUnits(seats, this.#here),
    ]);
    return reserveOutcome(reply, request, skus, this);
  }

  /** Units for an order that is at home in another lane; `instead`: an attempt whose units are let go first. */
  async take({ order, gateVersion }: CommitRequest, attempt: string, instead: string | undefined, missing: Missing): Promise<TakeOutcome> {
    const { orderId, lines } = order;
    const reply = await this.#runWithSkus(scripts.take, skusOf(lines), (skus) => [
      gateVersion,
      ownable(orderId),
      attempt,
      instead ?? '-',
      skus.length,
      ...skus,
      ...skus.map((sku) => missing.quantities.get(sku) ?? 0),
      formatUnits(missing.seats, this.#here),
    ]);
    return takeOutcome(reply, this);
  }

  /** The end of a gathering at home: units that other lanes gave. */
  async store(orderId: string, attempt: string, units: Units): Promise<StoreOutcome> {
    return storeOutcome(await this.#runPlain(scripts.store, [ownable(orderId), attempt, formatUnits(units, this.#elsewhere)]), this);
  }

  /** A gathering that came to nothing, at home. False: it does not stand there, so it may have come to something. `asked`: the order's skus. */
  async remove(orderId: string, attempt: string, asked: readonly string[]): Promise<boolean> {
    const reply = await this.#runWithSkus(scripts.remove, asked, (skus) => [ownable(orderId), attempt, skus.length, ...skus]);
    return took(reply, 'remove');
  }

  /** Takes back what an attempt set aside here, but for these units. */
  async giveBack(orderId: string, attempt: string, keep: Units, asked: readonly string[]): Promise<boolean> {
    const reply = await this.#runWithSkus(scripts.giveBack, asked, (skus) => [
      ownable(orderId),
      attempt,
      formatUnits(keep, this.#here),
      skus.length,
      ...skus,
    ]);
    return took(reply, 'giveBack');
  }

  async peek(orderId: string, customerId: string): Promise<PeekOutcome> {
    const { meta, ent, cust } = this.#keys;
    return peekOutcome(await runScript(this.#connection, scripts.peek, [meta, ent, cust], [orderId, customerId], limits.gateCallMs));
  }

  /** Rule 2: the whole image at home, elsewhere its units there. Returns units of other lanes that the order had; undefined: there is no gate. */
  async apply(order: Order): Promise<Units | undefined> {
    const reply = await this.#runWithSkus(scripts.apply, skusOf(order.lines), (skus) => this.#imageArguments(order, skus));
    if (took(reply, 'apply')) return entryUnits('', String(reply[1]), this);
    return reply[0] === 'none' ? undefined : new Map();
  }

  async mark({ here, elsewhere }: LaneClaims): Promise<void> {
    const skus = [...new Set(here.map(({ sku }) => sku))];
    const args = [skus.length, ...skus, ...this.#claimArguments({ here, elsewhere })];
    took(await this.#run(scripts.mark, skus, args, limits.gateBulkCallMs), 'mark');
  }

  /** Rule 4 at home: with what other lanes gave, the whole order or nothing. */
  async draw(request: CommitRequest, collided: readonly Claim[], elsewhere: Units): Promise<DrawOutcome> {
    const { order } = request;
    const seats = seatsOf(order.lines);
    const needed = new Map(order.lines.map(({ sku, quantity }) => [sku, Math.max(0, quantity - (elsewhere.get(sku)?.length ?? 0))]));
    const reply = await this.#runWithSkus(scripts.draw, skusOf(order.lines), (skus) => [
      request.gateVersion,
      ownable(order.orderId),
      order.fingerprint,
      order.customerId,
      order.acceptedAtMs + limits.pendingResendMs,
      keepRequest(request),
      formatUnits(unitsOf(order.lines), this.#here),
      formatUnits(seats, this.#here),
      this.#randomWhole(),
      limits.drawSpreadUnits,
      formatUnits(elsewhere, this.#elsewhere),
      skus.length,
      ...skus,
      ...skus.map((sku) => needed.get(sku) ?? 0),
      ...this.#claimArguments({ here: collided, elsewhere: [] }),
    ]);
    return drawOutcome(reply, request, elsewhere, this);
  }

  /** Rule 4 in a lane that is not the order's home. `own`: units it may keep; `counted`: units of this lane that are not to be counted again. */
  async drawPart(
    { order, gateVersion }: CommitRequest,
    own: Units,
    counted: Units,
    quantities: ReadonlyMap<string, number>,
  ): Promise<DrawPartOutcome> {
    const { orderId, lines } = order;
    const reply = await this.#runWithSkus(scripts.drawPart, skusOf(lines), (skus) => [
      gateVersion,
      ownable(orderId),
      formatUnits(own, this.#here),
      formatUnits(counted, this.#here),
      this.#randomWhole(),
      limits.drawSpreadUnits,
      skus.length,
      ...skus,
      ...skus.map((sku) => quantities.get(sku) ?? 0),
    ]);
    return drawPartOutcome(reply, this);
  }

  /** Rule 5: the units of this lane; at home the order counts for its customer. */
  async retake(expired: Order, nowMs: number): Promise<'taken' | 'refused' | 'busy'> {
    const limit = this.isHomeOf(expired.orderId) ? (expired.customerLimit ?? 0) : 0;
    const reply = await this.#runWithSkus(scripts.retake, skusOf(expired.lines), (skus) => [
      ...this.#imageArguments(expired, skus),
      nowMs,
      limit,
    ]);
    return retakeOutcome(reply);
  }

  async endRetake({ orderId, version, lines }: Order, nowMs: number): Promise<boolean> {
    const skus = skusOf(lines);
    const units = formatUnits(unitsOf(lines), this.#here);
    const args = [ownable(orderId), 2 * version, units, nowMs, limits.retakeProtectMs, skus.length, ...skus];
    return took(await this.#run(scripts.endRetake, skus, args), 'endRetake');
  }

  async free(sku: string, unit: number, orderId: string, versionRead: number, nowMs: number): Promise<boolean> {
    const args = [sku, this.#mustBeHere(unit), ownable(orderId), 2 * versionRead, nowMs, limits.retakeProtectMs];
    return took(await this.#run(scripts.free, [sku], args), 'free');
  }

  async incarnation(): Promise<string> {
    return incarnationOf(await runScript(this.#connection, scripts.incarnation, [this.#keys.meta], [], limits.gateCallMs));
  }

  /** `compared`: the place of the page before. */
  async doubtfulOrders(compared: string): Promise<DoubtfulOrders | undefined> {
    const keys = [this.#keys.meta, this.#keys.ent];
    const args = [compared, limits.doubtfulOrders];
    return doubtfulOutcome(await runScript(this.#connection, scripts.doubtful, keys, args, limits.gateBulkCallMs));
  }

  async setCapacity(sku: string, capacity: number, gateVersion: number): Promise<void> {
    const args = [sku, laneCapacity(capacity, this.lane, this.#lanes), gateVersion];
    took(await runScript(this.#connection, scripts.setCapacity, [this.#keys.meta], args, limits.gateCallMs), 'setCapacity');
  }

  /** The end of a lane of a cut that the sale has no more: everything of it goes at once. */
  async empty(skus: readonly string[]): Promise<void> {
    const keys = this.#emptiedKeys(skus);
    await this.#connection.call('empty', limits.gateBulkCallMs, (client) => client.unlink(keys));
  }

  /** `lanes`: of the sale, which every environment reads here. */
  async beginRebuild(
    token: string,
    skus: readonly string[],
    { remake, lanes, gateVersion }: RebuildOptions,
  ): Promise<'started' | 'ready' | 'locked'> {
    const keys = this.#emptiedKeys(skus);
    const args = [token, limits.rebuildLockMs, remake ? 1 : 0, lanes, gateVersion];
    return beginRebuildOutcome(await runScript(this.#connection, scripts.beginRebuild, keys, args, limits.gateBulkCallMs));
  }

  /** One chunk of a rebuild. */
  async load(token: string, sku: string, claims: LaneClaims): Promise<boolean> {
    const keys = [...this.#orderKeys(), ...this.#stockKeys([sku]), this.#keys.lock];
    const args = [token, limits.rebuildLockMs, sku, ...this.#claimArguments(claims)];
    return took(await runScript(this.#connection, scripts.load, keys, args, limits.gateBulkCallMs), 'load');
  }

  async renew(token: string): Promise<boolean> {
    const { meta, lock } = this.#keys;
    return took(await runScript(this.#connection, scripts.renew, [meta, lock], [token, limits.rebuildLockMs], limits.gateCallMs), 'renew');
  }

  async publish(token: string, chunks: number, gateVersion: number, capacities: Readonly<Record<string, number>>): Promise<boolean> {
    const ofLane = Object.entries(capacities).flatMap(([sku, capacity]) => [sku, laneCapacity(capacity, this.lane, this.#lanes)]);
    return this.#publish([token, chunks, 'ready', gateVersion, ...ofLane]);
  }

  /** The end of a rebuild of several lanes, where this holds what is of the whole sale. */
  publishLanes(token: string, gateVersion: number): Promise<boolean> {
    return this.#publish([token, 0, 'laned', gateVersion]);
  }

  async #publish(args: readonly Argument[]): Promise<boolean> {
    const { meta, lock } = this.#keys;
    return took(await runScript(this.#connection, scripts.publish, [meta, lock], args, limits.gateCallMs), 'publish');
  }

  async resend(orderId: string, nowMs: number): Promise<LaneResendOutcome> {
    const keys = [...this.#orderKeys(), this.#keys.resent];
    const args = [ownable(orderId), nowMs, limits.pendingResendMs, limits.pendingResends];
    return resendOutcome(await runScript(this.#connection, scripts.resend, keys, args, limits.gateCallMs), this);
  }

  overdueHolds(endedBeforeMs: number, most: number): Promise<string[]> {
    return this.#connection.call('overdueHolds', limits.gateCallMs, (client) =>
      client.zrangebyscore(this.#keys.due, '-inf', `(${endedBeforeMs}`, 'LIMIT', 0, most),
    );
  }

  async drop(skus: readonly string[]): Promise<boolean> {
    const { lock, waiters, resent } = this.#keys;
    const keys = [...this.#orderKeys(), lock, waiters, resent, ...this.#stockKeys(skus)];
    return took(await runScript(this.#connection, scripts.drop, keys, [], limits.gateBulkCallMs), 'drop');
  }

  /** An order as its home knows it. One that still gathers is not known yet: nothing was promised. */
  async order(orderId: string): Promise<GateOrder | undefined> {
    const entry = await this.#entry(orderId);
    if (!entry || (entry.version === 0 && entry.attempt !== '')) return undefined;
    const { version, document, units, elsewhere } = entry;
    if (document === '') return { version };
    return { version, order: version === 0 ? readRequest(document, entryUnits(units, elsewhere, this)).order : readOrder(document) };
  }

  /** The attempt under which the order's units of this lane were set aside, while the ledger has not said. */
  async gathered(orderId: string): Promise<string | undefined> {
    const entry = await this.#entry(orderId);
    return entry && entry.version === 0 && entry.attempt !== '' ? entry.attempt : undefined;
  }

  /** What an order asks of other lanes, by its home: under the attempt, or (stored) these units, none if it is unknown. Undefined: it cannot say. */
  async wanted(orderId: string): Promise<{ readonly attempt?: string; readonly units: Units } | undefined> {
    const { meta, ent } = this.#keys;
    const found = await this.#connection.call('wanted', limits.gateCallMs, async (client) =>
      results(await client.pipeline().hget(meta, 'st').hget(ent, orderId).exec()),
    );
    const [state, text] = found as [string | null, string | null];
    if (gateState(state) !== 'ready') return undefined;
    if (text === null) return { units: new Map() };
    const entry = readEntry(text);
    if (entry.version > 0) return undefined;
    return entry.attempt === '' ? { units: entryUnits('', entry.elsewhere, this) } : { attempt: entry.attempt, units: new Map() };
  }

  /** True for a lane that sells, by the terms of that version of the sale or a later one. */
  async isReady(gateVersion: number): Promise<boolean> {
    const [state, version] = await this.#connection.call('isReady', limits.gateCallMs, (client) =>
      client.hmget(this.#keys.meta, 'st', 'version'),
    );
    return gateState(state) === 'ready' && Number(version) >= gateVersion;
  }

  async summary(skus: readonly string[]): Promise<GateSummary> {
    const { meta, pend } = this.#keys;
    const found = await this.#connection.call('summary', limits.gateCallMs, async (client) =>
      results(await client.pipeline().hgetall(meta).zcard(pend).zrange(pend, '0', '0', 'WITHSCORES').exec()),
    );
    return readSummary(found, skus);
  }

  /** True where nothing is pending or held. */
  async isIdle(): Promise<boolean> {
    const { pend, due } = this.#keys;
    const found = await this.#connection.call('isIdle', limits.gateCallMs, async (client) =>
      results(await client.pipeline().zcard(pend).zcard(due).exec()),
    );
    return found.every((count) => count === 0);
  }

  async takenSeats(sku: string, capacity: number): Promise<{ readonly state: GateState; readonly bits: Uint8Array }> {
    const found = await this.#connection.call('takenSeats', limits.gateCallMs, async (client) =>
      results(
        await client
          .pipeline()
          .hget(this.#keys.meta, 'st')
          .getrangeBuffer(bitsKey(this.#name, sku), 0, Math.ceil(capacity / 8) - 1)
          .exec(),
      ),
    );
    const [state, bits] = found as [string | null, Uint8Array];
    return { state: gateState(state), bits };
  }

  /** Owners among the sale's units [fromUnit, toUnit). */
  async owners(sku: string, fromUnit: number, toUnit: number): Promise<UnitOwner[]> {
    const first = laneCapacity(fromUnit, this.lane, this.#lanes);
    const end = laneCapacity(toUnit, this.lane, this.#lanes);
    if (end <= first) return [];
    const slots = await this.#connection.call('owners', limits.gateBulkCallMs, (client) =>
      client.getrange(ownKey(this.#name, sku), first * ownerBytes, end * ownerBytes - 1),
    );
    const owners: UnitOwner[] = [];
    for (let at = 0; at < slots.length; at += ownerBytes) {
      if (slots.charCodeAt(at) === 0) continue;
      owners.push({ unit: this.toLedger(first + at / ownerBytes), orderId: `ord_${slots.slice(at, at + ownerBytes)}` });
    }
    return owners;
  }

  async *pending(): AsyncGenerator<PendingOrder[]> {
    let cursor = '0';
    do {
      const [next, found] = await this.#connection.call('pending', limits.gateCallMs, (client) =>
        client.zscan(this.#keys.pend, cursor, 'COUNT', limits.pendingOrders),
      );
      cursor = next;
      yield readPending(found);
    } while (cursor !== '0');
  }

  /** Those of the orders that are pending here. */
  async pendingAmong(orderIds: readonly string[]): Promise<string[]> {
    if (orderIds.length === 0) return [];
    const { pend } = this.#keys;
    const scores = await this.#connection.call('pendingAmong', limits.gateBulkCallMs, (client) => client.zmscore(pend, ...orderIds));
    return orderIds.filter((_, index) => scores[index] !== null);
  }

  async customerUnits(customerIds: readonly string[]): Promise<number[]> {
    const { cust } = this.#keys;
    const counts = await this.#connection.call('customerUnits', limits.gateBulkCallMs, (client) => client.hmget(cust, ...customerIds));
    return counts.map((count) => Number(count ?? 0));
  }

  /** True for a unit of this lane. */
  has(unit: number): boolean {
    return this.#here(unit) !== undefined;
  }

  isHomeOf(orderId: string): boolean {
    return homeLaneOf(orderId, this.#lanes) === this.lane;
  }

  /** A unit by its number in this lane → its number in the ledger. */
  readonly toLedger = (number: number): number => number * this.#lanes + this.lane;

  readonly #here: Numbering = (unit) => (laneOfUnit(unit, this.#lanes) === this.lane ? Math.floor(unit / this.#lanes) : undefined);

  readonly #elsewhere: Numbering = (unit) => (laneOfUnit(unit, this.#lanes) === this.lane ? undefined : unit);

  #mustBeHere(unit: number): number {
    const number = this.#here(unit);
    assert(number !== undefined, `unit ${unit} is not of lane ${this.lane}`);
    return number;
  }

  #newAttempt(): string {
    return `${this.#randomWhole().toString(36)}.${this.#randomWhole().toString(36)}`;
  }

  #randomWhole(): number {
    return Math.floor(this.#random() * 2 ** 31);
  }

  async #entry(orderId: string): Promise<Entry | undefined> {
    const text = await this.#connection.call('order', limits.gateCallMs, (client) => client.hget(this.#keys.ent, orderId));
    return text === null ? undefined : readEntry(text);
  }

  /** The image as apply.lua takes it: whole at home, of another lane its units there alone. */
  #imageArguments(order: Order, skus: readonly string[]): Argument[] {
    const home = this.isHomeOf(order.orderId);
    const units = unitsOf(order.lines);
    return [
      ownable(order.orderId),
      2 * order.version,
      isLive(order.state) ? 1 : 0,
      home ? order.fingerprint : '',
      home ? order.customerId : '',
      formatUnits(units, this.#here),
      home && order.state === 'held' ? (order.holdExpiresAtMs ?? '') : '',
      home ? JSON.stringify(order) : '',
      home ? order.lines.reduce((sum, line) => sum + line.units.length, 0) : 0,
      home ? formatUnits(units, this.#elsewhere) : '',
      skus.length,
      ...skus,
    ];
  }

  #claimArguments({ here, elsewhere }: LaneClaims): Argument[] {
    return [
      here.length,
      ...here.flatMap((claim) => {
        const home = this.isHomeOf(claim.orderId);
        return claimArguments(claim, this.#mustBeHere(claim.unit), home);
      }),
      ...elsewhere.flatMap((claim) => claimArguments(claim, claim.unit, true)),
    ];
  }

  #runPlain(script: Script, args: readonly Argument[]): Promise<Reply> {
    return this.#run(script, [], args);
  }

  #run(script: Script, skus: readonly string[], args: readonly Argument[], deadlineMs: number = limits.gateCallMs): Promise<Reply> {
    return runScript(this.#connection, script, [...this.#orderKeys(), ...this.#stockKeys(skus)], args, deadlineMs);
  }

  /** Runs an order's script again with the skus it says the order had, as long as it asks for more (limits.gateSkuAttempts). */
  async #runWithSkus(
    script: Script,
    asked: readonly string[],
    argumentsFor: (skus: readonly string[]) => readonly Argument[],
  ): Promise<Reply> {
    let skus = asked;
    for (let attempt = 1; attempt <= limits.gateSkuAttempts; attempt += 1) {
      const reply = await this.#run(script, skus, argumentsFor(skus));
      const more = moreSkus(reply);
      if (!more) return reply;
      skus = [...new Set([...asked, ...more])];
    }
    throw new UnavailableError('gate', `the skus of an order changed ${limits.gateSkuAttempts} times during ${script.name}`);
  }

  /** What a rebuild empties, and its lock. */
  #emptiedKeys(skus: readonly string[]): string[] {
    const { lock, resent } = this.#keys;
    return [...this.#orderKeys(), lock, resent, ...this.#stockKeys(skus)];
  }

  /** The keys that all scripts of orders have first (lua/shared/entry.lua). */
  #orderKeys(): string[] {
    const { meta, ent, pend, due, cust } = this.#keys;
    return [meta, ent, pend, due, cust];
  }

  #stockKeys(skus: readonly string[]): string[] {
    return skus.flatMap((sku) => [bitsKey(this.#name, sku), ownKey(this.#name, sku)]);
  }
}

function claimArguments({ sku, orderId, version, customerId, holdExpiresAtMs }: Claim, number: number, home: boolean): Argument[] {
  return [sku, number, ownable(orderId), 2 * version, home ? (customerId ?? '') : '', home ? (holdExpiresAtMs ?? '') : ''];
}

/** Units of a line to be searched: seats are named. */
function searched({ quantity, seats }: OrderLine): number {
  return seats ? 0 : quantity;
}

function skusOf(lines: readonly OrderLine[]): string[] {
  const skus = lines.map((line) => line.sku);
  assert(new Set(skus).size === skus.length, `the lines of an order have distinct skus, got ${skus.join(', ')}`);
  return skus;
}

/** The id, once it is certain that its owner slot can hold it. */
function ownable(orderId: string): string {
  assert(/^ord_[0-9A-Z]{26}$/.test(orderId), `an order id is ord_ and 26 characters, got ${orderId}`);
  return orderId;
}

/** Members and scores in turn: a score is when the order would be sent again. */
function readPending(found: readonly string[]): PendingOrder[] {
  const pending: PendingOrder[] = [];
  for (let at = 0; at < found.length; at += 2) {
    pending.push({ orderId: String(found[at]), acceptedAtMs: Number(found[at + 1]) - limits.pendingResendMs });
  }
  return pending;
}

/** The replies of a pipeline; the first error among them is thrown. */
function results(replies: readonly (readonly [error: Error | null, result: unknown])[] | null): unknown[] {
  assert(replies, 'a pipeline without a transaction is never discarded');
  return replies.map(([error, result]) => {
    if (error) throw error;
    return result;
  });
}
