import type { SaleReader } from '../sales/ports.ts';
import type { StockGate } from '../stock/ports.ts';
import { saleTagOf } from './order-id.ts';
import type { Order } from './order.ts';
import type { OrderLedger } from './ports.ts';

/** What finding an order by its id needs. */
export interface LookUpDependencies {
  readonly ledger: Pick<OrderLedger, 'read'>;
  readonly gate: Pick<StockGate, 'order'>;
  readonly sales: Pick<SaleReader, 'idsByTag'>;
}

/** The ledger's image of an order, read strongly, or that of one which only the gate knows: at version 0. For those who will change it. */
export async function lookUpOrder({ ledger, gate, sales }: LookUpDependencies, orderId: string): Promise<Order | undefined> {
  const stored = await ledger.read(orderId);
  if (stored) return stored;
  for (const saleId of await sales.idsByTag(saleTagOf(orderId))) {
    const accepted = (await gate.order(saleId, orderId))?.order;
    // Committed between the two reads: the ledger has it now.
    if (accepted) return accepted.version === 0 ? accepted : ledger.read(orderId);
  }
  return undefined;
}
