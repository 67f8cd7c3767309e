import type { CommitRequest, Order } from '../../lambdas/contracts/messages.ts';
import { crowdSku } from '../sale.ts';
import { buyerId, buyerKey } from './functions.ts';
import type { Subject } from './subject/open-subject.ts';

const holdSeconds = 7200;

/** A buyer's order as it goes to the gate: no units yet. Its id is a real one. */
export function benchRequest({ ids }: Pick<Subject, 'ids'>, saleId: string, buyer: number, quantity: number): CommitRequest {
  const customerId = buyerId(buyer);
  return {
    order: {
      orderId: ids.derive(saleId, customerId, buyerKey(saleId, buyer)),
      saleId,
      customerId,
      fingerprint: 'b'.repeat(22),
      state: 'accepted',
      version: 0,
      currency: 'EUR',
      lines: [{ sku: crowdSku, quantity, unitPriceMinor: 4999, units: [] }],
      acceptedAtMs: Date.now(),
    },
    customerLimit: 0,
    holdSeconds,
    gateVersion: 1,
  };
}

/** The order of a request with these units, committed. */
export function heldOrder({ order }: CommitRequest, units: readonly number[]): Order {
  return {
    ...order,
    lines: order.lines.map((line) => ({ ...line, units: [...units] })),
    state: 'held',
    version: 1,
    heldAtMs: order.acceptedAtMs,
    holdExpiresAtMs: order.acceptedAtMs + holdSeconds * 1000,
  };
}
