import * as z from 'zod/mini';
import { orderStates } from '../lambdas/contracts/messages.ts';

/**
 * What the crowd reads of the API's answers (api.md). Open objects: version 1 only ever adds members. An answer
 * that does not fit is a fault of the system under load and ends the run with its path and what was wrong.
 */
const count = z.int().check(z.nonnegative());

/** `GET /v1/sales/{saleId}`. */
export const saleShape = z.object({ state: z.string(), closesAt: z.string() });

/** `GET /v1/sales/{saleId}/availability`. */
export const availabilityShape = z.object({ items: z.array(z.object({ sku: z.string(), available: count })) });

/** `GET /v1/orders/{orderId}`. */
export const orderShape = z.object({
  orderId: z.string(),
  state: z.enum(orderStates),
  reason: z.optional(z.string()),
  lines: z.array(z.object({ sku: z.string(), quantity: count, units: z.array(z.int()) })),
  heldAt: z.optional(z.string()),
});
/** An order as a buyer reads it. */
export type OrderSeen = z.infer<typeof orderShape>;

/** `GET /v1/admin/sales/{saleId}/report`. */
export const reportShape = z.object({
  asOf: z.string(),
  orders: z.record(z.string(), z.nullable(count)),
  items: z.array(z.object({ sku: z.string(), capacity: count, free: count, held: count, confirmed: count, withdrawn: count })),
});
/** The report, as far as the verdict needs it. */
export type SaleReport = z.infer<typeof reportShape>;

/** `GET /v1/admin/sales/{saleId}/audit`. */
export const auditShape = z.object({ ok: z.boolean(), checked: z.unknown(), findings: z.array(z.unknown()) });
/** The audit, as far as the verdict needs it. */
export type SaleAudit = z.infer<typeof auditShape>;

/** The report with what a person wants to see of it. */
export const wholeReportShape = z.extend(reportShape, {
  revenue: count,
  queue: z.object({ depth: count, oldestSeconds: z.nullable(count), deadLetters: count }),
});
/** The report as `npm run audit` prints it. */
export type WholeReport = z.infer<typeof wholeReportShape>;

/** The audit with its findings. */
export const wholeAuditShape = z.object({
  ok: z.boolean(),
  asOf: z.string(),
  checked: z.record(z.string(), count),
  findingCount: count,
  findings: z.array(z.object({ kind: z.string(), invariant: z.int(), detail: z.string(), keys: z.array(z.string()) })),
});
/** The audit as `npm run audit` prints it. */
export type WholeAudit = z.infer<typeof wholeAuditShape>;

/** `GET /v1/ready`, when it is 200. */
export const readyShape = z.object({ ready: z.literal(true) });

/** A problem document: only the code is needed to count refusals by reason. */
export const problemShape = z.object({ code: z.string() });
