import type * as z from 'zod/mini';
import { type ApiClient, UnreachableError } from './client.ts';
import type { Clock } from './clock.ts';
import { loadLimits } from './limits.ts';
import { auditShape, reportShape, type SaleAudit, type SaleReport } from './shapes.ts';

/** The system's own account of the sale; a part is undefined when it did not answer. */
export interface Books {
  readonly report: SaleReport | undefined;
  readonly audit: SaleAudit | undefined;
}

/** Reads the report, again while it may still be behind what the buyers saw, and then the audit. */
export async function readBooks(client: Pick<ApiClient, 'read'>, clock: Clock, saleId: string, unitsSeen: number): Promise<Books> {
  const deadlineMs = clock.nowMs() + loadLimits.reportAgreesMs;
  const readReport = (): Promise<SaleReport | undefined> => orUndefined(client, `/v1/admin/sales/${saleId}/report`, reportShape);
  let report = await readReport();
  while (soldIn(report) !== unitsSeen && clock.nowMs() < deadlineMs) {
    await clock.sleep(loadLimits.reportPollMs);
    report = await readReport();
  }
  return { report, audit: await orUndefined(client, `/v1/admin/sales/${saleId}/audit`, auditShape) };
}

const soldIn = (report: SaleReport | undefined): number | undefined =>
  report?.items.reduce((sum, item) => sum + item.held + item.confirmed, 0);

async function orUndefined<S extends z.ZodMiniType>(
  client: Pick<ApiClient, 'read'>,
  path: string,
  shape: S,
): Promise<z.infer<S> | undefined> {
  try {
    const answer = await client.read(path, shape, loadLimits.adminRequestMs);
    return answer.kind === 'found' ? answer.value : undefined;
  } catch (error) {
    if (error instanceof UnreachableError) return undefined;
    throw error;
  }
}
