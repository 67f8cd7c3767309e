import type { OrderState } from './order.ts';

/** Who moves an order: Penstock by itself, its customer, or an operator. */
export type Mover = 'penstock' | 'customer' | 'operator';

const penstock: readonly Mover[] = ['penstock'];
const operator: readonly Mover[] = ['operator'];
/** An operator may do whatever the customer may. */
const customer: readonly Mover[] = ['customer', 'operator'];
/** Payments are told by an operator, or by a provider to Penstock. */
const payments: readonly Mover[] = ['penstock', 'operator'];

/** state → the states that may follow → who may bring that about. Nothing follows a state without an entry. */
const transitions: Readonly<Record<OrderState, Partial<Record<OrderState, readonly Mover[]>>>> = {
  accepted: { held: penstock, withdrawn: penstock, rejected: penstock, cancelled: customer },
  held: { confirmed: payments, expired: penstock, cancelled: customer },
  confirmed: { cancelled: payments },
  withdrawn: { cancelled: operator },
  rejected: {},
  expired: { confirmed: payments },
  cancelled: {},
};

/** True when an order may go from one state to the other at all. */
export function mayBecome(from: OrderState, to: OrderState): boolean {
  return transitions[from][to] !== undefined;
}

/** True when this mover may bring it about. */
export function mayMove(mover: Mover, from: OrderState, to: OrderState): boolean {
  return transitions[from][to]?.includes(mover) === true;
}
