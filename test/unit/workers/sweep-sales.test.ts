import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../lambdas/contracts/limits.ts';
import { UnavailableError } from '../../../lambdas/domain/kernel/faults.ts';
import type { Sale } from '../../../lambdas/domain/sales/sale.ts';
import type { SweepPosition, Swept } from '../../../lambdas/domain/stock/sweep-sale.ts';
import { sweepSales } from '../../../lambdas/workers/sweep-sales.ts';
import { nowMs, saleOf } from '../../support/builders.ts';
import { InMemoryCatalog } from '../../support/fakes-catalog.ts';
import { ManualClock } from '../../support/fakes-clock.ts';
import { RecordingLog } from '../../support/fakes-log.ts';

const quiet: Swept = { gate: 'ready', resent: 0, stuck: 0, expired: 0, units: 0, next: undefined, faults: [] };
const away = new UnavailableError('gate', 'away');

function system(
  sales: readonly Sale[],
  work: (sale: Sale, from: SweepPosition | undefined) => Promise<Swept> = () => Promise.resolve(quiet),
) {
  const swept: { saleId: string; atMs: number; from: SweepPosition | undefined }[] = [];
  const [clock, log, faults] = [new ManualClock(), new RecordingLog(), [] as unknown[]];
  const run = sweepSales({
    catalog: new InMemoryCatalog(...sales),
    sweep: (sale, from) => {
      swept.push({ saleId: sale.saleId, atMs: clock.nowMs() - nowMs, from });
      return work(sale, from);
    },
    clock,
    log,
    onFault: (error) => void faults.push(error),
  });
  return { run, swept, clock, log, faults };
}

describe('a run of the sweeper', () => {
  test(`is ${limits.sweepPasses} passes, ${limits.sweepPassMs / 1000} s from begin to begin`, async () => {
    const { run, swept, log, clock } = system([saleOf()], async () => {
      clock.advance(3000);
      return quiet;
    });
    await run();
    expect(swept.map(({ atMs }) => atMs)).toEqual([0, 10_000, 20_000, 30_000, 40_000]);
    expect(log.infos).toEqual([]);
  });

  test.each([
    ['opens in 2 minutes', { opensAtMs: nowMs + limits.sweepAheadMs }, true],
    ['opens 1 ms later than that', { opensAtMs: nowMs + limits.sweepAheadMs + 1 }, false],
    ['is over for a day and the longest hold', { closesAtMs: nowMs - limits.gateDropMs - limits.gateDropWithinMs + 1 }, true],
    ['is over for 1 ms longer', { closesAtMs: nowMs - limits.gateDropMs - limits.gateDropWithinMs }, false],
    ['is halted', { halt: 'paused' as const }, true],
  ])('looks at a sale that %s: %o', async (_, changes, looked) => {
    const { run, swept, clock } = system([saleOf({ opensAtMs: nowMs - 7 * 86_400_000, closesAtMs: nowMs + 86_400_000, ...changes })]);
    clock.onSleep = () => swept.push({ saleId: 'later', atMs: 0, from: undefined });
    await run();
    expect(swept[0]?.saleId === 'drop').toBe(looked);
  });

  test('reads the catalog in pages: each of 250 sales is swept in each pass', async () => {
    const sales = Array.from({ length: 250 }, (_, n) => saleOf({ saleId: `sale-${String(n).padStart(3, '0')}` }));
    const { run, swept } = system(sales);
    await run();
    expect(swept).toHaveLength(limits.sweepPasses * 250);
    expect(new Set(swept.map(({ saleId }) => saleId)).size).toBe(250);
  });

  const most = limits.sweptCatalogPages * limits.pageItemsMax;
  test.each([
    [most, undefined],
    [most + 1, `more sales than limits.sweptCatalogPages hold: none after sale-0${most - 1} is swept`],
  ])('of a catalog of %i sales sweeps those of the pages it may read, and fails where there are more: %s', async (count, failure) => {
    const over = { opensAtMs: nowMs - 2, closesAtMs: nowMs - limits.gateDropMs - limits.gateDropWithinMs };
    const sales = Array.from({ length: count }, (_, n) => saleOf({ saleId: `sale-${String(n).padStart(5, '0')}`, ...over }));
    const { run, swept } = system([...sales.slice(1), saleOf({ saleId: 'sale-00000' })]);
    if (failure === undefined) await run();
    else await expect(run()).rejects.toThrow(failure);
    expect(swept.map(({ saleId }) => saleId)).toEqual(Array.from({ length: limits.sweepPasses }, () => 'sale-00000'));
  });

  test(`sweeps ${limits.sweptSalesAtOnce} sales at once`, async () => {
    let [atWork, most] = [0, 0];
    const { run } = system(
      Array.from({ length: 12 }, (_, n) => saleOf({ saleId: `sale-${n}` })),
      async () => {
        atWork += 1;
        most = Math.max(most, atWork);
        await new Promise(setImmediate);
        atWork -= 1;
        return quiet;
      },
    );
    await run();
    expect(most).toBe(limits.sweptSalesAtOnce);
  });

  test('a pass goes on in a sale where the last one stopped, over runs as well, and from the beginning once it came to the end', async () => {
    const next = { sku: 'shirt', fromUnit: 100_000 };
    const answers = [{ ...quiet, next }, quiet, quiet, quiet, { ...quiet, next }].values();
    const { run, swept } = system([saleOf()], () => Promise.resolve(answers.next().value ?? quiet));
    await run();
    await run();
    expect(swept.map(({ from }) => from)).toEqual([undefined, next, undefined, undefined, undefined, next, ...Array.from({ length: 4 })]);
  });

  test('what was mended is one line a sale and pass', async () => {
    const { run, log } = system([saleOf()], () => Promise.resolve({ ...quiet, expired: 2 }));
    await run();
    const { next: _, faults: __, ...facts } = { ...quiet, expired: 2 };
    expect(log.infos[0]).toEqual({ message: 'sale swept', facts: { saleId: 'drop', pass: 1, ...facts } });
    expect(log.infos).toHaveLength(limits.sweepPasses);
  });

  test('passes whose time is over for 10 s are left out, not made up for all at once', async () => {
    const { run, swept, clock } = system([saleOf()], async () => {
      if (swept.length === 1) clock.advance(35_000);
      return quiet;
    });
    await run();
    expect(swept.map(({ atMs }) => atMs)).toEqual([0, 35_000, 40_000]);
  });
});

describe('a sale that cannot be swept', () => {
  const sales = ['a', 'b', 'c', 'd', 'e'].map((saleId) => saleOf({ saleId }));

  test('holds up no other, is tried again by the next pass, and a run that ends well is no failure', async () => {
    let failures = 0;
    const { run, swept, log, faults } = system(sales, ({ saleId }) => {
      if (saleId !== 'a' || failures === 2) return Promise.resolve(quiet);
      failures += 1;
      return Promise.reject(away);
    });
    await run();
    expect(swept).toHaveLength(limits.sweepPasses * sales.length);
    expect(log.errors.map(({ message, facts }) => [message, facts])).toEqual([
      ['sale not swept', { saleId: 'a', pass: 1 }],
      ['sale not swept', { saleId: 'a', pass: 2 }],
    ]);
    expect(faults).toEqual([]);
  });

  test('to the end of the run makes it fail, so that the alarm rings while Redis is away', async () => {
    const { run } = system(sales, ({ saleId }) => (saleId < 'c' ? Promise.reject(away) : Promise.resolve(quiet)));
    await expect(run()).rejects.toThrow(new UnavailableError('gate', 'the last pass left 2 sales unswept, a first'));
  });

  test('as a whole goes on where it stopped all the same, and makes the run fail', async () => {
    const next = { sku: 'shirt', fromUnit: 100_000 };
    const { run, swept, log } = system([saleOf()], () => Promise.resolve({ ...quiet, next, faults: [away] }));
    await expect(run()).rejects.toThrow(new UnavailableError('gate', 'the last pass left 1 sales unswept, drop first'));
    expect(swept.map(({ from }) => from)).toEqual([undefined, next, next, next, next]);
    expect(log.errors).toHaveLength(limits.sweepPasses);
  });

  test('for another reason than a dependency is a bug or corruption: told each time', async () => {
    const bug = new Error('a bug');
    const { run, faults } = system([saleOf()], () => Promise.reject(bug));
    await expect(run()).rejects.toThrow(UnavailableError);
    expect(faults).toEqual(Array.from({ length: limits.sweepPasses }, () => bug));
  });

  test('keeps its place: what the last pass that went well left to do is gone on with', async () => {
    const next = { sku: 'shirt', fromUnit: 100_000 };
    const answers = [() => Promise.resolve({ ...quiet, next }), () => Promise.reject(away)].values();
    const { run, swept } = system([saleOf()], () => (answers.next().value ?? (() => Promise.resolve(quiet)))());
    await run();
    expect(swept.slice(0, 4).map(({ from }) => from)).toEqual([undefined, next, next, undefined]);
  });
});

test('a catalog that is away ends the run at once: it counts as failed', async () => {
  const catalog = new InMemoryCatalog();
  catalog.list = () => Promise.reject(away);
  const { clock, log } = system([]);
  const run = sweepSales({ catalog, sweep: () => Promise.resolve(quiet), clock, log, onFault: () => {} });
  await expect(run()).rejects.toBe(away);
});
