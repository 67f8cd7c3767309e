import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { CustomerCounts } from '../../../../lambdas/domain/books/customer-counts.ts';
import { SuspectUnits } from '../../../../lambdas/domain/books/suspect-units.ts';
import { type UnitBook, UnitSums } from '../../../../lambdas/domain/books/unit-sums.ts';
import { heldOrder } from '../../../support/builders.ts';

interface Entry {
  readonly side: 'list' | 'claim';
  readonly sku: string;
  readonly unit: number;
  readonly orderId: string;
}

const entry: fc.Arbitrary<Entry> = fc.record({
  side: fc.constantFrom('list', 'claim'),
  sku: fc.constantFrom('shirt', 'cap'),
  // Units 65,536 apart are in one part.
  unit: fc.constantFrom(0, 1, 2, limits.auditParts, limits.auditParts + 1),
  orderId: fc.constantFrom('ord_A', 'ord_B', 'ord_C'),
});

function enter(book: UnitBook, entries: readonly Entry[]): void {
  for (const { side, sku, unit, orderId } of entries) book[side](sku, unit, orderId);
}

/** Units of which orders and claims do not say the same, or which two orders list. */
function differing(entries: readonly Entry[]): string[] {
  const units = [...new Set(entries.map(({ sku, unit }) => `${sku}#${unit}`))];
  return units.filter((key) => {
    const of = (side: string) =>
      entries.filter((one) => one.side === side && `${one.sku}#${one.unit}` === key).map(({ orderId }) => orderId);
    return JSON.stringify(of('list').toSorted()) !== JSON.stringify(of('claim').toSorted());
  });
}

describe('sums of units', () => {
  test('whatever is listed and claimed, in any order: a part is suspect exactly when its sides differ, and the units are then found', () => {
    // A key is claimed once, as in the ledger.
    const entries = fc.uniqueArray(entry, {
      maxLength: 12,
      selector: ({ side, sku, unit, orderId }) => (side === 'claim' ? `${side}${sku}${unit}` : `${side}${sku}${unit}${orderId}`),
    });
    fc.assert(
      fc.property(entries, (given) => {
        const sums = new UnitSums();
        enter(sums, given);
        const suspects = sums.suspects();
        const wrong = differing(given);
        expect(suspects.parts > 0).toBe(wrong.length > 0);
        const exact = new SuspectUnits(suspects);
        enter(exact, given.toReversed());
        const found = new Set([...exact.differences()].map(({ sku, unit }) => `${sku}#${unit}`));
        expect([...found].toSorted()).toEqual(wrong.toSorted());
      }),
      { numRuns: 500 },
    );
  });

  test(`of parts that hold more than ${limits.auditSuspectUnits} units some are left out, and are told`, () => {
    const sums = new UnitSums();
    for (let unit = 0; unit < 2 * limits.auditParts; unit += 1) sums.list('shirt', unit, 'ord_A');
    const suspects = sums.suspects();
    expect(suspects.parts).toBe(limits.auditSuspectUnits / 2);
    const exact = new SuspectUnits(suspects);
    for (let unit = 0; unit < 2 * limits.auditParts; unit += 1) exact.list('shirt', unit, 'ord_A');
    expect([...exact.differences()].filter(({ kind }) => kind === 'books-differ-widely')).toHaveLength(1);
    const mended = new SuspectUnits(suspects);
    expect([...mended.differences()]).toEqual([]);
  });
});

test('counts of customers: 25,000 at 10,000 a time come in 3 passes or a few more, each with all its orders, none twice', () => {
  const customers = 25_000;
  const template = heldOrder({ changes: { countedUnits: 1 } });
  const counts = new CustomerCounts(10_000);
  const seen = new Uint8Array(customers);
  let passes = 0;
  do {
    passes += 1;
    for (let n = 0; n < 2 * customers; n += 1) counts.count({ ...template, customerId: `c${n % customers}` });
    let taken = 0;
    for (let n = 0; n < customers; n += 1) {
      const count = counts.take(`c${n}`);
      if (!count) continue;
      taken += 1;
      if (count.live !== 2 || count.counted !== 2 || seen[n] === 1) throw new Error(`c${n} in pass ${passes}`);
      seen[n] = 1;
      if (counts.take(`c${n}`)) throw new Error(`c${n} is taken twice`);
    }
    expect(taken).toBeLessThanOrEqual(10_000);
  } while (counts.next());
  expect(seen.every((flag) => flag === 1)).toBe(true);
  expect([3, 4, 5]).toContain(passes);
}, 60_000);

test('100,000 orders of 100,000 customers with a limit are audited in 256 MB', async () => {
  const script = fileURLToPath(new URL('../../../support/audit-many-orders.ts', import.meta.url));
  const run = promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--max-old-space-size=128', '--max-semi-space-size=8', script, '100000'],
    {
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  const { ok, orders, rssMb } = JSON.parse((await run).stdout) as { ok: boolean; orders: number; rssMb: number };
  expect([ok, orders]).toEqual([true, 100_000]);
  expect(rssMb).toBeLessThanOrEqual(256);
}, 120_000);
