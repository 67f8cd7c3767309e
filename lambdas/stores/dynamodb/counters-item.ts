import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { ShardCounts } from '../../domain/books/ports.ts';
import { type LedgerState, Tally, type UnitCounts } from '../../domain/books/tally.ts';
import { number, readList, readMap, readNumber, readText, text, type Item } from './attributes.ts';

/** Attribute that a write's condition names. */
export const lastSequenceAttribute = 'n';

const unitKinds = ['held', 'confirmed', 'withdrawn'] as const satisfies readonly (keyof UnitCounts)[];

/** Attributes of what one shard added to the books of a sale; the key is not among them. */
export function toCountersItem({ tally, lastSequence, changedAtMs }: ShardCounts): Item {
  const units = [...tally.units].map(([sku, counts]): [string, AttributeValue] => [
    sku,
    { L: unitKinds.map((kind) => number(counts[kind])) },
  ]);
  return {
    [lastSequenceAttribute]: text(lastSequence),
    t: number(changedAtMs),
    o: { M: Object.fromEntries(Object.entries(tally.orders).map(([state, count]) => [state, number(count)])) },
    k: { M: Object.fromEntries(units) },
    r: number(tally.revenueMinor),
  };
}

/** What a stored item says. Throws CorruptionError. */
export function fromCountersItem(item: Item): ShardCounts {
  const tally = new Tally();
  const orders = readMap(item, 'o');
  for (const state of Object.keys(tally.orders)) tally.orders[state as LedgerState] = readNumber(orders, state);
  const units = readMap(item, 'k');
  for (const sku of Object.keys(units)) {
    const counts = tally.unitsOf(sku);
    for (const [index, value] of readList(units, sku).entries()) {
      const kind = unitKinds[index];
      if (kind !== undefined) counts[kind] = readNumber({ value }, 'value');
    }
  }
  tally.revenueMinor = readNumber(item, 'r');
  return { tally, lastSequence: readText(item, lastSequenceAttribute), changedAtMs: readNumber(item, 't') };
}
