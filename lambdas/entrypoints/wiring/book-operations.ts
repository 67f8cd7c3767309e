import { auditSale } from '../../domain/books/audit-sale.ts';
import { reportSale } from '../../domain/books/report-sale.ts';
import { getAudit } from '../../http/get-audit.ts';
import { getReport } from '../../http/get-report.ts';
import { findingKeys } from '../../stores/finding-keys.ts';
import type { Operating } from './open-operating.ts';

/** The operations by which an operator reads the books of a sale, and has them proved. */
export function bookOperations(operating: Operating) {
  const { catalog } = operating;
  return {
    getReport: getReport({ catalog, report: (sale) => reportSale(operating, sale) }),
    getAudit: getAudit({ catalog, audit: (sale) => auditSale(operating, sale), keysOf: findingKeys }),
  };
}
