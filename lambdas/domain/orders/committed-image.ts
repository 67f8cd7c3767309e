import { limits } from '../../contracts/limits.ts';
import { assert } from '../kernel/assert.ts';
import { type CommitRequest, isOfHouse, type Order, totalUnits } from './order.ts';

/** What a commit makes of an accepted order (rules 13 and 25): `held` until its end, or `withdrawn` without one for the house. */
export function committedImage({ order, customerLimit, holdSeconds }: CommitRequest, nowMs: number): Order {
  for (const line of order.lines) {
    assert(line.units.length === line.quantity, `commit: line of ${line.quantity} ${line.sku} has ${line.units.length} units`);
  }
  const units = totalUnits(order.lines);
  assert(units >= 1 && units <= limits.transactionUnits, `commit: expected 1 to ${limits.transactionUnits} units, got ${units}`);
  if (isOfHouse(order)) {
    assert(customerLimit === 0, `commit: the house has no limit, got ${customerLimit}`);
    return { ...order, state: 'withdrawn', version: 1 };
  }
  return {
    ...order,
    state: 'held',
    version: 1,
    heldAtMs: nowMs,
    holdExpiresAtMs: nowMs + holdSeconds * 1000,
    ...(customerLimit > 0 ? { countedUnits: units, customerLimit } : {}),
  };
}
