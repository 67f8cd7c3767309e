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

/** What a measurement hands over. */
export interface Measurement {
  readonly name: string;
  readonly figures: readonly Figure[];
}

const digits = (value: number): string => (Number.isInteger(value) || Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2));

/** True when the figure is within its bound, or has none. */
export function isWithin({ value, bound }: Figure): boolean {
  if (bound === undefined) return true;
  return 'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast;
}

/** One printed line: the figure, its bound and its distance to the floor. */
export function figureLine(figure: Figure): string {
  const { name, value, unit, bound, floor } = figure;
  const head = `  ${name.padEnd(46)} ${digits(value).padStart(9)} ${unit.padEnd(9)}`;
  const limit =
    bound === undefined ? '' : `${'atMost' in bound ? `≤ ${bound.atMost}` : `≥ ${bound.atLeast}`} ${isWithin(figure) ? 'met' : 'MISSED'}`;
  const best = floor === undefined ? '' : `floor ${digits(floor.value)}${distance(value, floor.value)}: ${floor.why}`;
  return `${head} ${limit.padEnd(16)} ${best}`.trimEnd();
}

function distance(value: number, floor: number): string {
  return floor > 0 ? ` (${(value / floor).toFixed(2)} ×)` : '';
}
