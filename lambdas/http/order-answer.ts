import type { OrderAnswer } from '../contracts/answers.ts';
import { isLive, isOfHouse, totalMinor, type Order, type Payment } from '../domain/orders/order.ts';
import { toTime } from './time.ts';

/** An order as the contract shows it. Units show only while the order owns them: before the commit a redraw may change them. Seats show as asked for. */
export function orderAnswer(order: Order): OrderAnswer {
  const owns = isLive(order.state);
  return {
    orderId: order.orderId,
    saleId: order.saleId,
    ...(isOfHouse(order) ? {} : { customerId: order.customerId }),
    state: order.state,
    ...(order.reason === undefined ? {} : { reason: order.reason }),
    lines: order.lines.map(({ sku, quantity, units, seats, unitPriceMinor }) => ({
      sku,
      quantity,
      units: owns ? units : [],
      ...(seats === undefined ? {} : { seats }),
      unitPrice: unitPriceMinor,
    })),
    total: totalMinor(order),
    currency: order.currency,
    acceptedAt: toTime(order.acceptedAtMs),
    ...(order.heldAtMs === undefined ? {} : { heldAt: toTime(order.heldAtMs) }),
    ...(order.holdExpiresAtMs === undefined ? {} : { holdExpiresAt: toTime(order.holdExpiresAtMs) }),
    ...(order.confirmedAtMs === undefined ? {} : { confirmedAt: toTime(order.confirmedAtMs) }),
    ...(order.closedAtMs === undefined ? {} : { closedAt: toTime(order.closedAtMs) }),
    ...(order.reference === undefined ? {} : { reference: order.reference }),
    ...(order.metadata === undefined ? {} : { metadata: order.metadata }),
    ...(order.payment === undefined ? {} : { payment: paymentAnswer(order.payment) }),
    ...(order.refunds === undefined ? {} : { refunds: order.refunds.map(paymentAnswer) }),
  };
}

function paymentAnswer({ provider, id, amountMinor, currency }: Payment) {
  return { provider, id, amount: amountMinor, currency };
}
