/** Where an order id names its customer (domain/orders/order-id.ts). */
const customerTag = { from: 4, to: 14 } as const;

/**
 * How a sale is cut (ADR 0015): unit u is of lane u mod n, where it has number u div n, so the bitmap of a lane is as
 * dense as that of the whole. An order's home lane is a hash of the part of its id that stands for its customer: all orders
 * of a customer have one home, which counts them.
 */
export function laneOfUnit(unit: number, lanes: number): number {
  return unit % lanes;
}

/** The lane that has an order's whole entry. */
export function homeLaneOf(orderId: string, lanes: number): number {
  let hash = 0;
  for (const character of orderId.slice(customerTag.from, customerTag.to)) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return hash % lanes;
}

/** How many of the first `capacity` units are of the lane. */
export function laneCapacity(capacity: number, lane: number, lanes: number): number {
  return Math.max(0, Math.ceil((capacity - lane) / lanes));
}
