/** What an audit can find wrong, and the invariant it breaks (docs/protocol.md). */
export const findingKinds = {
  'unit-in-two-orders': 1,
  'unit-beyond-capacity': 2,
  'claim-without-live-order': 3,
  'order-without-claim': 3,
  'wrong-quantity': 3,
  /** More differs than can be looked at unit by unit. */
  'books-differ-widely': 3,
  'accepted-order-stuck': 4,
  'customer-over-limit': 5,
  'allowance-differs': 5,
  'order-id-not-minted': 6,
  /** The stream did not tell the report of every change. */
  'report-differs': 7,
  'gate-not-ready': 8,
  'gate-lacks-claimed-unit': 8,
  'gate-owner-differs': 8,
  'gate-holds-free-unit': 8,
  'gate-customer-count-differs': 8,
} as const;

/** Names what is wrong. */
export type FindingKind = keyof typeof findingKinds;

/** One thing that is wrong in the books of a sale, and where. */
export interface Finding {
  readonly kind: FindingKind;
  /** The invariant that it breaks: its number in docs/protocol.md. */
  readonly invariant: number;
  readonly sku?: string;
  readonly unit?: number;
  readonly orderId?: string;
  /** The customer, as the first 10 characters behind `ord_` of their order ids name them. */
  readonly customerTag?: string;
  readonly detail: string;
}

/** The same finding has the same name in every look. */
export function findingKey({ kind, sku, unit, orderId, customerTag, detail }: Finding): string {
  return [kind, sku, unit, orderId, customerTag, detail].join('|');
}
