/** One number of the bench: what it is, in which unit, what it should be and what it could be at best. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The bound it is held against; printed, never asserted. */
  readonly bound?: { readonly atMost: number } | { readonly atLeast: number };
  /** The best that physics or the engines allow, and why. */
  readonly floor?: { readonly value: number; readonly why: string };
}

/** The same figures under several conditions, side by side. */
export interface Comparison {
  /** Head of the first column: what a row is. */
  readonly of: string;
  /** Heads of the columns of values. */
  readonly columns: readonly string[];
  readonly rows: readonly ComparisonRow[];
}

/** One row of a comparison. */
export interface ComparisonRow {
  readonly name: string;
  /** Absent where each column has its own, in its head. */
  readonly unit?: string;
  /** One for each column; null: it does not apply. */
  readonly values: readonly (number | null)[];
  /** The bound of each value, where it has one; printed, never asserted. */
  readonly atMost?: readonly (number | undefined)[];
  /** What the values should be, or how they should grow, and why. */
  readonly expected: string;
}

/** What a measurement hands over. */
export interface Measurement {
  readonly name: string;
  readonly figures: readonly Figure[];
  readonly comparisons: readonly Comparison[];
}

/** True when the figure is within its bound, or has none. */
export function isWithin({ value, bound }: Figure): boolean {
  if (bound === undefined) return true;
  return 'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast;
}
