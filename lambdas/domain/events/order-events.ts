import { isOfHouse, type Order, type OrderState } from '../orders/order.ts';

/** The types of events about orders (api.md, Events). */
export type OrderEventType =
  | 'order.held'
  | 'order.confirmed'
  | 'order.cancelled'
  | 'order.expired'
  | 'order.rejected'
  | 'order.refund_required';

/** One fact about an order. */
export interface OrderEvent {
  /** The order's id and its version: the same however often the event is published. */
  readonly id: string;
  readonly type: OrderEventType;
  /** The order's version: counts its changes. */
  readonly sequence: number;
  /** The order as the change left it. */
  readonly order: Order;
}

const typeOf: Readonly<Partial<Record<OrderState, OrderEventType>>> = {
  held: 'order.held',
  confirmed: 'order.confirmed',
  cancelled: 'order.cancelled',
  expired: 'order.expired',
  rejected: 'order.rejected',
};

/** The event of one change: each change has its own version, so at most one. Changes of orders of the house are nobody else's. */
export function eventOf({ before, after }: { readonly before?: Order; readonly after?: Order }): OrderEvent | undefined {
  if (!after || isOfHouse(after)) return undefined;
  const type = before?.state === after.state ? 'order.refund_required' : typeOf[after.state];
  return type && { id: `${after.orderId}.${after.version}`, type, sequence: after.version, order: after };
}
