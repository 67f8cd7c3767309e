import type { Audit } from '../domain/books/audit-sale.ts';
import type { Finding } from '../domain/books/finding.ts';
import type { SaleCatalog } from '../domain/sales/ports.ts';
import type { Sale } from '../domain/sales/sale.ts';
import type { ApiHandler } from '../runtime/api.ts';
import { readSaleId, saleNotFound } from './sale-id.ts';
import { toTime } from './time.ts';

/** GET /v1/admin/sales/{saleId}/audit */
export function getAudit(deps: {
  readonly catalog: Pick<SaleCatalog, 'read'>;
  readonly audit: (sale: Sale) => Promise<Audit>;
  /** Where a finding can be looked at. */
  readonly keysOf: (sale: Sale, finding: Finding) => readonly string[];
}): ApiHandler {
  return async (request) => {
    const saleId = readSaleId(request);
    const sale = await deps.catalog.read(saleId);
    if (!sale) return saleNotFound(saleId);
    const { ok, asOfMs, checked, findingCount, findings } = await deps.audit(sale);
    const located = findings.map((finding) => ({ ...finding, keys: deps.keysOf(sale, finding) }));
    return { status: 200, body: { ok, asOf: toTime(asOfMs), checked, findingCount, findings: located } };
  };
}
