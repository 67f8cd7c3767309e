import { readTexts, text, type Item } from './attributes.ts';
import { seatChunkKey } from './keys.ts';

/** Attribute of a chunk: labels, in the order of their units. */
const labels = 'seats';

/** The item of a chunk of seats, its key included: at most limits.seatsPerChunk labels. */
export function toSeatChunk(saleId: string, sku: string, seatMap: string, chunk: number, seats: readonly string[]): Item {
  return { ...seatChunkKey(saleId, sku, seatMap, chunk), [labels]: { L: seats.map(text) } };
}

/** The labels of a stored chunk. Throws CorruptionError when the item is none. */
export function fromSeatChunk(item: Item): string[] {
  return readTexts(item, labels);
}
