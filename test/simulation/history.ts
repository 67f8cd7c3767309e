/** What one buyer was told of one order. */
export interface Told {
  readonly orderId: string;
  readonly customerId: string;
  readonly key: string;
  /** 202 for these bodies (as text), new or replayed. */
  readonly accepted: Set<string>;
  /** 409 was the last word about a new order: nobody waits for it any more. */
  refusedAsNew: boolean;
  /** Bodies sent under its key. */
  readonly asked: Set<string>;
  /** A cancel was answered 200. */
  cancelled: boolean;
  /** Losses of the gate that were known when the buyer first asked. */
  readonly lossesBefore: number;
  /** By the payment's id: what its teller was told last; undefined where nobody answered. */
  readonly payments: Map<string, 'taken' | 'refused' | 'ignored' | undefined>;
  /** Ids of the payments that the provider paid back, where that was answered. */
  readonly paidBack: Set<string>;
}

/** What callers were told, and what befell the gate: the promises that the checkers hold the system to. */
export class History {
  readonly orders = new Map<string, Told>();
  /** When the gate was wiped or failed over, in the order of time. */
  readonly gateLossesAtMs: number[] = [];
  failovers = 0;

  /** Wipes and failovers so far. */
  get gateLosses(): number {
    return this.gateLossesAtMs.length;
  }

  of(orderId: string, customerId: string, key: string): Told {
    const known = this.orders.get(orderId);
    if (known) return known;
    const told: Told = {
      orderId,
      customerId,
      key,
      accepted: new Set(),
      asked: new Set(),
      refusedAsNew: false,
      cancelled: false,
      payments: new Map(),
      paidBack: new Set(),
      lossesBefore: this.gateLosses,
    };
    this.orders.set(orderId, told);
    return told;
  }
}
