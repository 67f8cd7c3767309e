import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { recordStockOperation, type StockOperation } from '../../../../lambdas/domain/sales/stock-operation.ts';
import { itemOf, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';

const add: StockOperation = { saleId: 'drop', idempotencyKey: 'k1', kind: 'add', sku: 'shirt', units: 5 };
const withdraw: StockOperation = { ...add, kind: 'withdraw' };

describe('recording a stock operation', () => {
  test('an addition raises the capacity of its item alone, and pins the stock', async () => {
    const catalog = new InMemoryCatalog(saleOf({ items: [itemOf({ sku: 'cap' }), itemOf()] }));
    const sale = saleOf({ version: 2, stockInUse: true, items: [itemOf({ sku: 'cap' }), itemOf({ capacity: 15 })] });
    expect(await recordStockOperation(catalog, add)).toEqual({ kind: 'recorded', sale, item: itemOf({ capacity: 15 }), replayed: false });
    expect(catalog.stored.get('drop')).toEqual(sale);
  });

  test('a withdrawal leaves the capacity, and pins the stock', async () => {
    const catalog = new InMemoryCatalog(saleOf());
    expect(await recordStockOperation(catalog, withdraw)).toMatchObject({ kind: 'recorded', item: { capacity: 10 } });
    expect(catalog.stored.get('drop')).toEqual(saleOf({ version: 2, stockInUse: true }));
  });

  test('again: nothing changes, whatever the sale became since', async () => {
    const catalog = new InMemoryCatalog(saleOf());
    await recordStockOperation(catalog, add);
    const grown = saleOf({ version: 9, items: [itemOf({ capacity: 40 })] });
    catalog.stored.set('drop', grown);
    expect(await recordStockOperation(catalog, add)).toEqual({
      kind: 'recorded',
      sale: grown,
      item: itemOf({ capacity: 40 }),
      replayed: true,
    });
  });

  test.each<[string, Partial<StockOperation>]>([
    ['another number', { units: 6 }],
    ['another sku', { sku: 'cap' }],
    ['a withdrawal', { kind: 'withdraw' }],
  ])('its key with %s is refused', async (_, changes) => {
    const catalog = new InMemoryCatalog(saleOf({ items: [itemOf(), itemOf({ sku: 'cap' })] }));
    await recordStockOperation(catalog, add);
    expect(await recordStockOperation(catalog, { ...add, ...changes })).toEqual({ kind: 'idempotency-key-reused' });
    expect(catalog.stored.get('drop')?.version).toBe(2);
  });

  test('10 at once under one key add once; each of 4 keys adds', async () => {
    const catalog = new InMemoryCatalog(saleOf());
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => recordStockOperation(catalog, add)));
    expect(outcomes.filter((outcome) => outcome.kind === 'recorded' && !outcome.replayed)).toHaveLength(1);
    expect(catalog.stored.get('drop')?.items[0]?.capacity).toBe(15);
    const keys = ['a', 'b', 'c', 'd'];
    await Promise.all(keys.map((idempotencyKey) => recordStockOperation(catalog, { ...add, idempotencyKey })));
    expect(catalog.stored.get('drop')?.items[0]?.capacity).toBe(35);
  });

  test('a repetition that comes beside the first answers the capacity with the addition in it, whenever the first writes', async () => {
    for (const readsBefore of [0, 1, 2, 3]) {
      const catalog = new InMemoryCatalog(saleOf());
      let reads = 0;
      const meanwhile = async () => {
        if (reads === readsBefore) await recordStockOperation(catalog, add);
        reads += 1;
      };
      const slow: Parameters<typeof recordStockOperation>[0] = {
        read: async (saleId) => {
          await meanwhile();
          return catalog.read(saleId);
        },
        operation: async (saleId, key) => {
          await meanwhile();
          return catalog.operation(saleId, key);
        },
        write: async (sale, operation) => {
          await meanwhile();
          return catalog.write(sale, operation);
        },
      };
      expect(await recordStockOperation(slow, add)).toMatchObject({ kind: 'recorded', item: { capacity: 15 } });
      expect(catalog.stored.get('drop')?.items[0]?.capacity).toBe(15);
    }
  });

  test('the capacity reaches 10,000,000 and not one more; what may still be added is said', async () => {
    const catalog = new InMemoryCatalog(saleOf());
    const most = limits.capacityUnits - 10;
    expect(await recordStockOperation(catalog, { ...add, units: most + 1 })).toEqual({ kind: 'over-capacity', units: most });
    expect(await recordStockOperation(catalog, { ...add, units: most })).toMatchObject({ item: { capacity: limits.capacityUnits } });
    expect(await recordStockOperation(catalog, { ...add, idempotencyKey: 'k2', units: 1 })).toEqual({ kind: 'over-capacity', units: 0 });
  });

  test('seats are not added by number, but withdrawn by it', async () => {
    const catalog = new InMemoryCatalog(saleOf({ items: [itemOf({ seatMap: 'v1-x' })] }));
    expect(await recordStockOperation(catalog, { ...add, units: 1 })).toEqual({ kind: 'seats-needed' });
    expect(await recordStockOperation(catalog, { ...add, kind: 'withdraw', units: 1 })).toMatchObject({ kind: 'recorded' });
  });

  test('no such sale, no such item', async () => {
    const catalog = new InMemoryCatalog(saleOf());
    expect(await recordStockOperation(catalog, { ...add, saleId: 'other' })).toEqual({ kind: 'sale-not-found' });
    expect(await recordStockOperation(catalog, { ...add, sku: 'cap' })).toEqual({ kind: 'unknown-sku' });
  });

  test('adds to what another write left, and gives up after 5 that came first', async () => {
    const catalog = new InMemoryCatalog(saleOf());
    catalog.beforeWrite = () => {
      catalog.beforeWrite = () => {};
      catalog.stored.set('drop', saleOf({ version: 2, items: [itemOf({ capacity: 100 })] }));
    };
    expect(await recordStockOperation(catalog, add)).toMatchObject({ item: { capacity: 105 } });
    catalog.beforeWrite = ({ version }) => void catalog.stored.set('drop', saleOf({ version }));
    const operation = { ...add, idempotencyKey: 'k2' };
    await expect(recordStockOperation(catalog, operation)).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'catalog' });
  });
});
