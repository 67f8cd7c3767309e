import type { SeatMapReader } from '../sales/ports.ts';
import { isSeated, type Sale } from '../sales/sale.ts';
import type { Asked } from './fingerprint.ts';
import type { OrderLine } from './order.ts';

/** What is wrong with the seats of a line, by its position: and of which of them, by its position in the line. */
export type SeatFault =
  | { readonly kind: 'seats-needed' | 'no-seats'; readonly line: number }
  | { readonly kind: 'unknown-seat'; readonly line: number; readonly seat: number };

/** The lines as the gate is asked for them, or what is wrong with their seats. */
export type LinesOutcome =
  | { readonly kind: 'asked'; readonly lines: OrderLine[] }
  | { readonly kind: 'wrong-seats'; readonly faults: readonly SeatFault[] };

/**
 * The lines of an order, all of whose skus the sale has, with their prices and, where seats are named, with the units
 * that these are. Throws UnavailableError.
 */
export async function askLines(seatMaps: SeatMapReader, sale: Sale, asked: Asked['lines']): Promise<LinesOutcome> {
  const items = new Map(sale.items.map((item) => [item.sku, item]));
  const lines: OrderLine[] = [];
  const faults: SeatFault[] = [];
  for (const [line, { sku, quantity, seats }] of asked.entries()) {
    const item = items.get(sku);
    const terms = { sku, quantity, unitPriceMinor: item?.unitPriceMinor ?? 0 };
    if (!item || !isSeated(item)) {
      if (seats) faults.push({ kind: 'no-seats', line });
      lines.push({ ...terms, units: [] });
    } else if (!seats) {
      faults.push({ kind: 'seats-needed', line });
    } else {
      const map = await seatMaps.seats(sale.saleId, item);
      const units = seats.map((label) => map.unitOf(label));
      for (const [seat, unit] of units.entries()) if (unit === undefined) faults.push({ kind: 'unknown-seat', line, seat });
      lines.push({ ...terms, units: units.filter((unit) => unit !== undefined), seats: [...seats] });
    }
  }
  return faults.length > 0 ? { kind: 'wrong-seats', faults } : { kind: 'asked', lines };
}
