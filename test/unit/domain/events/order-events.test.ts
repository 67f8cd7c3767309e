import { describe, expect, test } from '@jest/globals';
import { eventOf } from '../../../../lambdas/domain/events/order-events.ts';
import type { Order } from '../../../../lambdas/domain/orders/order.ts';
import { heldOrder } from '../../../support/builders.ts';

const held = heldOrder();
const next = (changes: Partial<Order>): Order => ({ ...held, version: held.version + 1, ...changes });

describe('the event of a change', () => {
  test.each(['confirmed', 'cancelled', 'expired'] as const)(
    'to %s bears the state, the version as sequence, and an id of both',
    (state) => {
      const after = next({ state });
      expect(eventOf({ before: held, after })).toEqual({ id: `${held.orderId}.2`, type: `order.${state}`, sequence: 2, order: after });
    },
  );

  test.each(['held', 'rejected', 'cancelled'] as const)('the first write of an order, %s, is one too', (state) => {
    expect(eventOf({ after: { ...held, state } })).toMatchObject({ id: `${held.orderId}.1`, type: `order.${state}`, sequence: 1 });
  });

  test('of an order whose state stays is a payment to be paid back', () => {
    const expired: Order = { ...held, state: 'expired', version: 2 };
    const owing: Order = { ...expired, version: 3, refunds: [{ provider: 'stripe', id: 'pi_1', amountMinor: 4999, currency: 'EUR' }] };
    expect(eventOf({ before: expired, after: owing })).toMatchObject({ id: `${held.orderId}.3`, type: 'order.refund_required' });
  });

  test('is none for an order of the house, and none for an item that went', () => {
    expect(eventOf({ after: { ...held, customerId: '', state: 'withdrawn' } })).toBeUndefined();
    expect(eventOf({ after: { ...held, customerId: '', state: 'cancelled' } })).toBeUndefined();
    expect(eventOf({ before: held })).toBeUndefined();
  });
});
