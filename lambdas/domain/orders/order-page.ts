import type { Order } from './order.ts';

/** A place in a list of orders. */
export interface OrderPosition {
  readonly acceptedAtMs: number;
  readonly orderId: string;
}

/** Some orders of a list, newest first. */
export interface OrderPage {
  readonly orders: readonly Order[];
  /** The next page begins behind this; undefined at the end. */
  readonly after?: OrderPosition;
}

/** The order of every list of orders: the last accepted first, those of one instant by their ids. */
export function newestFirst(a: OrderPosition, b: OrderPosition): number {
  if (a.acceptedAtMs !== b.acceptedAtMs) return b.acceptedAtMs - a.acceptedAtMs;
  if (a.orderId === b.orderId) return 0;
  return a.orderId < b.orderId ? 1 : -1;
}

/** True for what stands behind the position; all stands behind none. */
export function isBehind(order: OrderPosition, position: OrderPosition | undefined): boolean {
  return position === undefined || newestFirst(order, position) > 0;
}

/** A page of the first `limit` of these orders, which has a next page when there are more. */
export function firstPage(orders: readonly Order[], limit: number): OrderPage {
  const page = orders.slice(0, limit);
  const last = page.at(-1);
  return orders.length > limit && last ? { orders: page, after: positionOf(last) } : { orders: page };
}

/** Where an order stands. */
export function positionOf({ acceptedAtMs, orderId }: OrderPosition): OrderPosition {
  return { acceptedAtMs, orderId };
}
