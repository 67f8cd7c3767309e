import { UnavailableError } from '../kernel/faults.ts';
import type { SaleReader } from '../sales/ports.ts';
import { awaitCommit, type AwaitCommitDependencies } from './await-commit.ts';
import type { Order } from './order.ts';
import { type OrderIds, saleTagOf } from './order-id.ts';
import type { OrderLedger } from './ports.ts';

interface ReadOrderDependencies extends AwaitCommitDependencies {
  readonly sales: SaleReader;
  readonly ledger: Pick<OrderLedger, 'read'>;
  readonly ids: OrderIds;
}

/** Who asks: a customer sees their own orders, an operator (undefined) any. */
export interface OrderQuery {
  readonly orderId: string;
  readonly customerId?: string | undefined;
  /** Wait until the order is no longer accepted, at most so long (0 = answer at once). */
  readonly waitSeconds: number;
}

/** What a poll is answered. */
export type ReadOrderOutcome =
  | { readonly kind: 'found'; readonly order: Order; readonly waited: boolean }
  /** Nobody minted this id, or not for this caller. */
  | { readonly kind: 'not-found' }
  /** Minted for this caller, and in neither store yet (rule 38): repeat in a second. */
  | { readonly kind: 'not-visible' };

/** An order as it now stands (protocol.md rules 36 and 38): one read of the gate; the ledger only where the gate does not know. */
export async function readOrder(deps: ReadOrderDependencies, query: OrderQuery): Promise<ReadOrderOutcome> {
  const { orderId, customerId } = query;
  const visible = customerId === undefined ? deps.ids.isMinted(orderId) : deps.ids.isOf(orderId, customerId);
  if (!visible) return { kind: 'not-found' };
  const order = await look(deps, orderId);
  if (!order) return { kind: 'not-visible' };
  if (customerId !== undefined && order.customerId !== customerId) return { kind: 'not-found' };
  if (order.state !== 'accepted' || query.waitSeconds === 0) return { kind: 'found', order, waited: false };
  try {
    // The preference to wait (RFC 7240).
    return { kind: 'found', ...(await awaitCommit(deps, order, query.waitSeconds)) };
  } catch (error) {
    // A preference is no demand: what was read before the gate went away is still a true answer.
    if (!(error instanceof UnavailableError)) throw error;
    return { kind: 'found', order, waited: false };
  }
}

async function look(deps: ReadOrderDependencies, orderId: string): Promise<Order | undefined> {
  const known = await lookInGate(deps, orderId);
  return known ?? (await deps.ledger.read(orderId));
}

/** A gate that is away is no reason to hide an order that the ledger has. */
async function lookInGate({ sales, gate }: ReadOrderDependencies, orderId: string): Promise<Order | undefined> {
  try {
    for (const saleId of await sales.idsByTag(saleTagOf(orderId))) {
      const entry = await gate.order(saleId, orderId);
      if (entry?.order) return entry.order;
    }
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
  }
  return undefined;
}
