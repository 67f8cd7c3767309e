import type { SeatedItem } from './ports.ts';
import type { Item, Sale } from './sale.ts';
import { isMapOf, seatMapName } from './seat-map.ts';

/** An item as an operator puts it. */
export type ItemDraft = Omit<Item, 'capacity' | 'seatMap'> &
  (
    | { readonly seating: 'general'; readonly capacity: number }
    /** Without `seats` the item keeps those it has. Its capacity is their number, and may be said as well. */
    | { readonly seating: 'assigned'; readonly seats?: readonly string[]; readonly capacity?: number }
  );

/** Seats that no version of the sale has had: to be written before the version that names them. */
export interface NewSeats {
  readonly item: SeatedItem;
  readonly labels: readonly string[];
}

/** The items of a sale’s next version, or what is wrong with their seats. */
export type ItemsOutcome =
  | { readonly kind: 'drafted'; readonly items: readonly Item[]; readonly newSeats: readonly NewSeats[] }
  /** Position of an item of assigned seating that neither names seats nor has any. */
  | { readonly kind: 'seats-missing'; readonly item: number }
  /** Position of an item whose stored seats are as many, and not as many as was said. */
  | { readonly kind: 'seats-miscounted'; readonly item: number; readonly seats: number };

/** The items of the next version of a sale, from what was put and what is stored. */
export function draftItems(stored: Sale | undefined, version: number, drafts: readonly ItemDraft[]): ItemsOutcome {
  const before = new Map(stored?.items.map((item) => [item.sku, item]));
  const items: Item[] = [];
  const newSeats: NewSeats[] = [];
  for (const [index, draft] of drafts.entries()) {
    const { sku, name, unitPriceMinor, orderLimit } = draft;
    const terms = { sku, name, unitPriceMinor, orderLimit };
    const known = before.get(sku);
    if (draft.seating === 'general') {
      items.push({ ...terms, capacity: draft.capacity });
    } else if (draft.seats === undefined) {
      if (known?.seatMap === undefined) return { kind: 'seats-missing', item: index };
      const { capacity, seatMap } = known;
      if (draft.capacity !== undefined && draft.capacity !== capacity) return { kind: 'seats-miscounted', item: index, seats: capacity };
      items.push({ ...terms, capacity, seatMap });
    } else {
      const same = isMapOf(known?.seatMap, draft.seats) ? known?.seatMap : undefined;
      const item = { ...terms, capacity: draft.seats.length, seatMap: same ?? seatMapName(version, draft.seats) };
      items.push(item);
      if (same === undefined) newSeats.push({ item, labels: draft.seats });
    }
  }
  return { kind: 'drafted', items, newSeats };
}
