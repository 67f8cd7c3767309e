import type { Payment } from '../orders/order.ts';

/** What a payment provider tells of a payment for one of our orders. */
export type PaymentEvent =
  | { readonly kind: 'paid'; readonly orderId: string; readonly payment: Payment }
  /** Paid, and paid back as a whole. */
  | { readonly kind: 'paid-back'; readonly orderId: string; readonly payment: Payment }
  /** Nothing that concerns an order. */
  | { readonly kind: 'irrelevant' };

/** Messages of a payment provider. */
export interface PaymentEvents {
  /**
   * The event in a message, if its signature proves that the provider sent these very bytes, at nowMs or shortly before. Throws
   * UnavailableError where the secret cannot be read; Error where a signed event about a payment is not as the provider documents it.
   */
  read(bytes: Uint8Array, signature: string, nowMs: number): Promise<PaymentEvent | 'invalid-signature'>;
}
