import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import { assert } from '../../lambdas/domain/kernel/assert.ts';
import type { SaleCatalog } from '../../lambdas/domain/sales/ports.ts';
import type { Sale } from '../../lambdas/domain/sales/sale.ts';
import type { StockOperation } from '../../lambdas/domain/sales/stock-operation.ts';

/** An empty catalog to be put through the suite. */
export interface CatalogUnderTest {
  readonly catalog: SaleCatalog;
  close(): Promise<void>;
}

/** A sale with one item. */
export function sampleSale(saleId: string, change: Partial<Sale> = {}): Sale {
  return {
    saleId,
    tag: 'K3N',
    version: 1,
    gateVersion: 1,
    name: 'Spring drop',
    opensAtMs: Date.UTC(2026, 10, 22, 10),
    closesAtMs: Date.UTC(2026, 10, 22, 12),
    currency: 'EUR',
    holdSeconds: 600,
    customerLimit: 4,
    highestCustomerLimit: 5,
    lanes: 1,
    waitingRoom: { enabled: false, admitPerSecond: 0, maxActive: 0, admissionSeconds: 0 },
    items: [{ sku: 'shirt', name: 'T-shirt', unitPriceMinor: 4999, capacity: 5000, orderLimit: 10 }],
    halt: 'none',
    stockInUse: false,
    ...change,
  };
}

/** What every SaleCatalog does, seen through the port alone. */
export function saleCatalogConformance(name: string, makeCatalog: () => Promise<CatalogUnderTest>): void {
  describe(`sale catalog on ${name}`, () => {
    // An engine shares its two cores with whatever else is being tested.
    jest.setTimeout(30_000);
    let underTest: CatalogUnderTest | undefined;
    beforeAll(async () => {
      underTest = await makeCatalog();
    }, 60_000);
    afterAll(() => underTest?.close());
    const catalog = (): SaleCatalog => {
      assert(underTest, 'the catalog was made');
      return underTest.catalog;
    };
    writeCases(catalog);
    listCases(catalog);
    tagCases(catalog);
    operationCases(catalog);
  });
}

function writeCases(catalog: () => SaleCatalog): void {
  test('a sale nobody wrote is undefined', async () => {
    expect(await catalog().read('none')).toBeUndefined();
  });

  test('version 1 is written only where there is none; the first stays', async () => {
    const sale = sampleSale('w-create');
    expect(await catalog().write(sale)).toBe('written');
    expect(await catalog().read('w-create')).toEqual(sale);
    expect(await catalog().write({ ...sale, name: 'Second' })).toBe('conflict');
    expect(await catalog().read('w-create')).toEqual(sale);
  });

  test('version n is written only over n − 1: not over n, n − 2 or nothing', async () => {
    const sale = sampleSale('w-version');
    await catalog().write(sale);
    const second = { ...sale, version: 2, customerLimit: 0 };
    expect(await catalog().write({ ...sale, version: 3 })).toBe('conflict');
    expect(await catalog().write(second)).toBe('written');
    expect(await catalog().write({ ...second, name: 'Another' })).toBe('conflict');
    expect(await catalog().read('w-version')).toEqual(second);
    expect(await catalog().write({ ...sampleSale('w-missing'), version: 2 })).toBe('conflict');
    expect(await catalog().read('w-missing')).toBeUndefined();
  });

  test('of 20 writers of one version at once 1 wins, at the creation and at a change', async () => {
    for (const version of [1, 2]) {
      const versions = Array.from({ length: 20 }, (_, index) => sampleSale('w-race', { version, name: `writer ${index}` }));
      const outcomes = await Promise.all(versions.map((sale) => catalog().write(sale)));
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'conflict')).toHaveLength(19);
      expect(await catalog().read('w-race')).toEqual(versions[outcomes.indexOf('written')]);
    }
  });

  test(`${limits.itemsPerSale} items with names of ${limits.nameChars} four-byte characters are kept to the letter`, async () => {
    const items = Array.from({ length: limits.itemsPerSale }, (_, index) => ({
      sku: `${'s'.repeat(60)}-${index}`,
      name: '🎟'.repeat(limits.nameChars),
      unitPriceMinor: limits.unitPriceMinorMax,
      capacity: limits.capacityUnits,
      orderLimit: 50,
    }));
    const room = { enabled: true, admitPerSecond: 12.5, maxActive: 300, admissionSeconds: 900 };
    const sale = sampleSale('w-large', { items, name: '🎟'.repeat(limits.nameChars), waitingRoom: room });
    expect(await catalog().write(sale)).toBe('written');
    expect(await catalog().read('w-large')).toEqual(sale);
  });
}

function listCases(catalog: () => SaleCatalog): void {
  test('a list is in the order of the ids, in pages of 1 to 100, and says when there is more', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `zz-list-${String(index).padStart(2, '0')}`);
    for (const saleId of ids.toReversed()) await catalog().write(sampleSale(saleId));
    const after = 'zz-list';
    const page = async (limit: number, afterSaleId: string) => {
      const { sales, more } = await catalog().list({ limit, afterSaleId });
      return { ids: sales.map(({ saleId }) => saleId), more };
    };
    expect(await page(5, after)).toEqual({ ids: ids.slice(0, 5), more: true });
    expect(await page(5, 'zz-list-04')).toEqual({ ids: ids.slice(5, 10), more: true });
    expect(await page(5, 'zz-list-09')).toEqual({ ids: ids.slice(10), more: false });
    expect(await page(2, 'zz-list-09')).toEqual({ ids: ids.slice(10), more: false });
    expect(await page(1, 'zz-list-09')).toEqual({ ids: ['zz-list-10'], more: true });
    expect(await page(100, 'zz-list-11')).toEqual({ ids: [], more: false });
  });

  test('a list from the beginning holds whole sales and nothing else that the store keeps', async () => {
    const { sales, more } = await catalog().list({ limit: 100 });
    expect(more).toBe(false);
    expect(sales.map(({ saleId }) => saleId)).toEqual(sales.map(({ saleId }) => saleId).toSorted());
    for (const sale of sales) expect(sale).toEqual(await catalog().read(sale.saleId));
  });

  test('a page of 30 sales of 90 KB, over 1 MB in all, is whole', async () => {
    const items = Array.from({ length: 100 }, (_, index) => ({
      sku: `sku-${index}`,
      name: '🎟'.repeat(200),
      unitPriceMinor: 1,
      capacity: 1,
      orderLimit: 1,
    }));
    const ids = Array.from({ length: 30 }, (_, index) => `zzz-large-${String(index).padStart(2, '0')}`);
    for (const saleId of ids) await catalog().write(sampleSale(saleId, { items }));
    const { sales, more } = await catalog().list({ limit: 30, afterSaleId: 'zzz-large' });
    expect(sales.map(({ saleId }) => saleId)).toEqual(ids);
    expect(more).toBe(false);
  }, 60_000);
}

function tagCases(catalog: () => SaleCatalog): void {
  test('a tag finds the sales that have it, from their creation on, and no others', async () => {
    expect(await catalog().idsByTag('AAA')).toEqual([]);
    await catalog().write(sampleSale('t-one', { tag: 'AAA' }));
    expect(await catalog().idsByTag('AAA')).toEqual(['t-one']);
    await catalog().write(sampleSale('t-one', { tag: 'AAA', version: 2 }));
    await catalog().write(sampleSale('t-two', { tag: 'AAA' }));
    await catalog().write(sampleSale('t-three', { tag: 'AAB' }));
    expect((await catalog().idsByTag('AAA')).toSorted()).toEqual(['t-one', 't-two']);
  });

  test('a creation that is refused leaves no tag behind', async () => {
    await catalog().write(sampleSale('t-refused', { tag: 'BBB' }));
    expect(await catalog().write(sampleSale('t-refused', { tag: 'CCC' }))).toBe('conflict');
    expect(await catalog().idsByTag('CCC')).toEqual([]);
  });
}

function operationCases(catalog: () => SaleCatalog): void {
  const operationOf = (saleId: string, change: Partial<StockOperation> = {}): StockOperation => ({
    saleId,
    idempotencyKey: '!key#~',
    kind: 'add',
    sku: 'shirt',
    units: 5,
    ...change,
  });

  test('rule 24: an operation and its sale are written together; nothing is recorded before', async () => {
    await catalog().write(sampleSale('o-both'));
    const operation = operationOf('o-both');
    expect(await catalog().operation('o-both', operation.idempotencyKey)).toBeUndefined();
    const next = sampleSale('o-both', { version: 2, stockInUse: true, halt: 'paused' });
    expect(await catalog().write(next, operation)).toBe('written');
    expect(await catalog().read('o-both')).toEqual(next);
    expect(await catalog().operation('o-both', operation.idempotencyKey)).toEqual(operation);
    expect(await catalog().operation('o-other', operation.idempotencyKey)).toBeUndefined();
  });

  test('rule 24: a key that is recorded leaves the sale as it is; a version that is not the next one leaves no record', async () => {
    await catalog().write(sampleSale('o-once'));
    const operation = operationOf('o-once', { idempotencyKey: 'k'.repeat(limits.idempotencyKeyChars) });
    await catalog().write(sampleSale('o-once', { version: 2 }), operation);
    const again = sampleSale('o-once', { version: 3, name: 'Again' });
    expect(await catalog().write(again, { ...operation, kind: 'withdraw', units: 1 })).toBe('conflict');
    expect((await catalog().read('o-once'))?.version).toBe(2);
    expect(await catalog().operation('o-once', operation.idempotencyKey)).toEqual(operation);
    const late = operationOf('o-once', { idempotencyKey: 'late' });
    expect(await catalog().write(sampleSale('o-once', { version: 2 }), late)).toBe('conflict');
    expect(await catalog().operation('o-once', 'late')).toBeUndefined();
  });

  test('rule 24: 20 writers at once under one key record it once', async () => {
    await catalog().write(sampleSale('o-race'));
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        catalog().write(sampleSale('o-race', { version: 2 }), operationOf('o-race', { units: index + 1 })),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
    const key = operationOf('o-race').idempotencyKey;
    expect((await catalog().operation('o-race', key))?.units).toBe(outcomes.indexOf('written') + 1);
  });
}
