import { crowdSku } from '../sale.ts';
import type { Comparison, ComparisonRow, Measurement } from './figure.ts';
import { evaluate } from './functions.ts';
import { booksAt, type BooksGrowth } from './growth-of-books.ts';
import { ordersAt, type OrdersGrowth } from './growth-of-orders.ts';
import { loadSubject } from './load-subject.ts';
import { makeBundles } from './make-bundles.ts';
import { openRig } from './open-rig.ts';
import { beChild, type Run } from './run-child.ts';
import { unitsText } from './units-text.ts';

/** What the same work costs as a sale grows, in units and in orders. */
const functionNames = ['orders', 'commit', 'order-reads', 'admin'] as const;
const unitSizes = [1000, 10_000, 100_000, 1_000_000] as const;
const orderSizes = [5000, 20_000] as const;

type Described<T> = readonly { readonly of: keyof T; readonly name: string; readonly unit: string; readonly expected: string }[];

const orderRows: Described<OrdersGrowth> = [
  { of: 'acceptMs', name: 'accepted order', unit: 'ms', expected: 'flat' },
  {
    of: 'reserveUs',
    name: 'its script in Redis',
    unit: 'µs',
    expected: 'nearly flat: one search of a bitmap of u ÷ 8 bytes, 122 KB at 1 M',
  },
  { of: 'commitMs', name: 'committed order, in batches of 10', unit: 'ms', expected: 'flat' },
  { of: 'applyUs', name: 'its script in Redis', unit: 'µs', expected: 'flat' },
  { of: 'commitUnits', name: 'its request units', unit: 'units', expected: '5: order 2, claim 2, index 1' },
  { of: 'pollMs', name: 'poll', unit: 'ms', expected: 'flat' },
  { of: 'reportMs', name: 'report', unit: 'ms', expected: 'flat: counters, one entry for each shard of the stream' },
  { of: 'reportUnits', name: 'its request units', unit: 'units', expected: '2: sale and counters' },
  {
    of: 'bytesAUnit',
    name: 'gate memory a unit',
    unit: 'bytes',
    expected: '26.1: owner 26, bit 1/8; Redis may keep as much again, to 1 MB, for growth',
  },
  { of: 'bytesAnOrder', name: 'gate memory an order', unit: 'bytes', expected: 'flat but for steps of its hash tables, which double' },
];

const bookRows: Described<BooksGrowth> = [
  { of: 'rebuildSeconds', name: 'rebuild, its waits left out', unit: 's', expected: 'linear' },
  { of: 'rebuildSecondsOfTenThousand', name: 'the same for 10 K claims', unit: 's', expected: 'flat' },
  { of: 'rebuildUnits', name: 'its request units', unit: 'units', expected: '1 for each 40 claims, at least 64; sale 1' },
  { of: 'auditSeconds', name: 'audit', unit: 's', expected: 'linear' },
  { of: 'auditSecondsOfTenThousand', name: 'the same for 10 K orders', unit: 's', expected: 'flat' },
  { of: 'restMegabytes', name: 'live memory of its function before it', unit: 'MB', expected: 'flat' },
  { of: 'peakMegabytes', name: 'the same at its peak', unit: 'MB', expected: 'bounded, whatever there are' },
];

function comparison<T extends Readonly<Record<keyof T, number>>>(
  of: string,
  columns: readonly string[],
  rows: Described<T>,
  grown: readonly T[],
): Comparison {
  const described = rows.map(({ of: member, name, unit, expected }): ComparisonRow => {
    return { name, unit, values: grown.map((values) => values[member]), expected };
  });
  return { of, columns, rows: described };
}

async function measure(folder: string, progress: Run['progress']): Promise<Measurement> {
  await using engines = await openRig(folder);
  using subject = await loadSubject(engines, folder);
  const bundles = await makeBundles(functionNames, folder);
  const bench = { engines, subject, functions: evaluate(bundles, engines.environment), adminBundle: bundles.admin, sku: crowdSku };
  const orders: OrdersGrowth[] = [];
  for (const units of unitSizes) {
    progress(`a sale of ${unitsText(units)} units`);
    orders.push(await ordersAt(bench, units));
    await engines.redis.flushall('ASYNC');
  }
  const books: BooksGrowth[] = [];
  for (const size of orderSizes) {
    progress(`the books of ${unitsText(size)} orders`);
    books.push(await booksAt(bench, size, progress));
    await engines.redis.flushall('ASYNC');
  }
  const columns = (sizes: readonly number[], what: string) => sizes.map((size) => `${unitsText(size)} ${what}`);
  return {
    name: 'growth',
    figures: [],
    comparisons: [
      comparison('in a sale nearly sold, of', columns(unitSizes, 'units'), orderRows, orders),
      comparison('in a sale of', columns(orderSizes, 'orders'), bookRows, books),
    ],
  };
}

await beChild(measure);
