import { limits } from '../../contracts/limits.ts';
import { UnavailableError } from '../kernel/faults.ts';
import type { Order } from '../orders/order.ts';
import type { BookCounters, ShardCounts } from './ports.ts';
import { Tally } from './tally.ts';

/** One change of an order, as the stream tells it. */
export interface OrderChange {
  /** Grows within a shard; digits, to be compared as a number. */
  readonly sequence: string;
  readonly before?: Order;
  readonly after?: Order;
}

/**
 * Counts changes of one shard, in their order, exactly once. A shard gives each change at least once and new ones
 * always in order (AWS, "Implementing stateful DynamoDB stream processing in Lambda"), so the last sequence number
 * counted says of every change whether it is counted; it is stored with the counts, in one conditional write a sale.
 * Dying between two sales, a lost answer, a whole batch again, an old batch late: all are told by that number.
 */
export async function countChanges(counters: BookCounters, shardId: string, changes: readonly OrderChange[]): Promise<void> {
  const bySale = Map.groupBy(changes, ({ before, after }) => (after ?? before)?.saleId);
  for (const [saleId, ofSale] of bySale) if (saleId !== undefined) await countSale(counters, saleId, shardId, ofSale);
}

async function countSale(counters: BookCounters, saleId: string, shardId: string, changes: readonly OrderChange[]): Promise<void> {
  for (let attempt = 1; attempt <= limits.counterAttempts; attempt += 1) {
    const stored = await counters.read(saleId, shardId);
    const last = BigInt(stored?.lastSequence ?? -1);
    const fresh = changes.filter(({ sequence }) => BigInt(sequence) > last);
    if (fresh.length === 0) return;
    const written = await counters.write(saleId, shardId, countedOn(stored, fresh), stored?.lastSequence);
    if (written === 'written') return;
  }
  throw new UnavailableError('ledger', `the counters of a sale were changed by others ${limits.counterAttempts} times in a row`);
}

function countedOn(stored: ShardCounts | undefined, changes: readonly OrderChange[]): ShardCounts {
  const tally = new Tally();
  if (stored) tally.add(stored.tally);
  let lastSequence = stored?.lastSequence ?? '0';
  let changedAtMs = stored?.changedAtMs ?? 0;
  for (const { sequence, before, after } of changes) {
    if (before) tally.count(before, -1);
    if (after) tally.count(after, 1);
    if (BigInt(sequence) >= BigInt(lastSequence)) lastSequence = sequence;
    changedAtMs = Math.max(changedAtMs, changedAt(after));
  }
  return { tally, lastSequence, changedAtMs };
}

function changedAt(order: Order | undefined): number {
  return Math.max(order?.heldAtMs ?? 0, order?.confirmedAtMs ?? 0, order?.closedAtMs ?? 0);
}
