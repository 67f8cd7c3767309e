import type { CommitRequest, Order } from '../orders/order.ts';
import type { Claim } from '../orders/ports.ts';
import type { Sale } from '../sales/sale.ts';

/** What the gate says to an order (rule 1). */
export type ReserveOutcome =
  /** Units set aside now; the request with them in its lines, to be sent. */
  | { readonly kind: 'reserved'; readonly request: CommitRequest }
  /** Known and not yet committed: the request that was kept, with its units, to be sent again. */
  | { readonly kind: 'pending'; readonly request: CommitRequest }
  /** Known and committed or closed: the order as it now stands. */
  | { readonly kind: 'replayed'; readonly order: Order }
  /** Known by its claims only (after a rebuild): the ledger must say. */
  | { readonly kind: 'ask-ledger' }
  | { readonly kind: 'fingerprint-differs' }
  | { readonly kind: 'customer-limit'; readonly remaining: number }
  /** Seats asked for that are another order's: their units, by sku, in the order in which they were asked for. */
  | { readonly kind: 'seat-taken'; readonly units: ReadonlyMap<string, readonly number[]> }
  /** Units left of each sku asked for. */
  | { readonly kind: 'sold-out'; readonly available: Readonly<Record<string, number>> }
  /** Not known, and only known orders were asked for. */
  | { readonly kind: 'unknown' }
  /** There is no gate, or it is being rebuilt. */
  | { readonly kind: 'busy' };

/** What the gate knows of an order, without setting anything aside (rule 11). */
export type PeekOutcome =
  | { readonly kind: 'known' }
  /** Live units of the customer; 0 when nobody was asked about. */
  | { readonly kind: 'unknown'; readonly customerUnits: number }
  /** There is no gate, or it is being rebuilt: it cannot say. */
  | { readonly kind: 'busy' };

/** What the gate has in place of units that collided (rule 4). */
export type DrawOutcome =
  | { readonly kind: 'drawn'; readonly request: CommitRequest }
  /** Somebody committed or closed the order meanwhile. */
  | { readonly kind: 'done' }
  | { readonly kind: 'none' }
  /** One of the collided units is a seat, which no other unit can replace. */
  | { readonly kind: 'seat-taken' }
  /** Gate not ready: put the message off. */
  | { readonly kind: 'park' };

/** Whether a pending order is to be sent again (rule 27). */
export type ResendOutcome =
  /** To be sent now: the request that was kept, with its units. */
  | { readonly kind: 'again'; readonly request: CommitRequest }
  /** It was sent again a while ago, or as often as it may be, or it is not pending any more. */
  | { readonly kind: 'waiting' | 'stuck' | 'settled' };

/** An order as the gate knows it. `order` is missing in a stub: known by its claims only. */
export interface GateOrder {
  readonly version: number;
  readonly order?: Order;
}

/** A unit that is set aside, and for which order. */
export interface UnitOwner {
  readonly unit: number;
  readonly orderId: string;
}

/** An order that was accepted, of whose commit the gate has not heard. */
export interface PendingOrder {
  readonly orderId: string;
  readonly acceptedAtMs: number;
}

/** The gate of a sale, as far as its capacities go: of which version of the sale it must be. */
export type GateOfSale = Pick<Sale, 'saleId' | 'gateVersion'>;

/** What a gate is made by. */
export interface RebuildOptions {
  /** A ready gate of the same version too: of a sale that has never opened. */
  readonly remake: boolean;
  /** How the sale is cut from now on, 1 to 16. */
  readonly lanes: number;
  /** The version of the sale that it is of from now on. */
  readonly gateVersion: number;
}

/** `locked`: another rebuild is under way. */
export type RebuildBeginning = 'started' | 'ready' | 'locked';

/** `none`: lost, dropped, or never made. Only a ready gate takes orders. */
export type GateState = 'none' | 'rebuilding' | 'ready';

/** Which seats are set aside. */
export interface TakenSeats {
  readonly state: GateState;
  /** One bit a unit; false for a unit that the gate has never given. */
  readonly isTaken: (unit: number) => boolean;
}

/** How a gate stands, in one read. */
export interface GateSummary {
  readonly state: GateState;
  /** Units whose bit is clear, by sku. */
  readonly available: Readonly<Record<string, number>>;
  /** Accepted orders the ledger does not have yet, as far as the gate knows. */
  readonly pendingOrders: number;
  /** When the oldest of them was accepted; undefined when there is none. */
  readonly oldestPendingAtMs?: number;
}

/** A place to wait: whose order is waited for, and a name of this wait that no other has. */
export interface WaitPlace {
  readonly customerId: string;
  readonly waitId: string;
}

/**
 * The gate (Redis): hands out unit numbers fast, and may forget. protocol.md rules 1–7, 11, 31–35. Each method
 * is one round trip and one atomic effect, in a sale of several lanes one for each lane it concerns (ADR 0015); a listing is
 * one a page. Throws UnavailableError when Redis is away or slow.
 */
export interface StockGate {
  /** Rule 1. A line with seats asks for just its units. With `knownOnly` nothing new is set aside (the sale is closed, or sold out by a fresh answer). */
  reserve(request: CommitRequest, options?: { readonly knownOnly: boolean }): Promise<ReserveOutcome>;
  /** Rule 11: one cheap read before an answer from the near cache; of the customer's units too unless `customerId` is '' (then 0). */
  peek(saleId: string, orderId: string, customerId: string): Promise<PeekOutcome>;
  /** Rule 2: the image of an order, newer versions only. */
  apply(order: Order): Promise<void>;
  /** Rule 3: units claimed by these orders according to the ledger. */
  mark(saleId: string, claims: readonly Claim[]): Promise<void>;
  /** Rule 4: other units in place of the collided ones; a seat has no other. */
  draw(request: CommitRequest, collided: readonly Claim[]): Promise<DrawOutcome>;
  /** Rule 5: takes an expired order's units again, all or none. They count for its customer at once, by the limit at its acceptance. */
  retake(expired: Order, nowMs: number): Promise<'taken' | 'refused' | 'busy'>;
  /**
   * Ends a retake that no claim followed: the order, as just read in the ledger, is still expired at this version. Its units
   * are clear and count for nobody. False within limits.retakeProtectMs of the retake, or if there was none.
   */
  endRetake(expired: Order, nowMs: number): Promise<boolean>;
  /** Rule 6: frees a unit of an order that the ledger no longer lists for it at this version. */
  free(saleId: string, sku: string, unit: number, orderId: string, versionRead: number, nowMs: number): Promise<boolean>;
  /** The order's home lane knows of these claims of units in other lanes. A sale of one lane has none. At most limits.gateBulkUnits. */
  noteElsewhere(saleId: string, claims: readonly Claim[]): Promise<void>;
  /**
   * A unit that an order has set aside, whose item the ledger was just seen not to have: given back if it was lent by another lane
   * to a gathering of which the order's home lane knows nothing any more. False otherwise, and always in a sale of one lane (CE-7).
   */
  giveBackUnwanted(saleId: string, sku: string, unit: number, orderId: string): Promise<boolean>;
  /**
   * Orders of which the gate may have forgotten how they ended, because it has failed over since all were compared with the ledger;
   * those of servers that have not are left out. Page by page, limits.doubtfulOrders or somewhat more. A page counts as compared
   * when the next is asked for: who stops before that begins with it again, whenever that is.
   */
  doubtfulOrders(saleId: string): AsyncIterable<readonly string[]>;
  /** Takes the right to compare a sku with the ledger after a collision: one caller in limits.comparisonEveryMs has it. Lost by a failover: then a second has it too. */
  beginComparison(saleId: string, sku: string): Promise<boolean>;
  /**
   * Names the servers that have the gate now. Another name than before: one of them has failed over meanwhile and may have
   * forgotten its last writes. The same: what was read or written since then still stands.
   */
  incarnation(saleId: string): Promise<string>;
  /** Rule 7: capacity only grows. No effect on a gate that does not exist, or is of another version of the sale. */
  setCapacity(sale: GateOfSale, sku: string, capacity: number): Promise<void>;
  /**
   * Rule 31: takes the lock and empties the gate. A `ready` gate is left alone, unless it is of an older version of the sale than
   * this one, or to be made anew all the same (`remake`). `skus`: every sku the sale has or had.
   */
  beginRebuild(saleId: string, token: string, skus: readonly string[], options: RebuildOptions): Promise<RebuildBeginning>;
  /** Rule 7, `load`: at most limits.rebuildChunkClaims claims of one sku; renews the lock. False: the token is no longer ours. */
  load(saleId: string, token: string, sku: string, claims: readonly Claim[]): Promise<boolean>;
  /** Renews the lock while waiting. False: the token is no longer ours. */
  renew(saleId: string, token: string): Promise<boolean>;
  /** Rule 7, `publish`: ready, if the token is ours and all chunks arrived. */
  publish(sale: GateOfSale, token: string, chunks: number, capacities: Readonly<Record<string, number>>): Promise<boolean>;
  /** Rule 27: takes the right to send a pending order again: limits.pendingResends times, each wait twice the last. */
  resend(saleId: string, orderId: string, nowMs: number): Promise<ResendOutcome>;
  /** Rule 28: orders whose hold ended before that by the gate's list, the longest first. At most limits.overdueHolds. */
  overdueHolds(saleId: string, endedBeforeMs: number): Promise<string[]>;
  /** Forgets a gate that is ready and has neither pending nor held orders, all of it at once. False: it has, or there is none. */
  drop(saleId: string, skus: readonly string[]): Promise<boolean>;
  /** Rule 36: the order a poll asks for, one read. */
  order(saleId: string, orderId: string): Promise<GateOrder | undefined>;
  summary(saleId: string, skus: readonly string[]): Promise<GateSummary>;
  /** The bitmap of a sku: capacity ÷ 8 bytes, 250 for 2,000 seats. */
  takenSeats(saleId: string, sku: string, capacity: number): Promise<TakenSeats>;
  /** Set bits and their owners among units [from, from + limits.gateBulkUnits). */
  owners(saleId: string, sku: string, fromUnit: number): Promise<UnitOwner[]>;
  /** Accepted orders that the gate still waits for, page by page, in no order: one that waits all the while comes at least once. */
  pending(saleId: string): AsyncIterable<PendingOrder[]>;
  /** Those of the orders that the gate still waits for. At most limits.gateBulkUnits ids. */
  pendingAmong(saleId: string, orderIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Live units each customer has by the gate's count, in the order asked. At most limits.gateBulkUnits customers. */
  customerUnits(saleId: string, customerIds: readonly string[]): Promise<number[]>;
  /**
   * One of limits.waitersPerSale places to wait for a commit, of which one customer has at most limits.waitersPerCustomer; false when
   * there is none. Held until `leaveWait` of the same, or its deadline.
   */
  enterWait(saleId: string, place: WaitPlace, nowMs: number, untilMs: number): Promise<boolean>;
  leaveWait(saleId: string, place: WaitPlace): Promise<void>;
}

/** Near cache of what was left when the gate last refused for want of units: at most limits.soldOutCacheMs old. */
export interface SoldOutMemory {
  remember(saleId: string, available: Readonly<Record<string, number>>): void;
  recall(saleId: string): Readonly<Record<string, number>> | undefined;
}

/** Near cache of the taken seats of a sku: at most limits.availabilityCacheMs old. Throws UnavailableError while the gate is away or being built. */
export interface TakenSeatsReader {
  takenSeats(saleId: string, sku: string, capacity: number): Promise<Pick<TakenSeats, 'isTaken'> & { readonly asOfMs: number }>;
}

/** Near cache of how many units are left: at most limits.availabilityCacheMs old. Throws UnavailableError while the gate is away or being built. */
export interface AvailabilityReader {
  available(
    saleId: string,
    skus: readonly string[],
  ): Promise<{ readonly available: Readonly<Record<string, number>>; readonly asOfMs: number }>;
}
