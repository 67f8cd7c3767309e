import type { SaleCatalog, SaleReader } from '../../lambdas/domain/sales/ports.ts';
import type { Sale } from '../../lambdas/domain/sales/sale.ts';
import type { StockOperation } from '../../lambdas/domain/sales/stock-operation.ts';

/** Sales in a map, as catalog and as near cache at once. `beforeWrite` lets another writer in first. */
export class InMemoryCatalog implements SaleCatalog, SaleReader {
  readonly stored = new Map<string, Sale>();
  readonly operations = new Map<string, StockOperation>();
  readonly effects: string[] = [];
  beforeWrite: (sale: Sale) => void = () => {};

  constructor(...sales: readonly Sale[]) {
    for (const sale of sales) this.stored.set(sale.saleId, sale);
  }

  read(saleId: string): Promise<Sale | undefined> {
    this.effects.push(`read ${saleId}`);
    return Promise.resolve(this.stored.get(saleId));
  }

  sale(saleId: string): Promise<Sale | undefined> {
    return this.read(saleId);
  }

  list({ limit, afterSaleId = '' }: { readonly limit: number; readonly afterSaleId?: string }): Promise<{ sales: Sale[]; more: boolean }> {
    this.effects.push(`list ${limit} after ${afterSaleId}`);
    const rest = [...this.stored.values()].filter(({ saleId }) => saleId > afterSaleId).toSorted((a, b) => (a.saleId < b.saleId ? -1 : 1));
    return Promise.resolve({ sales: rest.slice(0, limit), more: rest.length > limit });
  }

  idsByTag(tag: string): Promise<string[]> {
    return Promise.resolve([...this.stored.values()].filter((sale) => sale.tag === tag).map((sale) => sale.saleId));
  }

  operation(saleId: string, idempotencyKey: string): Promise<StockOperation | undefined> {
    return Promise.resolve(this.operations.get(`${saleId}#${idempotencyKey}`));
  }

  write(sale: Sale, operation?: StockOperation): Promise<'written' | 'conflict'> {
    this.beforeWrite(sale);
    const key = `${sale.saleId}#${operation?.idempotencyKey}`;
    const fits = (this.stored.get(sale.saleId)?.version ?? 0) === sale.version - 1 && !this.operations.has(key);
    if (fits && operation) this.operations.set(key, operation);
    this.effects.push(fits ? `write v${sale.version}` : 'conflict');
    if (fits) this.stored.set(sale.saleId, sale);
    return Promise.resolve(fits ? 'written' : 'conflict');
  }
}
