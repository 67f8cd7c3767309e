import { assert } from '../kernel/assert.ts';
import { isLive, type Order } from './order.ts';
import { mayBecome } from './transitions.ts';

/** What the end of a live order makes of it (rule 18). It keeps the units that it had, for the gate to clear (rule 2). */
export function releasedImage(order: Order, to: 'expired' | 'cancelled', nowMs: number): Order {
  assert(isLive(order.state) && mayBecome(order.state, to), `release: an order that is ${order.state} cannot be ${to}`);
  return { ...order, state: to, version: order.version + 1, closedAtMs: nowMs };
}
