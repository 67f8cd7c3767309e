import { UnavailableError } from '../kernel/faults.ts';
import type { SaleReader } from '../sales/ports.ts';
import type { GateState, StockGate } from '../stock/ports.ts';
import type { Order } from './order.ts';
import type { OrderIds } from './order-id.ts';
import type { OrderLedger } from './ports.ts';

interface FindOrderDependencies {
  readonly sales: Pick<SaleReader, 'idsByTag'>;
  readonly gate: Pick<StockGate, 'order' | 'summary'>;
  readonly ledger: Pick<OrderLedger, 'read'>;
  readonly ids: Pick<OrderIds, 'derive' | 'saleTag'>;
}

/** What is known under an idempotency key. */
export type FindOrderOutcome =
  | { readonly kind: 'found'; readonly order: Order }
  | { readonly kind: 'none' }
  | { readonly kind: 'sale-not-found' };

/**
 * The order that a customer's idempotency key made in a sale. 'none' is said only while the gate is ready: nothing was
 * accepted under the key as far as anyone knows, and the same key may be sent again in any case. Throws
 * UnavailableError when the gate cannot tell and the ledger does not have it (rule 38).
 */
export async function findOrder(
  { sales, gate, ledger, ids }: FindOrderDependencies,
  { saleId, customerId, idempotencyKey }: { readonly saleId: string; readonly customerId: string; readonly idempotencyKey: string },
): Promise<FindOrderOutcome> {
  if (!(await sales.idsByTag(ids.saleTag(saleId))).includes(saleId)) return { kind: 'sale-not-found' };
  const orderId = ids.derive(saleId, customerId, idempotencyKey);
  // The ledger is asked last: a gate that was rebuilt meanwhile has waited for the orders of the old one to be there.
  const known = await askGate(gate, saleId, orderId);
  const order = known.order ?? (await ledger.read(orderId));
  if (order) return order.customerId === customerId ? { kind: 'found', order } : { kind: 'none' };
  if (known.state !== 'ready') throw new UnavailableError('gate', 'the gate cannot tell whether the order is known');
  return { kind: 'none' };
}

async function askGate(
  gate: FindOrderDependencies['gate'],
  saleId: string,
  orderId: string,
): Promise<{ readonly order?: Order; readonly state?: GateState }> {
  try {
    const order = (await gate.order(saleId, orderId))?.order;
    return order ? { order } : { state: (await gate.summary(saleId, [])).state };
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return {};
  }
}
