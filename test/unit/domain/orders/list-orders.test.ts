import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { listOwnOrders } from '../../../../lambdas/domain/orders/list-own-orders.ts';
import { listSaleOrders } from '../../../../lambdas/domain/orders/list-sale-orders.ts';
import { newestFirst, type OrderPage, type OrderPosition } from '../../../../lambdas/domain/orders/order-page.ts';
import type { Order } from '../../../../lambdas/domain/orders/order.ts';
import { heldOrder, ids, nowMs } from '../../../support/builders.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';

/** One order each entry: accepted so many ms after the others' first. */
function ledgerWith(ages: readonly number[], changes: (n: number) => Partial<Order> = () => ({})): InMemoryLedger {
  return new InMemoryLedger().put(
    ...ages.map((age, n) => heldOrder({ key: `k${n}`, units: [n], changes: { acceptedAtMs: nowMs + age, ...changes(n) } })),
  );
}

type List = (after: { after?: OrderPosition }) => Promise<OrderPage>;

async function allPages(list: List): Promise<{ orders: Order[]; pages: number }> {
  const orders: Order[] = [];
  let pages = 0;
  let after: OrderPosition | undefined;
  do {
    const page = await list(after === undefined ? {} : { after });
    orders.push(...page.orders);
    after = page.after;
    pages += 1;
  } while (after !== undefined && pages < 1000);
  return { orders, pages };
}

const own = async (ledger: InMemoryLedger, query: { limit: number; saleId?: string; after?: OrderPosition }): Promise<OrderPage> => {
  const page = await listOwnOrders({ ledger, ids }, { customerId: 'ann', ...query });
  if (page === 'too-many') throw new Error('too many');
  return page;
};

describe('lists of orders', () => {
  const ages = fc.array(fc.nat({ max: 5 }), { maxLength: 30 });
  const limit = fc.integer({ min: 1, max: 10 });

  test('pages of any size give each order of a sale once, newest first, and the last one no position', async () => {
    await fc.assert(
      fc.asyncProperty(ages, limit, async (given, size) => {
        const ledger = ledgerWith(given);
        const { orders, pages } = await allPages((after) => listSaleOrders(ledger, { saleId: 'drop', limit: size, ...after }));
        expect(orders).toEqual([...ledger.stored.values()].toSorted(newestFirst));
        expect(pages).toBe(Math.max(1, Math.ceil(given.length / size)));
      }),
    );
  });

  test('pages of any size give each own order once, newest first, and the last one no position', async () => {
    await fc.assert(
      fc.asyncProperty(ages, limit, fc.integer({ min: 1, max: 7 }), async (given, size, pageSize) => {
        const ledger = ledgerWith(given);
        ledger.pageSize = pageSize;
        const { orders, pages } = await allPages((after) => own(ledger, { limit: size, ...after }));
        expect(orders).toEqual([...ledger.stored.values()].toSorted(newestFirst));
        expect(pages).toBe(Math.max(1, Math.ceil(given.length / size)));
      }),
    );
  });

  test('own orders of one sale leave out those of another, whatever their tags', async () => {
    const ledger = ledgerWith([0, 1, 2], (n) => ({ saleId: n === 1 ? 'other' : 'drop' }));
    expect((await own(ledger, { limit: 10, saleId: 'drop' })).orders.map(({ acceptedAtMs }) => acceptedAtMs - nowMs)).toEqual([2, 0]);
  });

  test(`own orders on ${limits.ownOrderPages} pages are listed, on one more they are too many`, async () => {
    const ledger = ledgerWith(Array.from({ length: limits.ownOrderPages + 1 }, (_, n) => n));
    ledger.pageSize = 1;
    expect(await listOwnOrders({ ledger, ids }, { customerId: 'ann', limit: 5 })).toBe('too-many');
    ledger.stored.delete(heldOrder({ key: 'k0' }).orderId);
    expect((await own(ledger, { limit: 5 })).orders).toHaveLength(5);
  });

  test('of one state: all of them, over pages that may be short; each looks at a bounded number of orders', async () => {
    const count = 2 * limits.listedOrdersRead + 50;
    const ledger = ledgerWith(
      Array.from({ length: count }, (_, n) => n),
      (n) => (n % 500 === 0 ? { state: 'expired' } : {}),
    );
    const list = (after: { after?: OrderPosition }) => listSaleOrders(ledger, { saleId: 'drop', state: 'expired', limit: 3, ...after });
    const { orders } = await allPages(list);
    expect(orders.map(({ acceptedAtMs }) => acceptedAtMs - nowMs)).toEqual([2000, 1500, 1000, 500, 0]);
    const first = await list({});
    expect(first.orders).toHaveLength(2);
    const looked = nowMs + count - 1 - (first.after?.acceptedAtMs ?? 0) + 1;
    expect(looked).toBeGreaterThanOrEqual(limits.listedOrdersRead);
    expect(looked).toBeLessThan(limits.listedOrdersRead + 4);
  });
});
