import { describe, expect, test } from '@jest/globals';
import { listSales } from '../../../../lambdas/domain/sales/list-sales.ts';
import type { SaleState } from '../../../../lambdas/domain/sales/sale.ts';
import { nowMs, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';

/** Sales a, b, c … : upper case is open, lower case is closed. */
function catalogOf(letters: string): InMemoryCatalog {
  return new InMemoryCatalog(
    ...letters
      .split('')
      .map((letter) => saleOf({ saleId: letter.toLowerCase(), closesAtMs: letter === letter.toUpperCase() ? nowMs + 1 : nowMs })),
  );
}

/** All pages of the list, as text. */
async function pages(letters: string, limit: number, state?: SaleState): Promise<string[]> {
  const catalog = catalogOf(letters);
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await listSales(catalog, { limit, nowMs, ...(state && { state }), ...(after !== undefined && { afterSaleId: after }) });
    found.push(page.sales.map(({ saleId }) => saleId).join(''));
    after = page.afterSaleId;
  } while (after !== undefined);
  return found;
}

describe('listing sales', () => {
  test.each<[string, number, SaleState | undefined, string[]]>([
    ['', 2, undefined, ['']],
    ['AB', 2, undefined, ['ab']],
    ['ABC', 2, undefined, ['ab', 'c']],
    ['ABCD', 2, undefined, ['ab', 'cd']],
    ['aBcDe', 2, 'open', ['bd', '']],
    ['aBcD', 2, 'open', ['bd']],
    ['AbCD', 2, 'open', ['ac', 'd']],
    ['abcdeF', 2, 'open', ['f']],
    ['ABcdef', 2, 'open', ['ab', '']],
    ['aBcDeF', 3, 'open', ['bdf']],
    ['abc', 1, 'scheduled', ['']],
  ])('%j by %i, of state %s: pages %j, each sale once', async (letters, limit, state, expected) => {
    expect(await pages(letters, limit, state)).toEqual(expected);
  });

  test('reads at most 10 pages of the catalog for one answer, which may then be empty, and goes on after them', async () => {
    const catalog = catalogOf('abcdefghijkL');
    const first = await listSales(catalog, { limit: 1, nowMs, state: 'open' });
    expect(first).toEqual({ sales: [], afterSaleId: 'j' });
    expect(catalog.effects).toHaveLength(10);
    const second = await listSales(catalog, { limit: 1, nowMs, state: 'open', afterSaleId: 'j' });
    expect(second.sales.map(({ saleId }) => saleId)).toEqual(['l']);
  });
});
