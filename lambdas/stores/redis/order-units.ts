import { withUnits, type OrderLine } from '../../domain/orders/order.ts';

/** Units by sku. */
export type Units = ReadonlyMap<string, readonly number[]>;

/** How a text numbers a unit; undefined: the unit is not in it. */
export type Numbering = (unit: number) => number | undefined;

/** The seats of an order, which the gate may not replace by others: units of its lines that name seats. */
export function seatsOf(lines: readonly OrderLine[]): Units {
  return unitsOf(lines.filter((line) => line.seats !== undefined));
}

/** The units of an order's lines. */
export function unitsOf(lines: readonly OrderLine[]): Units {
  return new Map(lines.map(({ sku, units }) => [sku, units]));
}

/** Units as the scripts know them: `a:1,2;b:3`. Skus without units are left out. */
export function formatUnits(units: Units, numbering: Numbering): string {
  const parts: string[] = [];
  for (const [sku, list] of units) {
    const numbers = list.map(numbering).filter((number) => number !== undefined);
    if (numbers.length > 0) parts.push(`${sku}:${numbers.join(',')}`);
  }
  return parts.join(';');
}

/** The units of such a text, by sku. */
export function parseUnits(text: string, numbering: (number: number) => number): Map<string, number[]> {
  const units = new Map<string, number[]>();
  for (const part of text === '' ? [] : text.split(';')) {
    const colon = part.indexOf(':');
    const numbers = part.slice(colon + 1).split(',');
    units.set(
      part.slice(0, colon),
      numbers.map((number) => numbering(Number(number))),
    );
  }
  return units;
}

/** All of several, each sku's in the order of the arguments. */
export function joinUnits(...several: readonly Units[]): Map<string, number[]> {
  const joined = new Map<string, number[]>();
  for (const units of several) for (const [sku, list] of units) joined.set(sku, [...(joined.get(sku) ?? []), ...list]);
  return joined;
}

/**
 * The lines with these units: each the first `quantity` of its sku. An entry may list more, namely units that the ledger
 * says are claimed, marked behind those it was given. A line with seats keeps its own, which stand in the order of the seats.
 */
export function fillUnits(lines: readonly OrderLine[], units: Units): OrderLine[] {
  return withUnits(
    lines,
    lines.map((line) => (line.seats ? line.units : (units.get(line.sku) ?? []).slice(0, line.quantity))),
  );
}
