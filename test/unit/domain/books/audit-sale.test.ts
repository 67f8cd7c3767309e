import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { metrics } from '../../../../lambdas/contracts/metrics.ts';
import { auditSale } from '../../../../lambdas/domain/books/audit-sale.ts';
import { type FindingKind, findingKinds } from '../../../../lambdas/domain/books/finding.ts';
import { claimsOf } from '../../../../lambdas/domain/orders/claims-of.ts';
import { isLive, type Order } from '../../../../lambdas/domain/orders/order.ts';
import type { Sale } from '../../../../lambdas/domain/sales/sale.ts';
import type { StockGate, UnitOwner } from '../../../../lambdas/domain/stock/ports.ts';
import { acceptedOrder, heldOrder, ids, itemOf, nowMs, saleOf } from '../../../support/builders.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';
import { InMemoryCounters } from '../../../support/fakes-counters.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';
import { CountingMeter } from '../../../support/fakes-meter.ts';

const ann = heldOrder({ units: [0, 1], changes: { countedUnits: 2 } });
const bob = heldOrder({ customerId: 'bob', units: [2], changes: { countedUnits: 1, state: 'confirmed', version: 2 } });

/** A sale whose books are right, limit 3 a customer: what a test breaks is all that is wrong. */
function books(sale: Sale = saleOf({ customerLimit: 3 })) {
  const ledger = new InMemoryLedger().put(ann, bob);
  ledger.used.set('drop|ann', 2).set('drop|bob', 1);
  const gateUnits = new Map<number, string>([...claimsOf(ann), ...claimsOf(bob)].map(({ unit, orderId }) => [unit, orderId]));
  const customerUnits = new Map([
    ['ann', 2],
    ['bob', 1],
  ]);
  const pending: { orderId: string; acceptedAtMs: number }[] = [];
  const answers: Partial<StockGate> = {
    summary: () => Promise.resolve({ state: 'ready', available: { shirt: 7 }, pendingOrders: pending.length }),
    owners: (_, sku, from) =>
      Promise.resolve(
        sku !== 'shirt'
          ? []
          : [...gateUnits].flatMap(([unit, orderId]): UnitOwner[] =>
              unit >= from && unit < from + limits.gateBulkUnits ? [{ unit, orderId }] : [],
            ),
      ),
    // Two pages of one order fewer and the rest, as a set that changes under a scan may be given: some twice.
    async *pending() {
      yield await Promise.resolve(pending.slice(0, -1));
      yield pending;
    },
    pendingAmong: (_, ids) => Promise.resolve(new Set(ids.filter((id) => pending.some(({ orderId }) => orderId === id)))),
    customerUnits: (_, ids) => Promise.resolve(ids.map((id) => customerUnits.get(id) ?? 0)),
  };
  const calls = scriptedGate(answers);
  const counters = new InMemoryCounters();
  const followed = counters.all.bind(counters);
  // The stream has told of every order, unless a test stops it.
  counters.all = (saleId) => followed.call(counters.count(saleId, [...ledger.stored.values()]), saleId);
  const parts = { sale, ledger, counters, catalog: new InMemoryCatalog(sale), ids, clock: new ManualClock(), meter: new CountingMeter() };
  const audit = () => auditSale({ ...parts, gate: calls.gate }, sale);
  /** The kinds found, each once. */
  const kinds = async () => [...new Set((await audit()).findings.map(({ kind }) => kind))];
  return { ...parts, calls, gateUnits, customerUnits, pending, answers, audit, kinds };
}

type Books = ReturnType<typeof books>;

/** Changes what the ledger lists for an order, its claims untouched. */
function relist({ ledger }: Books, order: Order, changes: Partial<Order>): void {
  ledger.stored.set(order.orderId, { ...order, ...changes });
}

function linesOf(...units: number[]): Pick<Order, 'lines'> {
  return { lines: [{ sku: 'shirt', quantity: units.length, unitPriceMinor: 4999, units }] };
}

const breaks: Record<FindingKind, (broken: Books) => void> = {
  'unit-in-two-orders': (broken) => relist(broken, bob, linesOf(1)),
  'unit-beyond-capacity': ({ ledger, gateUnits, customerUnits }) => {
    const far = heldOrder({ key: 'far', customerId: 'far', units: [10], changes: { countedUnits: 1 } });
    ledger.put(far).used.set('drop|far', 1);
    gateUnits.set(10, far.orderId);
    customerUnits.set('far', 1);
  },
  'claim-without-live-order': (broken) => relist(broken, bob, { state: 'cancelled' }),
  'order-without-claim': ({ ledger }) => void ledger.claimed.delete('drop#shirt#2'),
  'wrong-quantity': (broken) => relist(broken, bob, { lines: [{ sku: 'shirt', quantity: 2, unitPriceMinor: 4999, units: [2] }] }),
  'books-differ-widely': ({ ledger, sale }) => {
    Object.assign(sale, { items: [itemOf({ capacity: limits.capacityUnits })] });
    // Every 65,536th unit is in the same part: one part over the bound, so that another is left out.
    for (const part of [20, 21]) {
      const units = Array.from({ length: 130 }, (_, n) => part + n * limits.auditParts);
      for (let order = 0; order < 400; order += 1) {
        const wide = heldOrder({ key: `wide-${part}-${order}`, units, changes: { countedUnits: 0 } });
        ledger.stored.set(wide.orderId, wide);
      }
    }
  },
  'accepted-order-stuck': ({ pending }) =>
    void pending.push({ orderId: acceptedOrder({ key: 'k9' }).orderId, acceptedAtMs: nowMs - limits.auditPendingMs - 1 }),
  'customer-over-limit': (broken) => {
    const more = heldOrder({ key: 'k2', units: [5, 6], changes: { countedUnits: 2 } });
    broken.ledger.put(more).used.set('drop|ann', 4);
    broken.gateUnits.set(5, more.orderId).set(6, more.orderId);
    broken.customerUnits.set('ann', 4);
  },
  'allowance-differs': ({ ledger }) => void ledger.used.set('drop|ann', 3),
  'order-id-not-minted': (broken) => relist(broken, bob, { customerId: 'eve' }),
  'report-differs': ({ counters }) => {
    counters.all = () => Promise.resolve([]);
  },
  'gate-not-ready': ({ answers }) => {
    answers.summary = () => Promise.resolve({ state: 'none', available: {}, pendingOrders: 0 });
  },
  'gate-lacks-claimed-unit': ({ gateUnits }) => void gateUnits.delete(2),
  'gate-owner-differs': ({ gateUnits }) => void gateUnits.set(2, ann.orderId),
  'gate-holds-free-unit': ({ gateUnits }) => void gateUnits.set(7, ann.orderId),
  'gate-customer-count-differs': ({ customerUnits }) => void customerUnits.set('ann', 1),
};

describe('an audit', () => {
  test('of right books is ok after one look, and says how much it looked at', async () => {
    const { audit, clock, meter } = books();
    expect(await audit()).toEqual({
      ok: true,
      asOfMs: nowMs,
      checked: { orders: 2, claims: 3, units: 10, pendingOrders: 0 },
      findings: [],
      findingCount: 0,
    });
    expect(clock.sleptMs).toEqual([]);
    expect(meter.counts).toEqual({});
  });

  test.each(Object.keys(breaks) as FindingKind[])('finds %s', async (kind) => {
    const broken = books();
    breaks[kind](broken);
    const { ok, findings, findingCount } = await broken.audit();
    expect(ok).toBe(false);
    expect(findings.map((finding) => finding.kind)).toContain(kind);
    expect(findings.find((finding) => finding.kind === kind)?.invariant).toBe(findingKinds[kind]);
    expect(findings).toHaveLength(Math.min(findingCount, limits.auditFindings));
    expect(broken.clock.sleptMs).toEqual([limits.auditRecheckMs]);
    if (findingCount > findings.length) return;
    const oversold = findings.filter(({ invariant }) => invariant <= 3).length;
    expect(broken.meter.counts).toEqual({
      [metrics.auditFindings]: findingCount,
      ...(oversold > 0 ? { [metrics.oversell]: oversold } : {}),
    });
  });

  test('units added and sold between the two looks are no finding', async () => {
    const broken = books(saleOf({ customerLimit: 9 }));
    const late = heldOrder({ key: 'k3', units: [10], changes: { countedUnits: 1 } });
    broken.ledger.put(late).used.set('drop|ann', 3);
    broken.gateUnits.set(10, late.orderId);
    broken.customerUnits.set('ann', 3);
    const raised = saleOf({ customerLimit: 9, items: [itemOf({ capacity: 11 })] });
    broken.clock.onSleep = () => void broken.catalog.stored.set('drop', raised);
    expect((await broken.audit()).findings).toEqual([]);
  });

  test('forgets what has come right by the second look', async () => {
    for (const kind of Object.keys(breaks) as FindingKind[]) {
      const broken = books();
      const right = books();
      breaks[kind](broken);
      broken.clock.onSleep = () => {
        broken.ledger.stored.clear();
        broken.ledger.claimed.clear();
        broken.ledger.put(ann, bob);
        broken.ledger.used.clear();
        for (const [key, value] of right.ledger.used) broken.ledger.used.set(key, value);
        broken.gateUnits.clear();
        for (const [unit, orderId] of right.gateUnits) broken.gateUnits.set(unit, orderId);
        for (const [customerId, units] of right.customerUnits) broken.customerUnits.set(customerId, units);
        broken.pending.length = 0;
        Object.assign(broken.answers, { summary: right.answers.summary });
        broken.counters.all = (saleId) => right.counters.all(saleId);
      };
      expect([kind, (await broken.audit()).ok, broken.meter.counts]).toEqual([kind, true, {}]);
    }
  });

  test('finds counters that miss orders of before, also while the sale is busy and no total stands still', async () => {
    const busy = books();
    busy.counters.all = () => Promise.resolve([]);
    busy.clock.onSleep = () =>
      void busy.ledger.put(heldOrder({ key: 'n1', units: [5] }), heldOrder({ key: 'n2', units: [6], changes: { state: 'confirmed' } }));
    expect((await busy.audit()).findings).toEqual([
      { kind: 'report-differs', invariant: 7, detail: 'the report counts 0 orders, of 2 that were there before' },
    ]);
  });

  test('takes no new difference of the second look for an old one', async () => {
    const broken = books();
    broken.gateUnits.delete(2);
    broken.clock.onSleep = () => {
      broken.gateUnits.set(2, bob.orderId);
      broken.gateUnits.delete(0);
    };
    expect((await broken.audit()).ok).toBe(true);
  });

  test('lists 100 findings and counts 101', async () => {
    const broken = books(saleOf({ customerLimit: 3, items: [itemOf({ capacity: 200 })] }));
    for (let unit = 50; unit < 151; unit += 1) broken.gateUnits.set(unit, ann.orderId);
    const { findings, findingCount } = await broken.audit();
    expect([findings.length, findingCount]).toEqual([100, 101]);
  });
});

describe('what is as it should be', () => {
  test('a unit set aside for an order that is not committed yet', async () => {
    const right = books();
    const { orderId } = acceptedOrder({ key: 'k9' });
    right.pending.push({ orderId, acceptedAtMs: nowMs });
    right.gateUnits.set(7, orderId);
    right.customerUnits.set('ann', 3);
    expect((await right.audit()).ok).toBe(true);
  });

  test('units of 1,500 orders that are not committed yet: none of them is a finding, and all are counted', async () => {
    const right = books(saleOf({ items: [itemOf({ capacity: 2000 })] }));
    for (let unit = 0; unit < 1500; unit += 1) {
      const { orderId } = acceptedOrder({ key: `p${unit}` });
      right.pending.push({ orderId, acceptedAtMs: nowMs });
      right.gateUnits.set(100 + unit, orderId);
    }
    expect(await right.audit()).toMatchObject({ ok: true, checked: { pendingOrders: 1500 } });
  });

  test('an order that waits no longer than a minute, or that the ledger has by now', async () => {
    const right = books();
    right.pending.push({ orderId: acceptedOrder({ key: 'k9' }).orderId, acceptedAtMs: nowMs - limits.auditPendingMs });
    right.pending.push({ orderId: ann.orderId, acceptedAtMs: 0 });
    expect((await right.audit()).ok).toBe(true);
  });

  test('a hold that is overdue: it owns its units until it is ended', async () => {
    const right = books();
    relist(right, ann, { holdExpiresAtMs: 0 });
    expect((await right.audit()).ok).toBe(true);
  });

  test('a closed order that still lists the units it had', async () => {
    const right = books();
    right.ledger.put(heldOrder({ key: 'old', units: [1, 2], changes: { state: 'expired', version: 2, countedUnits: 2 } }));
    expect((await right.audit()).ok).toBe(true);
  });

  test('an order that expired and was taken up again by a late payment, and one that must pay back', async () => {
    const right = books();
    const { ledger } = right;
    const payment = { provider: 'bank', id: 'p1', amountMinor: 4999, currency: 'EUR' };
    const late = heldOrder({ key: 'late', customerId: 'eve', units: [5], changes: { countedUnits: 1, customerLimit: 3 } });
    ledger.put(late).used.set('drop|eve', 1);
    const ended = await ledger.release(late, 'expired', (late.holdExpiresAtMs ?? 0) + limits.holdGraceMs + 1);
    if (ended.kind !== 'released') throw new Error('expired');
    expect((await right.audit()).ok).toBe(true);
    const again = await ledger.retake(ended.order, payment, nowMs);
    if (again.kind !== 'confirmed') throw new Error('taken up again');
    expect(await right.kinds()).toEqual(['gate-lacks-claimed-unit', 'gate-customer-count-differs']);
    right.gateUnits.set(5, late.orderId);
    right.customerUnits.set('eve', 1);
    await ledger.requireRefund(again.order, { ...payment, id: 'p2' });
    expect(await right.audit()).toMatchObject({ ok: true, checked: { orders: 3, claims: 4 } });
  });

  test('units that were sold before the sale had a customer limit: no allowance counts them', async () => {
    const right = books();
    const early = heldOrder({ key: 'early', customerId: 'eve', units: [4] });
    right.ledger.put(early);
    right.gateUnits.set(4, early.orderId);
    right.customerUnits.set('eve', 1);
    expect((await right.audit()).ok).toBe(true);
  });

  test('units that were sold before the customer limit was lowered: 2 of a limit of 3 that is 1 now', async () => {
    const right = books(saleOf({ customerLimit: 1, highestCustomerLimit: 3 }));
    expect((await right.audit()).ok).toBe(true);
  });

  test('a sale without limit reads no allowance at all', async () => {
    const right = books(saleOf());
    right.ledger.allowances = () => Promise.reject(new Error('read'));
    expect((await right.audit()).ok).toBe(true);
  });

  test('a withdrawal of the house, which no limit counts', async () => {
    const right = books();
    const house = heldOrder({ key: 'op', customerId: '', units: [3, 4, 5, 6], changes: { state: 'withdrawn' } });
    right.ledger.put(house);
    for (const unit of [3, 4, 5, 6]) right.gateUnits.set(unit, house.orderId);
    expect((await right.audit()).ok).toBe(true);
  });
});

describe('what hides easily', () => {
  test('two orders that are stuck, before and behind 1,250 that wait as long, and that the ledger has by now', async () => {
    const broken = books();
    const acceptedAtMs = nowMs - limits.auditPendingMs - 1;
    const stuck = ['first', 'last'].map((key) => acceptedOrder({ key }).orderId);
    const committed = Array.from({ length: 1250 }, (_, n) => heldOrder({ key: `q${n}`, units: [], changes: { state: 'rejected' } }));
    for (const order of committed) broken.ledger.stored.set(order.orderId, order);
    const [first = '', last = ''] = stuck;
    for (const orderId of [first, ...committed.map((order) => order.orderId), last]) broken.pending.push({ orderId, acceptedAtMs });
    const { findings, checked } = await broken.audit();
    expect(findings).toEqual(
      stuck.map((orderId) => ({
        kind: 'accepted-order-stuck',
        invariant: 4,
        orderId,
        detail: 'accepted over a minute ago, and not in the ledger',
      })),
    );
    expect(checked.pendingOrders).toBe(1252);
  });

  test('one wrong allowance and one wrong count among 250 customers, who are asked for 100 at a time', async () => {
    const broken = books();
    for (let n = 0; n < 248; n += 1) {
      const customerId = `customer-${n}`;
      broken.ledger.put(heldOrder({ key: 'none', customerId, units: [], changes: { state: 'cancelled', version: 2, countedUnits: 1 } }));
    }
    broken.ledger.used.set('drop|customer-0', 1);
    broken.customerUnits.set('customer-247', 2);
    expect(await broken.kinds()).toEqual(['allowance-differs', 'gate-customer-count-differs']);
    const asked = broken.calls.argsOf('customerUnits').map(([, customerIds]) => (customerIds as string[]).length);
    expect(asked).toEqual([100, 100, 50, 100, 100, 50]);
  });

  test('an allowance that nobody lowered when the customer’s only order ended', async () => {
    const broken = books();
    broken.ledger.put(heldOrder({ key: 'old', customerId: 'eve', units: [9], changes: { state: 'expired', version: 2, countedUnits: 1 } }));
    broken.ledger.claimed.delete('drop#shirt#9');
    broken.ledger.used.set('drop|eve', 1);
    expect(await broken.kinds()).toEqual(['allowance-differs']);
  });

  test.each([
    ['a unit beyond the capacity', 'shirt', 10],
    ['a sku that the sale does not have', 'sock', 0],
  ])('a live order that lists %s and claims nothing', async (_, sku, unit) => {
    const broken = books();
    const order = heldOrder({ key: 'far', customerId: 'eve', lines: [{ sku, units: [unit] }] });
    broken.ledger.stored.set(order.orderId, order);
    broken.customerUnits.set('eve', 1);
    expect(isLive(order.state)).toBe(true);
    expect(await broken.kinds()).toEqual(['unit-beyond-capacity', 'order-without-claim']);
  });

  test('a unit in the second range of 100,000, in gate and ledger', async () => {
    const sale = saleOf({ customerLimit: 3, items: [itemOf({ capacity: 100_010 })] });
    const broken = books(sale);
    const far = heldOrder({ key: 'far', customerId: 'eve', units: [100_005], changes: { countedUnits: 1 } });
    broken.ledger.put(far).used.set('drop|eve', 1);
    broken.customerUnits.set('eve', 1);
    expect(await broken.kinds()).toEqual(['gate-lacks-claimed-unit']);
    broken.gateUnits.set(100_005, far.orderId);
    expect((await broken.audit()).ok).toBe(true);
    broken.ledger.claimed.delete('drop#shirt#100005');
    expect(await broken.kinds()).toEqual(['gate-holds-free-unit', 'order-without-claim']);
  });

  test('no books are read from a gate that is not ready, and those of the ledger all the same', async () => {
    const broken = books();
    broken.answers.summary = () => Promise.resolve({ state: 'rebuilding', available: {}, pendingOrders: 0 });
    broken.ledger.claimed.delete('drop#shirt#2');
    expect(await broken.kinds()).toEqual(['gate-not-ready', 'order-without-claim']);
    expect(new Set(broken.calls.methods())).toEqual(new Set(['summary']));
  });
});
