import { limits } from '../../contracts/limits.ts';
import { assert } from '../../domain/kernel/assert.ts';
import { UnavailableError } from '../../domain/kernel/faults.ts';
import { isLive, type CommitRequest, type Order, type OrderLine } from '../../domain/orders/order.ts';
import type { Claim } from '../../domain/orders/ports.ts';
import type {
  DrawOutcome,
  GateOrder,
  GateSummary,
  PeekOutcome,
  PendingOrder,
  ResendOutcome,
  ReserveOutcome,
  StockGate,
  TakenSeats,
  UnitOwner,
  WaitPlace,
} from '../../domain/stock/ports.ts';
import type { RedisConnection } from './connection.ts';
import { keepRequest, readEntry } from './gate-entry.ts';
import { bitsKey, ownerBytes, ownKey, saleKeys } from './keys.ts';
import { formatSeats, formatUnits } from './order-units.ts';
import { gateState, readSummary } from './read-summary.ts';
import { runScript, type Reply } from './run-script.ts';
import {
  beginRebuildOutcome,
  drawOutcome,
  moreSkus,
  peekOutcome,
  resendOutcome,
  reserveOutcome,
  retakeOutcome,
  scripts,
  took,
  type Script,
} from './scripts.ts';

type Argument = string | number;

/**
 * The gate on Redis, one server or a cluster. Every decision is one Lua script (lua/*.lua) whose keys lie in the slot
 * of the sale; reads are plain commands. Throws UnavailableError; a CorruptionError where a stored text is not ours.
 */
export class RedisStockGate implements StockGate {
  readonly #connection: RedisConnection;
  /** In [0, 1): where a redraw begins. */
  readonly #random: () => number;

  constructor(connection: RedisConnection, random: () => number = Math.random) {
    this.#connection = connection;
    this.#random = random;
  }

  async reserve(request: CommitRequest, { knownOnly } = { knownOnly: false }): Promise<ReserveOutcome> {
    const { order, customerLimit } = request;
    const skus = skusOf(order.lines);
    const reply = await this.#run(scripts.reserve, order.saleId, skus, [
      ownable(order.orderId),
      order.fingerprint,
      order.customerId,
      customerLimit,
      order.acceptedAtMs + limits.pendingResendMs,
      keepRequest(request),
      knownOnly ? 1 : 0,
      skus.length,
      ...skus,
      ...order.lines.map((line) => line.quantity),
      formatSeats(order.lines),
    ]);
    return reserveOutcome(reply, request, skus);
  }

  async peek(saleId: string, orderId: string, customerId: string): Promise<PeekOutcome> {
    const { meta, ent, cust } = saleKeys(saleId);
    return peekOutcome(await runScript(this.#connection, scripts.peek, [meta, ent, cust], [orderId, customerId], limits.gateCallMs));
  }

  async apply(order: Order): Promise<void> {
    assert(order.version >= 1, `an image has a version of the ledger, got ${order.version}`);
    const reply = await this.#runWithSkus(scripts.apply, order.saleId, skusOf(order.lines), (skus) => imageArguments(order, skus));
    took(reply, 'apply');
  }

  async mark(saleId: string, claims: readonly Claim[]): Promise<void> {
    if (claims.length === 0) return;
    const skus = skusOfClaims(claims);
    took(await this.#run(scripts.mark, saleId, skus, [skus.length, ...skus, ...claimArguments(claims)], limits.gateBulkCallMs), 'mark');
  }

  async draw(request: CommitRequest, collided: readonly Claim[]): Promise<DrawOutcome> {
    const { order } = request;
    assert(
      collided.every((claim) => claim.orderId !== order.orderId),
      `${order.orderId} collided with itself`,
    );
    const quantities = new Map(order.lines.map((line) => [line.sku, line.quantity]));
    const reply = await this.#runWithSkus(scripts.draw, order.saleId, skusOf(order.lines), (skus) => [
      ownable(order.orderId),
      order.fingerprint,
      order.customerId,
      order.acceptedAtMs + limits.pendingResendMs,
      keepRequest(request),
      formatUnits(order.lines),
      formatSeats(order.lines),
      Math.floor(this.#random() * 2 ** 31),
      limits.drawSpreadUnits,
      skus.length,
      ...skus,
      ...skus.map((sku) => quantities.get(sku) ?? 0),
      ...claimArguments(collided),
    ]);
    return drawOutcome(reply, request);
  }

  async retake(expired: Order, nowMs: number): Promise<'taken' | 'refused' | 'busy'> {
    assert(expired.state === 'expired', `only an expired order is taken up again, got ${expired.state}`);
    assert(
      expired.lines.every((line) => line.units.length === line.quantity),
      `an order taken up again lists the units it had: ${expired.orderId}`,
    );
    const reply = await this.#runWithSkus(scripts.retake, expired.saleId, skusOf(expired.lines), (skus) => [
      ...imageArguments(expired, skus),
      nowMs,
      expired.customerLimit ?? 0,
    ]);
    return retakeOutcome(reply);
  }

  async endRetake(expired: Order, nowMs: number): Promise<boolean> {
    const { orderId, saleId, version, lines } = expired;
    const skus = skusOf(lines);
    const args = [ownable(orderId), 2 * version, formatUnits(lines), nowMs, limits.retakeProtectMs, skus.length, ...skus];
    return took(await this.#run(scripts.endRetake, saleId, skus, args), 'endRetake');
  }

  async free(saleId: string, sku: string, unit: number, orderId: string, versionRead: number, nowMs: number): Promise<boolean> {
    const args = [sku, unit, ownable(orderId), 2 * versionRead, nowMs, limits.retakeProtectMs];
    return took(await this.#run(scripts.free, saleId, [sku], args), 'free');
  }

  async setCapacity(saleId: string, sku: string, capacity: number): Promise<void> {
    const keys = [saleKeys(saleId).meta];
    took(await runScript(this.#connection, scripts.setCapacity, keys, [sku, capacity], limits.gateCallMs), 'setCapacity');
  }

  async beginRebuild(
    saleId: string,
    token: string,
    skus: readonly string[],
    { remake }: { readonly remake: boolean },
  ): Promise<'started' | 'ready' | 'locked'> {
    const { lock, resent } = saleKeys(saleId);
    const keys = [...orderKeys(saleId), lock, resent, ...stockKeys(saleId, skus)];
    const args = [token, limits.rebuildLockMs, remake ? 1 : 0];
    return beginRebuildOutcome(await runScript(this.#connection, scripts.beginRebuild, keys, args, limits.gateBulkCallMs));
  }

  async load(saleId: string, token: string, sku: string, claims: readonly Claim[]): Promise<boolean> {
    assert(
      claims.length <= limits.rebuildChunkClaims && claims.every((claim) => claim.sku === sku),
      `a chunk has at most ${limits.rebuildChunkClaims} claims of one sku, got ${claims.length}`,
    );
    const keys = [...orderKeys(saleId), ...stockKeys(saleId, [sku]), saleKeys(saleId).lock];
    const args = [token, limits.rebuildLockMs, sku, ...claimArguments(claims)];
    return took(await runScript(this.#connection, scripts.load, keys, args, limits.gateBulkCallMs), 'load');
  }

  async renew(saleId: string, token: string): Promise<boolean> {
    const { meta, lock } = saleKeys(saleId);
    const args = [token, limits.rebuildLockMs];
    return took(await runScript(this.#connection, scripts.renew, [meta, lock], args, limits.gateCallMs), 'renew');
  }

  async publish(saleId: string, token: string, chunks: number, capacities: Readonly<Record<string, number>>): Promise<boolean> {
    const { meta, lock } = saleKeys(saleId);
    const args = [token, chunks, ...Object.entries(capacities).flat()];
    return took(await runScript(this.#connection, scripts.publish, [meta, lock], args, limits.gateCallMs), 'publish');
  }

  async resend(saleId: string, orderId: string, nowMs: number): Promise<ResendOutcome> {
    const keys = [...orderKeys(saleId), saleKeys(saleId).resent];
    const args = [ownable(orderId), nowMs, limits.pendingResendMs, limits.pendingResends];
    return resendOutcome(await runScript(this.#connection, scripts.resend, keys, args, limits.gateCallMs));
  }

  async overdueHolds(saleId: string, endedBeforeMs: number): Promise<string[]> {
    const { due } = saleKeys(saleId);
    return this.#connection.call('overdueHolds', limits.gateCallMs, (client) =>
      client.zrangebyscore(due, '-inf', `(${endedBeforeMs}`, 'LIMIT', 0, limits.overdueHolds),
    );
  }

  async drop(saleId: string, skus: readonly string[]): Promise<boolean> {
    const { lock, waiters, resent } = saleKeys(saleId);
    const keys = [...orderKeys(saleId), lock, waiters, resent, ...stockKeys(saleId, skus)];
    return took(await runScript(this.#connection, scripts.drop, keys, [], limits.gateBulkCallMs), 'drop');
  }

  async order(saleId: string, orderId: string): Promise<GateOrder | undefined> {
    const entry = await this.#connection.call('order', limits.gateCallMs, (client) => client.hget(saleKeys(saleId).ent, orderId));
    return entry === null ? undefined : readEntry(entry);
  }

  async summary(saleId: string, skus: readonly string[]): Promise<GateSummary> {
    const { meta, pend } = saleKeys(saleId);
    const found = await this.#connection.call('summary', limits.gateCallMs, async (client) =>
      results(await client.pipeline().hgetall(meta).zcard(pend).zrange(pend, '0', '0', 'WITHSCORES').exec()),
    );
    return readSummary(found, skus);
  }

  async takenSeats(saleId: string, sku: string, capacity: number): Promise<TakenSeats> {
    const { meta } = saleKeys(saleId);
    const found = await this.#connection.call('takenSeats', limits.gateCallMs, async (client) =>
      results(
        await client
          .pipeline()
          .hget(meta, 'st')
          .getrangeBuffer(bitsKey(saleId, sku), 0, Math.ceil(capacity / 8) - 1)
          .exec(),
      ),
    );
    const [state, bits] = found as [string | null, Uint8Array];
    return { state: gateState(state), isTaken: (unit) => (((bits[unit >> 3] ?? 0) >> (7 - (unit & 7))) & 1) === 1 };
  }

  async owners(saleId: string, sku: string, fromUnit: number): Promise<UnitOwner[]> {
    const start = fromUnit * ownerBytes;
    const end = (fromUnit + limits.gateBulkUnits) * ownerBytes - 1;
    const slots = await this.#connection.call('owners', limits.gateBulkCallMs, (client) =>
      client.getrange(ownKey(saleId, sku), start, end),
    );
    const owners: UnitOwner[] = [];
    for (let at = 0; at < slots.length; at += ownerBytes) {
      if (slots.charCodeAt(at) !== 0) owners.push({ unit: fromUnit + at / ownerBytes, orderId: `ord_${slots.slice(at, at + ownerBytes)}` });
    }
    return owners;
  }

  async *pending(saleId: string): AsyncGenerator<PendingOrder[]> {
    const { pend } = saleKeys(saleId);
    let cursor = '0';
    do {
      const [next, found] = await this.#connection.call('pending', limits.gateCallMs, (client) =>
        client.zscan(pend, cursor, 'COUNT', limits.pendingOrders),
      );
      cursor = next;
      yield readPending(found);
    } while (cursor !== '0');
  }

  async pendingAmong(saleId: string, orderIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (orderIds.length === 0) return new Set();
    assert(orderIds.length <= limits.gateBulkUnits, `at most ${limits.gateBulkUnits} orders at once, got ${orderIds.length}`);
    const { pend } = saleKeys(saleId);
    const scores = await this.#connection.call('pendingAmong', limits.gateBulkCallMs, (client) => client.zmscore(pend, ...orderIds));
    return new Set(orderIds.filter((_, index) => scores[index] !== null));
  }

  async customerUnits(saleId: string, customerIds: readonly string[]): Promise<number[]> {
    if (customerIds.length === 0) return [];
    assert(customerIds.length <= limits.gateBulkUnits, `at most ${limits.gateBulkUnits} customers at once, got ${customerIds.length}`);
    const { cust } = saleKeys(saleId);
    const counts = await this.#connection.call('customerUnits', limits.gateBulkCallMs, (client) => client.hmget(cust, ...customerIds));
    return counts.map((count) => Number(count ?? 0));
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

  #run(script: Script, saleId: string, skus: readonly string[], args: readonly Argument[], deadlineMs: number = limits.gateCallMs) {
    return runScript(this.#connection, script, [...orderKeys(saleId), ...stockKeys(saleId, skus)], args, deadlineMs);
  }

  /** Runs an order's script again with the skus it says the order had, as long as it asks for more (limits.gateSkuAttempts). */
  async #runWithSkus(
    script: Script,
    saleId: string,
    asked: readonly string[],
    argumentsFor: (skus: readonly string[]) => readonly Argument[],
  ): Promise<Reply> {
    let skus = asked;
    for (let attempt = 1; attempt <= limits.gateSkuAttempts; attempt += 1) {
      const reply = await this.#run(script, saleId, skus, argumentsFor(skus));
      const more = moreSkus(reply);
      if (!more) return reply;
      skus = [...new Set([...asked, ...more])];
    }
    throw new UnavailableError('gate', `the skus of an order changed ${limits.gateSkuAttempts} times during ${script.name}`);
  }
}

/** The keys that all scripts of orders have first (lua/shared/entry.lua). */
function orderKeys(saleId: string): string[] {
  const { meta, ent, pend, due, cust } = saleKeys(saleId);
  return [meta, ent, pend, due, cust];
}

function stockKeys(saleId: string, skus: readonly string[]): string[] {
  return skus.flatMap((sku) => [bitsKey(saleId, sku), ownKey(saleId, sku)]);
}

function skusOf(lines: readonly OrderLine[]): string[] {
  const skus = lines.map((line) => line.sku);
  assert(new Set(skus).size === skus.length, `the lines of an order have distinct skus, got ${skus.join(', ')}`);
  return skus;
}

function skusOfClaims(claims: readonly Claim[]): string[] {
  assert(claims.length <= limits.gateBulkUnits, `at most ${limits.gateBulkUnits} claims at once, got ${claims.length}`);
  return [...new Set(claims.map((claim) => claim.sku))];
}

function imageArguments(order: Order, skus: readonly string[]): Argument[] {
  return [
    ownable(order.orderId),
    2 * order.version,
    isLive(order.state) ? 1 : 0,
    order.fingerprint,
    order.customerId,
    formatUnits(order.lines),
    order.state === 'held' ? (order.holdExpiresAtMs ?? '') : '',
    JSON.stringify(order),
    skus.length,
    ...skus,
  ];
}

function claimArguments(claims: readonly Claim[]): Argument[] {
  return claims.flatMap(({ sku, unit, orderId, version, customerId, holdExpiresAtMs }) => [
    sku,
    unit,
    ownable(orderId),
    2 * version,
    customerId ?? '',
    holdExpiresAtMs ?? '',
  ]);
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
