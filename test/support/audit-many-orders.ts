import { readFileSync } from 'node:fs';
import { auditSale, type AuditDependencies } from '../../lambdas/domain/books/audit-sale.ts';
import { Tally } from '../../lambdas/domain/books/tally.ts';
import type { Order } from '../../lambdas/domain/orders/order.ts';
import type { Claim } from '../../lambdas/domain/orders/ports.ts';

import type { Sale } from '../../lambdas/domain/sales/sale.ts';

/**
 * Audits a sale of so many orders, each of one unit and of a customer of its own, whose books are made page by page as
 * they are asked for; prints the greatest resident size of this process. Run on its own: the process is what is measured.
 */
const count = Number(process.argv[2]);
const limit = 1;
const idOf = (n: number) => `ord_${String(n).padStart(26, '0')}`;
const sale: Sale = {
  saleId: 'many',
  tag: 'K3N',
  version: 1,
  gateVersion: 1,
  name: 'Many',
  opensAtMs: 0,
  closesAtMs: 1,
  currency: 'EUR',
  holdSeconds: 600,
  customerLimit: limit,
  highestCustomerLimit: limit,
  halt: 'none',
  stockInUse: false,
  lanes: 1,
  waitingRoom: { enabled: false, admitPerSecond: 0, maxActive: 0, admissionSeconds: 0 },
  items: [{ sku: 'unit', name: 'Unit', unitPriceMinor: 100, capacity: count, orderLimit: 1 }],
};

function orderOf(n: number): Order {
  return {
    orderId: idOf(n),
    saleId: 'many',
    customerId: `gst_${String(n).padStart(26, '0')}`,
    fingerprint: 'Zm9yIHRlc3RzIG9ubHkuLi',
    state: 'held',
    version: 1,
    currency: 'EUR',
    lines: [{ sku: 'unit', quantity: 1, unitPriceMinor: 100, units: [n] }],
    acceptedAtMs: n,
    countedUnits: 1,
  };
}

async function* inPages<T>(from: number, to: number, size: number, make: (n: number) => T): AsyncGenerator<T[]> {
  for (let start = from; start < to; start += size) {
    yield await Promise.resolve(Array.from({ length: Math.min(size, to - start) }, (_, index) => make(start + index)));
  }
}

const tally = new Tally();
for (let n = 0; n < count; n += 1) tally.count(orderOf(n), 1);
const dependencies: AuditDependencies = {
  catalog: { read: () => Promise.resolve(sale) },
  ledger: {
    orders: () => inPages(0, count, 100, orderOf),
    claims: (_, sku, { fromUnit, toUnit }) =>
      inPages(fromUnit, Math.min(toUnit, count), 2000, (unit): Claim => ({ sku, unit, orderId: idOf(unit), version: 1 })),
    readAll: () => Promise.resolve([]),
    allowances: (_, ids) => Promise.resolve(new Map(ids.map((id) => [id, 1]))),
  },
  gate: {
    summary: () => Promise.resolve({ state: 'ready', available: { unit: 0 }, pendingOrders: 0 }),
    owners: (_, __, from) =>
      Promise.resolve(
        Array.from({ length: Math.min(2000, count - from) }, (___, index) => ({ unit: from + index, orderId: idOf(from + index) })),
      ),
    pending: () => inPages(0, 0, 1, (n) => ({ orderId: idOf(n), acceptedAtMs: 0 })),
    pendingAmong: () => Promise.resolve(new Set()),
    customerUnits: (_, ids) => Promise.resolve(ids.map(() => 1)),
  },
  counters: { all: () => Promise.resolve([{ tally, lastSequence: '1', changedAtMs: 0 }]) },
  ids: { isOf: () => true },
  clock: { nowMs: () => Date.now(), sleep: () => Promise.resolve() },
  meter: { count: () => undefined },
};
/**
 * The greatest resident size of this program. What Linux tells of the process (maxRSS) goes on over exec: it begins with the
 * size of whoever started us.
 */
function peakMb(): number {
  const kb =
    process.platform === 'linux'
      ? Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
      : process.resourceUsage().maxRSS;
  return Math.round(kb / 1024);
}

const startedMs = performance.now();
const { ok, checked } = await auditSale(dependencies, sale);
const seconds = Math.round(performance.now() - startedMs) / 1000;
process.stdout.write(JSON.stringify({ ok, ...checked, seconds, rssMb: peakMb() }));
