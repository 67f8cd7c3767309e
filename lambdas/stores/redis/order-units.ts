import { withUnits, type OrderLine } from '../../domain/orders/order.ts';

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
  const bySku = new Map<string, number[]>();
  for (const part of text === '' ? [] : text.split(';')) {
    const colon = part.indexOf(':');
    bySku.set(
      part.slice(0, colon),
      part
        .slice(colon + 1)
        .split(',')
        .map(Number),
    );
  }
  return withUnits(
    lines,
    lines.map((line) => (bySku.get(line.sku) ?? []).slice(0, line.quantity)),
  );
}
