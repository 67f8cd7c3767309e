import type { CommitRequest, ExpiryNotice, Order, OrderLine, OrderState, Payment } from '../../contracts/messages.ts';

export type { CommitRequest, ExpiryNotice, Order, OrderLine, OrderState, Payment };

const liveStates: ReadonlySet<OrderState> = new Set<OrderState>(['held', 'confirmed', 'withdrawn']);

/** True when the order owns its units in the ledger. */
export function isLive(state: OrderState): boolean {
  return liveStates.has(state);
}

/** The customer of an order of the house, which takes units out of sale (rule 25). No caller can be called so. */
export const house = '';

/** True when the order is a withdrawal: no customer, no hold, no limit. */
export function isOfHouse(order: Pick<Order, 'customerId'>): boolean {
  return order.customerId === house;
}

/** Units over all lines. */
export function totalUnits(lines: readonly { readonly quantity: number }[]): number {
  return lines.reduce((sum, line) => sum + line.quantity, 0);
}

/** Price of the whole order, in minor units of its currency. */
export function totalMinor(order: Pick<Order, 'lines'>): number {
  return order.lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0);
}

/** The same lines with other units, in the order of the lines. */
export function withUnits(lines: readonly OrderLine[], units: readonly (readonly number[])[]): OrderLine[] {
  return lines.map((line, index) => ({ ...line, units: [...(units[index] ?? [])] }));
}

/** The same lines owning nothing: what a closed order lists. */
export function withoutUnits(lines: readonly OrderLine[]): OrderLine[] {
  return lines.map((line) => ({ ...line, units: [] }));
}
