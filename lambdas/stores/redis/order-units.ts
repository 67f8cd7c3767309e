import { withUnits, type OrderLine } from '../../domain/orders/order.ts';

/** The seats of an order, which the gate may not replace by others: units of its lines that name seats. */
export function formatSeats(lines: readonly OrderLine[]): string {
  return formatUnits(lines.filter((line) => line.seats !== undefined));
}

/** Units as the scripts know them: `a:1,2;b:3`. Lines without units are left out. */
export function formatUnits(lines: readonly OrderLine[]): string {
  return lines
    .filter((line) => line.units.length > 0)
    .map((line) => `${line.sku}:${line.units.join(',')}`)
    .join(';');
}

/**
 * The lines with units of such a text: each the first `quantity` of its sku. An entry may list more, namely units that
 * the ledger says are claimed, marked behind those it was given.
 */
export function fillUnits(lines: readonly OrderLine[], text: string): OrderLine[] {
  const bySku = parseUnits(text);
  return withUnits(
    lines,
    lines.map((line) => (bySku.get(line.sku) ?? []).slice(0, line.quantity)),
  );
}

/** The units of such a text, by sku. */
export function parseUnits(text: string): Map<string, number[]> {
  const bySku = new Map<string, number[]>();
  for (const part of text === '' ? [] : text.split(';')) {
    const colon = part.indexOf(':');
    const units = part.slice(colon + 1).split(',');
    bySku.set(part.slice(0, colon), units.map(Number));
  }
  return bySku;
}
