import type { OrderState } from './order.ts';

/** Who moves an order: Penstock by itself, its customer, or an operator, who may do whatever its customer may. */
export type Mover = 'penstock' | 'customer' | 'operator';

/** state → the states that may follow → who may bring that about. Nothing follows a state without an entry. */
const transitions: Readonly<Record<OrderState, Partial<Record<OrderState, Mover>>>> = {
  accepted: { held: 'penstock', withdrawn: 'penstock', rejected: 'penstock', cancelled: 'customer' },
  held: { expired: 'penstock', cancelled: 'customer' },
  confirmed: { cancelled: 'operator' },
  withdrawn: { cancelled: 'operator' },
  rejected: {},
  expired: {},
  cancelled: {},
};

/** True when an order may go from one state to the other at all. */
export function mayBecome(from: OrderState, to: OrderState): boolean {
  return transitions[from][to] !== undefined;
}

/** True when this mover may bring it about. */
export function mayMove(mover: Mover, from: OrderState, to: OrderState): boolean {
  const allowed = transitions[from][to];
  return allowed === mover || (allowed === 'customer' && mover === 'operator');
}
