import { limits } from '../../contracts/limits.ts';
import { metrics } from '../../contracts/metrics.ts';
import type { Clock, Meter } from '../kernel/ports.ts';
import { slicesOf } from '../kernel/slices.ts';
import { isLive, totalUnits, type Order } from '../orders/order.ts';
import { customerTagOf, type OrderIds } from '../orders/order-id.ts';
import type { OrderLedger } from '../orders/ports.ts';
import type { SaleCatalog } from '../sales/ports.ts';
import type { Item, Sale } from '../sales/sale.ts';
import type { StockGate, UnitOwner } from '../stock/ports.ts';
import { compareReport, sumCounters, totalOrders } from './compare-report.ts';
import { type CustomerCount, CustomerCounts } from './customer-counts.ts';
import { type Finding, findingKey, type FindingKind, findingKinds } from './finding.ts';
import type { BookCounters } from './ports.ts';
import { SuspectUnits } from './suspect-units.ts';
import { Tally } from './tally.ts';
import { type Suspects, type UnitBook, UnitSums } from './unit-sums.ts';

/** What an audit reads. It changes nothing. */
export interface AuditDependencies {
  readonly catalog: Pick<SaleCatalog, 'read'>;
  readonly ledger: Pick<OrderLedger, 'orders' | 'claims' | 'readAll' | 'allowances'>;
  readonly gate: Pick<StockGate, 'summary' | 'owners' | 'pending' | 'pendingAmong' | 'customerUnits'>;
  readonly counters: Pick<BookCounters, 'all'>;
  readonly ids: Pick<OrderIds, 'isOf'>;
  readonly clock: Clock;
  readonly meter: Meter;
}

/** What an audit found: `ok` where that is nothing. */
export interface Audit {
  readonly ok: boolean;
  readonly asOfMs: number;
  /** How much was looked at. */
  readonly checked: { readonly orders: number; readonly claims: number; readonly units: number; readonly pendingOrders: number };
  /** At most limits.auditFindings. */
  readonly findings: readonly Finding[];
  /** All of them that were found; where there are very many, some were not (limits.auditFindingsHeld). */
  readonly findingCount: number;
}

/**
 * Proves the books of a sale: invariants 1–8 of docs/protocol.md. Ledger and gate cannot be read at one instant, so
 * what differs is looked at again after limits.auditRecheckMs, and only what is still there counts. Memory does not
 * grow with the orders: units are compared by sums, and one by one only where these differ.
 */
export async function auditSale(deps: AuditDependencies, sale: Sale): Promise<Audit> {
  const sums = new UnitSums();
  const first = await new Look(deps, sale, sums).run();
  const suspects = sums.suspects();
  let [checked, findings]: [Audit['checked'], readonly Finding[]] = [first.checked, []];
  if (first.findings.length > 0 || suspects.parts > 0) {
    const early = suspects.parts > 0 ? await lookClosely(deps, sale, suspects) : first;
    await deps.clock.sleep(limits.auditRecheckMs);
    const seen = new Set(early.findings.map(findingKey));
    // Units added meanwhile may be sold by now.
    const late = await lookClosely(deps, (await deps.catalog.read(sale.saleId)) ?? sale, suspects);
    checked = late.checked;
    findings = late.findings.filter((finding) => seen.has(findingKey(finding)));
    // While a sale is busy its totals never stand still; but what was there so long ago must be counted by now.
    const was = Math.min(totalOrders(early.tally), totalOrders(late.tally));
    const counted = totalOrders(late.counted);
    if (counted < was && !findings.some(({ kind }) => kind === 'report-differs')) {
      const detail = `the report counts ${counted} orders, of ${was} that were there before`;
      findings = [...findings, { kind: 'report-differs', invariant: findingKinds['report-differs'], detail }];
    }
  }
  const oversold = findings.filter(({ invariant }) => invariant <= 3).length;
  if (oversold > 0) deps.meter.count(metrics.oversell, oversold);
  if (findings.length > 0) deps.meter.count(metrics.auditFindings, findings.length);
  return {
    ok: findings.length === 0,
    asOfMs: deps.clock.nowMs(),
    checked,
    findings: findings.slice(0, limits.auditFindings),
    findingCount: findings.length,
  };
}

async function lookClosely(deps: AuditDependencies, sale: Sale, suspects: Suspects): Promise<Look> {
  const units = new SuspectUnits(suspects);
  const look = await new Look(deps, sale, units).run();
  for (const finding of units.differences()) look.find(finding);
  return look;
}

/** One pass over ledger and gate. */
class Look {
  readonly checked = { orders: 0, claims: 0, units: 0, pendingOrders: 0 };
  /** At most limits.auditFindingsHeld. */
  readonly findings: Finding[] = [];
  readonly #deps: AuditDependencies;
  readonly #sale: Sale;
  readonly #units: UnitBook;
  readonly #customers = new CustomerCounts();
  readonly #capacities: ReadonlyMap<string, number>;
  /** What the orders add up to, and what the report's counters say. */
  readonly tally = new Tally();
  counted: Tally = new Tally();

  constructor(deps: AuditDependencies, sale: Sale, units: UnitBook) {
    this.#deps = deps;
    this.#sale = sale;
    this.#units = units;
    this.#capacities = new Map(sale.items.map(({ sku, capacity }) => [sku, capacity]));
  }

  async run(): Promise<this> {
    const { gate } = this.#deps;
    for await (const page of this.#orders()) for (const order of page) this.#checkOrder(order);
    const summary = await gate.summary(
      this.#sale.saleId,
      this.#sale.items.map((item) => item.sku),
    );
    const ready = summary.state === 'ready';
    this.checked.pendingOrders = summary.pendingOrders;
    if (!ready) this.#find('gate-not-ready', { detail: `the gate is ${summary.state}; POST …/open rebuilds it` });
    else await this.#checkPending();
    for (const item of this.#sale.items) await this.#checkItem(item, ready);
    await this.#checkCustomers(ready && summary.pendingOrders === 0);
    this.counted = await sumCounters(this.#deps.counters, this.#sale.saleId);
    for (const detail of compareReport(this.counted, this.tally)) this.find({ kind: 'report-differs', detail });
    return this;
  }

  #checkOrder(order: Order): void {
    this.checked.orders += 1;
    this.tally.count(order, 1);
    const { orderId, customerId } = order;
    if (!this.#deps.ids.isOf(orderId, customerId))
      this.#find('order-id-not-minted', { orderId, detail: 'the id does not belong to its customer' });
    if (this.#sale.highestCustomerLimit > 0) this.#customers.count(order);
    if (!isLive(order.state)) return;
    const owned = order.lines.reduce((sum, line) => sum + line.units.length, 0);
    if (owned !== totalUnits(order.lines))
      this.#find('wrong-quantity', { orderId, detail: `asked for ${totalUnits(order.lines)}, has ${owned}` });
    for (const { sku, units } of order.lines) {
      const capacity = this.#capacities.get(sku) ?? 0;
      for (const unit of units) {
        if (unit >= capacity) this.#find('unit-beyond-capacity', { sku, unit, orderId, detail: `capacity is ${capacity}` });
        this.#units.list(sku, unit, orderId);
      }
    }
  }

  /** Invariant 4: what was accepted reaches the ledger. */
  async #checkPending(): Promise<void> {
    const { gate, ledger, clock } = this.#deps;
    const oldMs = clock.nowMs() - limits.auditPendingMs;
    const stuck = new Set<string>();
    for await (const page of gate.pending(this.#sale.saleId)) {
      const old = [...new Set(page.filter(({ acceptedAtMs }) => acceptedAtMs < oldMs).map(({ orderId }) => orderId))];
      for (const batch of slicesOf(old, limits.batchGetItems)) {
        const stored = new Set((await ledger.readAll(batch)).map(({ orderId }) => orderId));
        for (const orderId of batch) if (!stored.has(orderId)) stuck.add(orderId);
      }
    }
    for (const orderId of stuck)
      this.#find('accepted-order-stuck', { orderId, detail: 'accepted over a minute ago, and not in the ledger' });
  }

  async #checkItem({ sku, capacity }: Item, gateReady: boolean): Promise<void> {
    this.checked.units += capacity;
    for (let fromUnit = 0; fromUnit < capacity; fromUnit += limits.auditRangeUnits) {
      const toUnit = Math.min(fromUnit + limits.auditRangeUnits, capacity);
      const claims = await this.#readClaims(sku, fromUnit, toUnit === capacity ? limits.capacityUnits : toUnit, capacity);
      if (gateReady) await this.#checkGate(sku, claims, fromUnit, toUnit);
    }
  }

  async #readClaims(sku: string, fromUnit: number, toUnit: number, capacity: number): Promise<Map<number, string>> {
    const claims = new Map<number, string>();
    for await (const page of this.#deps.ledger.claims(this.#sale.saleId, sku, { fromUnit, toUnit })) {
      for (const { unit, orderId } of page) {
        this.checked.claims += 1;
        claims.set(unit, orderId);
        this.#units.claim(sku, unit, orderId);
        if (unit >= capacity) this.#find('unit-beyond-capacity', { sku, unit, orderId, detail: `capacity is ${capacity}` });
      }
    }
    return claims;
  }

  /** Invariant 8. A unit of a pending order is set aside and not yet claimed: that is as it should be. */
  async #checkGate(sku: string, claims: ReadonlyMap<number, string>, fromUnit: number, toUnit: number): Promise<void> {
    const unseen = new Map(claims);
    for (let page = fromUnit; page < toUnit; page += limits.gateBulkUnits) {
      const owners = (await this.#deps.gate.owners(this.#sale.saleId, sku, page)).filter(({ unit }) => unit < toUnit);
      const unclaimed: UnitOwner[] = [];
      for (const owner of owners) {
        const claimant = claims.get(owner.unit);
        unseen.delete(owner.unit);
        if (claimant === undefined) unclaimed.push(owner);
        else if (claimant !== owner.orderId) this.#find('gate-owner-differs', { sku, ...owner, detail: `claimed by ${claimant}` });
      }
      await this.#checkUnclaimed(sku, unclaimed);
    }
    for (const [unit, orderId] of unseen)
      this.#find('gate-lacks-claimed-unit', { sku, unit, orderId, detail: 'claimed, and free in the gate' });
  }

  async #checkUnclaimed(sku: string, unclaimed: readonly UnitOwner[]): Promise<void> {
    const ids = [...new Set(unclaimed.map(({ orderId }) => orderId))];
    const pending = await this.#deps.gate.pendingAmong(this.#sale.saleId, ids);
    for (const owner of unclaimed) {
      if (!pending.has(owner.orderId)) this.#find('gate-holds-free-unit', { sku, ...owner, detail: 'set in the gate, claimed by nobody' });
    }
  }

  /** Invariant 5, and the gate's own count of it, which holds the units of pending orders as well. */
  async #checkCustomers(gateCounts: boolean): Promise<void> {
    if (this.#sale.highestCustomerLimit === 0) return;
    do {
      // The orders once more: they name the customers, of whom only counts were kept.
      for await (const page of this.#orders()) await this.#checkCustomersOf(page, gateCounts);
    } while (await this.#countMoreCustomers());
  }

  async #countMoreCustomers(): Promise<boolean> {
    if (!this.#customers.next()) return false;
    for await (const page of this.#orders()) for (const order of page) this.#customers.count(order);
    return true;
  }

  async #checkCustomersOf(orders: readonly Order[], gateCounts: boolean): Promise<void> {
    const found = orders.flatMap(({ orderId, customerId }) => {
      const count = this.#customers.take(customerId);
      return count ? [{ orderId, customerId, count }] : [];
    });
    for (const batch of slicesOf(found, limits.batchGetItems)) {
      const customerIds = batch.map(({ customerId }) => customerId);
      const [used, gateUnits] = await Promise.all([
        this.#deps.ledger.allowances(this.#sale.saleId, customerIds),
        gateCounts ? this.#deps.gate.customerUnits(this.#sale.saleId, customerIds) : [],
      ]);
      for (const [index, { orderId, customerId, count }] of batch.entries())
        this.#checkCustomer(customerTagOf(orderId), count, used.get(customerId) ?? 0, gateUnits[index]);
    }
  }

  /** A customer is named as in their order ids, not by their own id: findings may be read by more people than orders. */
  #checkCustomer(customerTag: string, { live, counted }: CustomerCount, used: number, gateUnits: number | undefined): void {
    const { highestCustomerLimit } = this.#sale;
    if (counted > highestCustomerLimit)
      this.#find('customer-over-limit', { customerTag, detail: `${counted} live units, the limit was ${highestCustomerLimit} at most` });
    if (used !== counted) this.#find('allowance-differs', { customerTag, detail: `the allowance says ${used}, the orders ${counted}` });
    if (gateUnits !== undefined && gateUnits !== live)
      this.#find('gate-customer-count-differs', { customerTag, detail: `the gate counts ${gateUnits}, the orders ${live}` });
  }

  #orders(): AsyncIterable<Order[]> {
    return this.#deps.ledger.orders(this.#sale.saleId);
  }

  find(finding: Omit<Finding, 'invariant'>): void {
    if (this.findings.length < limits.auditFindingsHeld) this.findings.push({ invariant: findingKinds[finding.kind], ...finding });
  }

  #find(kind: FindingKind, finding: Omit<Finding, 'kind' | 'invariant'>): void {
    this.find({ kind, ...finding });
  }
}
