import { describe, expect, test } from '@jest/globals';
import { orderStates } from '../../../../lambdas/contracts/messages.ts';
import type { OrderState } from '../../../../lambdas/domain/orders/order.ts';
import { mayBecome, mayMove, type Mover } from '../../../../lambdas/domain/orders/transitions.ts';

/** Every transition there is, and who may bring it about. */
const allowed: readonly (readonly [OrderState, OrderState, readonly Mover[]])[] = [
  ['accepted', 'held', ['penstock']],
  ['accepted', 'withdrawn', ['penstock']],
  ['accepted', 'rejected', ['penstock']],
  ['accepted', 'cancelled', ['customer', 'operator']],
  ['held', 'confirmed', ['penstock', 'operator']],
  ['held', 'expired', ['penstock']],
  ['held', 'cancelled', ['customer', 'operator']],
  ['confirmed', 'cancelled', ['penstock', 'operator']],
  ['expired', 'confirmed', ['penstock', 'operator']],
  ['withdrawn', 'cancelled', ['operator']],
];

describe('the states of an order', () => {
  test.each(orderStates.flatMap((from) => orderStates.map((to) => [from, to] as const)))('%s → %s', (from, to) => {
    const movers = allowed.find(([a, b]) => a === from && b === to)?.[2] ?? [];
    expect(mayBecome(from, to)).toBe(movers.length > 0);
    expect((['penstock', 'customer', 'operator'] as const).filter((mover) => mayMove(mover, from, to))).toEqual(movers);
  });
});
