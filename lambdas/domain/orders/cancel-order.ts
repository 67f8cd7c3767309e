import { limits } from '../../contracts/limits.ts';
import { CorruptionError, UnavailableError } from '../kernel/faults.ts';
import type { Clock } from '../kernel/ports.ts';
import type { StockGate } from '../stock/ports.ts';
import { lookUpOrder, type LookUpDependencies } from './look-up-order.ts';
import type { OrderIds } from './order-id.ts';
import { type Order, withoutUnits } from './order.ts';
import type { OrderLedger } from './ports.ts';
import { mayMove, type Mover } from './transitions.ts';

/** What ending an order at hand needs. */
export interface EndOrderDependencies {
  readonly ledger: Pick<OrderLedger, 'read' | 'close' | 'release'>;
  readonly gate: Pick<StockGate, 'apply'>;
  readonly clock: Clock;
}

interface CancelOrderDependencies extends EndOrderDependencies, LookUpDependencies {
  readonly ledger: EndOrderDependencies['ledger'];
  readonly gate: Pick<StockGate, 'apply' | 'order'>;
  readonly ids: OrderIds;
}

type EndOrderOutcome =
  | { readonly kind: 'cancelled'; readonly order: Order }
  /** The order is in a state that this mover may not cancel. */
  | { readonly kind: 'order-state'; readonly order: Order };

/** What a cancellation is answered. */
export type CancelOrderOutcome =
  | EndOrderOutcome
  /** Nobody minted this id, or not for this caller. */
  | { readonly kind: 'not-found' }
  /** Minted for this caller, and in neither store yet (rule 38): repeat in a second. */
  | { readonly kind: 'not-visible' };

/**
 * Cancels an order (protocol.md rules 18 to 20): ledger first, then gate. `customerId` undefined: an operator asks.
 * Idempotent: a repetition finds the order cancelled and tells the gate again, in case we died in between. Throws
 * UnavailableError; the same call may then be repeated.
 */
export async function cancelOrder(
  deps: CancelOrderDependencies,
  { orderId, customerId }: { readonly orderId: string; readonly customerId: string | undefined },
): Promise<CancelOrderOutcome> {
  const visible = customerId === undefined ? deps.ids.isMinted(orderId) : deps.ids.isOf(orderId, customerId);
  if (!visible) return { kind: 'not-found' };
  const known = await lookUpOrder(deps, orderId);
  if (!known) return { kind: 'not-visible' };
  if (customerId !== undefined && known.customerId !== customerId) return { kind: 'not-found' };
  return endOrder(deps, known, customerId === undefined ? 'operator' : 'customer');
}

/**
 * Cancels an order of which an image is at hand: the ledger's, or the accepted one (version 0). What the ledger does
 * not have is written there as cancelled, which a late commit then meets (rule 20); else the ledger's own image decides.
 */
export async function endOrder(deps: EndOrderDependencies, known: Order, mover: Mover): Promise<EndOrderOutcome> {
  let order = known;
  for (let attempt = 0; attempt < limits.orderChangeAttempts; attempt += 1) {
    if (order.state === 'cancelled') {
      await deps.gate.apply(order);
      return { kind: 'cancelled', order };
    }
    if (!mayMove(mover, order.state, 'cancelled')) return { kind: 'order-state', order };
    order = await writeCancelled(deps, order);
  }
  throw new UnavailableError('ledger', `the order changed ${limits.orderChangeAttempts} times while it was being cancelled`);
}

/** The order as it is now: cancelled by us, or as somebody else's write left it. */
async function writeCancelled({ ledger, clock }: EndOrderDependencies, order: Order): Promise<Order> {
  const closedAtMs = clock.nowMs();
  if (order.version === 0) {
    const closed = await ledger.close({ ...order, state: 'cancelled', version: 1, closedAtMs, lines: withoutUnits(order.lines) });
    return closed.order;
  }
  const released = await ledger.release(order, 'cancelled', closedAtMs);
  if (released.kind === 'released') return released.order;
  const stored = await ledger.read(order.orderId);
  if (!stored) throw new CorruptionError(`cancel of ${order.orderId}: the ledger had it, and does not any more`);
  return stored;
}
