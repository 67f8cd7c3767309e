import { isOfHouse, type Order } from './order.ts';
import type { Claim } from './ports.ts';

/** The claims of an order's units as they are put at this version of it: hints for a rebuild name the customer and the end of a hold. */
export function claimsOf(order: Order): Claim[] {
  const { orderId, version, customerId, state, holdExpiresAtMs } = order;
  const hints = {
    ...(isOfHouse(order) ? {} : { customerId }),
    ...(state === 'held' && holdExpiresAtMs !== undefined ? { holdExpiresAtMs } : {}),
  };
  return order.lines.flatMap(({ sku, units }) => units.map((unit) => ({ sku, unit, orderId, version, ...hints })));
}
