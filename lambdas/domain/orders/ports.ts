import type { OrderPosition } from './order-page.ts';
import type { CommitRequest, ExpiryNotice, Order, Payment } from './order.ts';

/** A claim: the item whose key is the unit. */
export interface Claim {
  readonly sku: string;
  readonly unit: number;
  readonly orderId: string;
  /** The order's version when the claim was put. */
  readonly version: number;
  /** Hints for a rebuild only, never in a condition. */
  readonly customerId?: string;
  readonly holdExpiresAtMs?: number;
}

/** What became of a commit. Read in the order of rule 14: an order that exists hides all else. */
export type CommitOutcome =
  /** The transaction took effect now. */
  | { readonly kind: 'committed'; readonly order: Order }
  /** The ledger knew the order before: this is its image, perhaps of another fingerprint. */
  | { readonly kind: 'exists'; readonly order: Order }
  | { readonly kind: 'customer-limit' }
  /** These units are claimed by other orders. */
  | { readonly kind: 'collided'; readonly claims: readonly Claim[] };

/** What became of the end of a live order. */
export type ReleaseOutcome =
  | { readonly kind: 'released'; readonly order: Order }
  /** The order is no longer in that state and version (or, for expiry, not due): read it again. */
  | { readonly kind: 'changed' };

/** What became of a confirmation in time. */
export type ConfirmOutcome =
  | { readonly kind: 'confirmed'; readonly order: Order }
  /** The order is no longer in that state and version: read it again. */
  | { readonly kind: 'changed' };

/** What became of a confirmation after the hold’s end. */
export type RetakeOutcome =
  | ConfirmOutcome
  /** Another order claims one of its units, or its customer's limit has no room for them: nothing changed. */
  | { readonly kind: 'refused' };

/** What became of the note that a payment is to be paid back. */
export type RefundOutcome =
  /** The image lists the payment among its refunds: written now, or there before. */
  | { readonly kind: 'recorded'; readonly order: Order }
  /** The order is no longer in that state and version: read it again. */
  | { readonly kind: 'changed' };

/** Where a customer's orders lie: tags as in their order ids. */
export interface CustomerOrders {
  readonly customerId: string;
  readonly customerTag: string;
  readonly saleTag?: string;
}

/**
 * The truth (DynamoDB): orders, claims, allowances. protocol.md rules 13–23, 39, 40. All reads are strongly
 * consistent unless said otherwise. Throws UnavailableError when throttled, conflicting or away for longer than
 * its own retries; every operation may then simply be run again.
 */
export interface OrderLedger {
  /** Rules 13 and 25: the order as `held`, of the house as `withdrawn` (version 1), its claims and its customer's allowance, all or nothing. */
  commit(request: CommitRequest, nowMs: number): Promise<CommitOutcome>;
  /** Rules 17 and 20: writes `rejected` or `cancelled` (version 1, no units) if the ledger has no such order yet. */
  close(order: Order): Promise<{ readonly kind: 'closed'; readonly order: Order } | { readonly kind: 'exists'; readonly order: Order }>;
  /** Rule 18: one transaction from the image just read. Expiry only when overdue by more than the grace at nowMs. */
  release(order: Order, to: 'expired' | 'cancelled', nowMs: number): Promise<ReleaseOutcome>;
  /** Rule 21: one write from the image just read of a held order, overdue or not. Its claims stay as they are. */
  confirm(order: Order, payment: Payment, nowMs: number): Promise<ConfirmOutcome>;
  /**
   * Rule 22: one transaction from the image just read of an expired order: its units claimed again, its customer's allowance
   * raised under the limit that held at acceptance, and confirmed. Given up after withinMs, if that is less than its own time.
   */
  retake(order: Order, payment: Payment, nowMs: number, options?: { readonly withinMs?: number }): Promise<RetakeOutcome>;
  /**
   * Rule 23: adds the payment to those that the order must pay back, in any state, unless the image has it. The image just
   * read has less than limits.orderRefunds of them.
   */
  requireRefund(order: Order, payment: Payment): Promise<RefundOutcome>;
  read(orderId: string): Promise<Order | undefined>;
  /** Those of the orders that the ledger has, in no order. At most limits.batchGetItems ids, each once. */
  readAll(orderIds: readonly string[]): Promise<Order[]>;
  /**
   * Rule 14: `held` orders overdue by more than the grace, in the same sale and of the same customer as this order
   * (whose id says where the customer's orders are). At most limits.overdueOrders.
   */
  overdueOrders(order: Pick<Order, 'orderId' | 'saleId' | 'customerId'>, nowMs: number): Promise<Order[]>;
  /** Claims of a sku with unit numbers in [fromUnit, toUnit), page by page, in no order. */
  claims(saleId: string, sku: string, range: { readonly fromUnit: number; readonly toUnit: number }): AsyncIterable<Claim[]>;
  /** All orders of a sale, page by page: listed by an eventually consistent index, each then read strongly. */
  orders(saleId: string): AsyncIterable<Order[]>;
  /** A sale's orders behind a position, newest first, so many at a time; listed and read as `orders` are. */
  newestOrders(saleId: string, options: { readonly chunk: number; readonly after?: OrderPosition }): AsyncIterable<Order[]>;
  /** A customer's orders, of sales with one tag if it is given, page by page (1 MB each), in no order. */
  customerOrders(where: CustomerOrders): AsyncIterable<Order[]>;
  /**
   * Units counted against each customer's limit; 0 where no allowance was ever written. At most limits.batchGetItems
   * customers, each once.
   */
  allowances(saleId: string, customerIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** How a request is sent. */
export interface SendOptions {
  /** Nobody receives it before this has passed. */
  readonly delaySeconds?: number;
  /** Rule 10: by then the send has ended or is given up. Unsaid: after limits.queueAttempts tries. */
  readonly withinMs?: number;
}

/** The orders queue (SQS). Throws UnavailableError; the message may then have been sent all the same. */
export interface OrderQueue {
  send(request: CommitRequest, options?: SendOptions): Promise<void>;
  /** Approximate counts of messages. */
  depth(): Promise<{ readonly visible: number; readonly inFlight: number; readonly delayed: number }>;
}

/** The expiries queue (SQS): what is sent comes back when a hold ends. Throws UnavailableError; it may then have been sent all the same. */
export interface ExpiryQueue {
  send(notice: ExpiryNotice, options: { readonly delaySeconds: number }): Promise<void>;
}

/** What could not be processed (the dead-letter queue). */
export interface DeadLetters {
  count(): Promise<number>;
}
