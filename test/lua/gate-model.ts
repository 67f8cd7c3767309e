import { limits } from '../../lambdas/contracts/limits.ts';
import { isLive, type CommitRequest, type Order } from '../../lambdas/domain/orders/order.ts';
import type { Claim } from '../../lambdas/domain/orders/ports.ts';
import type { DrawOutcome, ReserveOutcome } from '../../lambdas/domain/stock/ports.ts';

/** Units by sku, in the order in which they were given. */
export type Units = Map<string, number[]>;

export interface ModelEntry {
  /** Twice the order's version. */
  version: number;
  live: boolean;
  fingerprint: string;
  retakenAtMs: number | undefined;
  customerId: string;
  /** Units that count for the customer. */
  counts: number;
  units: Units;
  /** What a replay answers; undefined in a stub. */
  known: CommitRequest | Order | undefined;
}

/**
 * The gate's rules 1 to 7 over plain maps, written from protocol.md and its model and not from the scripts. It says
 * what each call must answer, and what must be stored after it.
 */
export class GateModel {
  state: 'none' | 'rebuilding' | 'ready' = 'none';
  /** Of the sale, as the last rebuild had it. */
  gateVersion = 0;
  token = '';
  chunks = 0;
  lock: string | undefined;
  readonly capacity = new Map<string, number>();
  /** `sku:unit` → orderId */
  readonly own = new Map<string, string>();
  readonly entries = new Map<string, ModelEntry>();
  readonly pend = new Map<string, number>();
  readonly due = new Map<string, number>();

  left(sku: string): number {
    const set = [...this.own.keys()].filter((name) => name.startsWith(`${sku}:`)).length;
    return Math.max(0, (this.capacity.get(sku) ?? 0) - set);
  }

  customerUnits(customerId: string): number {
    let units = 0;
    for (const entry of this.entries.values()) {
      if (entry.customerId === customerId) units += entry.counts;
    }
    return units;
  }

  clearUnits(sku: string): number[] {
    return Array.from({ length: this.capacity.get(sku) ?? 0 }, (_, unit) => unit).filter((unit) => !this.own.has(`${sku}:${unit}`));
  }

  #sells({ gateVersion }: CommitRequest): boolean {
    return this.state === 'ready' && this.gateVersion === gateVersion;
  }

  reserve(request: CommitRequest, knownOnly: boolean): ReserveOutcome {
    const { orderId, fingerprint, customerId, lines, acceptedAtMs } = request.order;
    if (!this.#sells(request)) return { kind: 'busy' };
    const entry = this.entries.get(orderId);
    if (entry) return answerKnown(entry, fingerprint);
    if (knownOnly) return { kind: 'unknown' };
    const asked = lines.reduce((sum, line) => sum + line.quantity, 0);
    const used = this.customerUnits(customerId);
    if (request.customerLimit > 0 && customerId !== '' && used + asked > request.customerLimit) {
      return { kind: 'customer-limit', remaining: Math.max(0, request.customerLimit - used) };
    }
    const taken = new Map(
      lines.flatMap(({ sku, units: named, seats }): [string, number[]][] => {
        const gone = seats ? named.filter((unit) => this.own.has(`${sku}:${unit}`)) : [];
        return gone.length > 0 ? [[sku, gone]] : [];
      }),
    );
    if (taken.size > 0) return { kind: 'seat-taken', units: taken };
    if (lines.some((line) => !line.seats && this.left(line.sku) < line.quantity)) {
      return { kind: 'sold-out', available: Object.fromEntries(lines.map(({ sku }) => [sku, this.left(sku)])) };
    }
    const units: Units = new Map(
      lines.map(({ sku, quantity, units: named, seats }) => [sku, seats ? [...named] : this.clearUnits(sku).slice(0, quantity)]),
    );
    this.#own(units, orderId);
    const kept = withUnits(request, units);
    this.entries.set(orderId, {
      version: 0,
      live: true,
      fingerprint,
      retakenAtMs: undefined,
      customerId,
      counts: asked,
      units,
      known: kept,
    });
    this.pend.set(orderId, acceptedAtMs + limits.pendingResendMs);
    return { kind: 'reserved', request: kept };
  }

  apply(order: Order): void {
    if (this.state === 'none') return;
    const entry = this.entries.get(order.orderId);
    if (entry && entry.version >= 2 * order.version) return;
    const live = isLive(order.state);
    const listed: Units = new Map(order.lines.filter((line) => line.units.length > 0).map((line) => [line.sku, [...line.units]]));
    for (const name of [...namesOf(entry?.units ?? new Map()), ...namesOf(listed)]) {
      if (!(live && namesOf(listed).includes(name)) && this.own.get(name) === order.orderId) this.own.delete(name);
    }
    if (live) this.#own(listed, order.orderId);
    this.entries.set(order.orderId, {
      version: 2 * order.version,
      live,
      fingerprint: order.fingerprint,
      retakenAtMs: undefined,
      customerId: order.customerId,
      counts: live ? countOf(listed) : 0,
      units: live ? listed : new Map(),
      known: order,
    });
    this.pend.delete(order.orderId);
    this.due.delete(order.orderId);
    if (order.state === 'held' && order.holdExpiresAtMs !== undefined) this.due.set(order.orderId, order.holdExpiresAtMs);
  }

  mark(claims: readonly Claim[]): void {
    if (this.state === 'none') return;
    for (const claim of claims) this.#markOne(claim);
  }

  #markOne({ sku, unit, orderId, version, customerId, holdExpiresAtMs }: Claim): void {
    let entry = this.entries.get(orderId);
    if (entry && !entry.live && entry.version >= 2 * version) return;
    this.own.set(`${sku}:${unit}`, orderId);
    if (!entry?.live) {
      entry = {
        version: 2 * version - 1,
        live: true,
        fingerprint: '',
        retakenAtMs: entry?.retakenAtMs,
        customerId: entry?.customerId ?? customerId ?? '',
        counts: 0,
        units: new Map(),
        known: undefined,
      };
      this.entries.set(orderId, entry);
      if (holdExpiresAtMs !== undefined) this.due.set(orderId, holdExpiresAtMs);
    }
    const listed = entry.units.get(sku) ?? [];
    if (listed.includes(unit)) return;
    entry.units.set(sku, [...listed, unit]);
    entry.counts += 1;
  }

  /** What a draw must do before chance has a say: its answer, or the units kept, which the rest is added to. */
  beforeDraw(
    request: CommitRequest,
    collided: readonly Claim[],
  ): 'park' | 'done' | 'none' | 'seat-taken' | { kept: Units; short: Map<string, number> } {
    const { orderId, lines } = request.order;
    if (!this.#sells(request)) return 'park';
    const entry = this.entries.get(orderId);
    if (entry && entry.version > 0) return 'done';
    const current: Units = entry && countOf(entry.units) > 0 ? entry.units : new Map(lines.map((line) => [line.sku, line.units]));
    const kept: Units = new Map();
    const hit = (sku: string, unit: number) => collided.some((claim) => claim.sku === sku && claim.unit === unit);
    for (const { sku, quantity, units, seats } of lines) {
      if (seats) {
        kept.set(sku, [...units]);
        continue;
      }
      const usable = (current.get(sku) ?? []).filter((unit) => {
        const owner = this.own.get(`${sku}:${unit}`);
        return !hit(sku, unit) && (owner === undefined || owner === orderId);
      });
      if (usable.length > 0) kept.set(sku, usable.slice(0, quantity));
    }
    this.mark(collided);
    if (lines.some(({ sku, units, seats }) => seats && units.some((unit) => hit(sku, unit)))) return 'seat-taken';
    const short = new Map(lines.map(({ sku, quantity }) => [sku, quantity - (kept.get(sku)?.length ?? 0)]));
    for (const { sku, seats } of lines) {
      if (seats) continue;
      const toSet = (kept.get(sku) ?? []).filter((unit) => !this.own.has(`${sku}:${unit}`)).length;
      if (this.left(sku) - toSet < (short.get(sku) ?? 0)) return 'none';
    }
    return { kept, short };
  }

  /** Takes over what was drawn. */
  drawn(request: CommitRequest): DrawOutcome {
    const { orderId, fingerprint, customerId, acceptedAtMs, lines } = request.order;
    const before = this.entries.get(orderId);
    const units: Units = new Map(lines.map((line) => [line.sku, [...line.units]]));
    for (const name of namesOf(before?.units ?? new Map())) if (this.own.get(name) === orderId) this.own.delete(name);
    // Only a seat can be another's by now.
    for (const name of namesOf(units)) if (!this.own.has(name)) this.own.set(name, orderId);
    this.entries.set(orderId, {
      version: 0,
      live: true,
      fingerprint,
      retakenAtMs: undefined,
      customerId,
      counts: countOf(units),
      units,
      known: request,
    });
    if (!this.pend.has(orderId)) this.pend.set(orderId, acceptedAtMs + limits.pendingResendMs);
    return { kind: 'drawn', request };
  }

  retake(expired: Order, nowMs: number): 'taken' | 'refused' | 'busy' {
    if (this.state !== 'ready') return 'busy';
    this.apply(expired);
    const entry = this.entries.get(expired.orderId);
    if (entry && !entry.live && entry.version > 2 * expired.version) return 'refused';
    const units: Units = new Map(expired.lines.map((line) => [line.sku, line.units]));
    if (namesOf(units).some((name) => (this.own.get(name) ?? expired.orderId) !== expired.orderId)) return 'refused';
    const limit = (entry?.customerId ?? '') === '' ? 0 : (expired.customerLimit ?? 0);
    const counts = entry?.live ? entry.counts : countOf(units);
    const others = this.customerUnits(entry?.customerId ?? '') - (entry?.counts ?? 0);
    if (limit > 0 && others + counts > limit) return 'refused';
    this.#own(units, expired.orderId);
    if (entry) Object.assign(entry, { retakenAtMs: nowMs, counts });
    // Until the ledger has said: should a failover lose the answer, the sweep asks.
    if (!entry?.live) this.due.set(expired.orderId, nowMs);
    return 'taken';
  }

  endRetake(expired: Order, nowMs: number): boolean {
    const entry = this.entries.get(expired.orderId);
    if (!entry || entry.live || entry.version !== 2 * expired.version || entry.retakenAtMs === undefined) return false;
    if (nowMs - entry.retakenAtMs < limits.retakeProtectMs) return false;
    for (const { sku, units } of expired.lines) {
      for (const unit of units) if (this.own.get(`${sku}:${unit}`) === expired.orderId) this.own.delete(`${sku}:${unit}`);
    }
    Object.assign(entry, { retakenAtMs: undefined, counts: 0 });
    this.due.delete(expired.orderId);
    return true;
  }

  free(sku: string, unit: number, orderId: string, versionRead: number, nowMs: number): boolean {
    const entry = this.entries.get(orderId);
    if (this.own.get(`${sku}:${unit}`) !== orderId) return false;
    if (entry && entry.version > 2 * versionRead) return false;
    if (entry?.retakenAtMs !== undefined && nowMs - entry.retakenAtMs < limits.retakeProtectMs) return false;
    this.own.delete(`${sku}:${unit}`);
    const before = entry?.units.get(sku) ?? [];
    const rest = before.filter((one) => one !== unit);
    if (entry) entry.counts -= before.length - rest.length;
    if (rest.length > 0) entry?.units.set(sku, rest);
    else entry?.units.delete(sku);
    return true;
  }

  setCapacity(sku: string, capacity: number, gateVersion: number): void {
    if (this.state !== 'none' && this.gateVersion === gateVersion) this.capacity.set(sku, Math.max(this.capacity.get(sku) ?? 0, capacity));
  }

  beginRebuild(token: string, remake: boolean, gateVersion: number): 'started' | 'ready' | 'locked' {
    if (this.state === 'ready' && !remake && this.gateVersion >= gateVersion) return 'ready';
    if (this.lock !== undefined && this.lock !== token) return 'locked';
    for (const map of [this.capacity, this.own, this.entries, this.pend, this.due]) map.clear();
    Object.assign(this, { state: 'rebuilding', gateVersion, token, lock: token, chunks: 0 });
    return 'started';
  }

  renew(token: string): boolean {
    if (this.state !== 'rebuilding' || this.token !== token) return false;
    this.lock = token;
    return true;
  }

  load(token: string, claims: readonly Claim[]): boolean {
    if (!this.renew(token)) return false;
    this.mark(claims);
    this.chunks += 1;
    return true;
  }

  publish(token: string, chunks: number, gateVersion: number, capacities: Readonly<Record<string, number>>): boolean {
    if (this.token !== token || this.state === 'none') return false;
    if (this.state === 'ready') return true;
    if (this.chunks !== chunks) return false;
    this.gateVersion = gateVersion;
    for (const [sku, capacity] of Object.entries(capacities)) this.setCapacity(sku, capacity, gateVersion);
    this.state = 'ready';
    this.lock = undefined;
    return true;
  }

  #own(units: Units, orderId: string): void {
    for (const name of namesOf(units)) this.own.set(name, orderId);
  }
}

function answerKnown(entry: ModelEntry, fingerprint: string): ReserveOutcome {
  if (entry.fingerprint === '') return { kind: 'ask-ledger' };
  if (entry.fingerprint !== fingerprint) return { kind: 'fingerprint-differs' };
  if (entry.known && 'order' in entry.known) return { kind: 'pending', request: withUnits(entry.known, entry.units) };
  if (!entry.known) throw new Error('an entry with a fingerprint has a document');
  return { kind: 'replayed', order: entry.known };
}

function withUnits(request: CommitRequest, units: Units): CommitRequest {
  const lines = request.order.lines.map((line) => ({ ...line, units: (units.get(line.sku) ?? []).slice(0, line.quantity) }));
  return { ...request, order: { ...request.order, lines } };
}

export function namesOf(units: Units): string[] {
  return [...units].flatMap(([sku, list]) => list.map((unit) => `${sku}:${unit}`));
}

export function countOf(units: Units): number {
  return [...units.values()].reduce((sum, list) => sum + list.length, 0);
}

/** The text of an entry's units (lua/shared/entry.lua), skus sorted. */
export function textOf(units: Units): string {
  return [...units]
    .filter(([, list]) => list.length > 0)
    .map(([sku, list]) => `${sku}:${list.join(',')}`)
    .toSorted()
    .join(';');
}
