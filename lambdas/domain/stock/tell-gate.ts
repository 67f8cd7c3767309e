import { limits } from '../../contracts/limits.ts';
import { atOnce } from '../kernel/at-once.ts';
import { slicesOf } from '../kernel/slices.ts';
import type { OrderLedger } from '../orders/ports.ts';
import type { StockGate } from './ports.ts';

interface TellGateDependencies {
  readonly gate: Pick<StockGate, 'apply'>;
  readonly ledger: Pick<OrderLedger, 'readAll'>;
}

/**
 * Tells the gate how orders stand in the ledger, limits.sweptOrdersAtOnce at once; what the ledger does not have is left out.
 * `mustGoOn` is asked before each batch, and throws where there is no time for another. Throws UnavailableError.
 */
export async function tellGate(
  { gate, ledger }: TellGateDependencies,
  orderIds: readonly string[],
  mustGoOn: () => void = () => {},
): Promise<void> {
  for (const batch of slicesOf(orderIds, limits.batchGetItems)) {
    mustGoOn();
    const orders = (await ledger.readAll(batch)).values();
    await atOnce(limits.sweptOrdersAtOnce, orders, (order) => gate.apply(order));
  }
}
