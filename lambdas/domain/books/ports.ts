import type { Tally } from './tally.ts';

/** What the changes of one sale seen in one shard of the orders table's stream add up to. */
export interface ShardCounts {
  readonly tally: Tally;
  /** Sequence number of the last change that is counted: digits, to be compared as a number. */
  readonly lastSequence: string;
  /** When the newest of these changes was made, by the clock of who made it (epoch ms). */
  readonly changedAtMs: number;
}

/** The report's counters (DynamoDB), one entry for each sale and shard. Strongly consistent. Throws UnavailableError. */
export interface BookCounters {
  read(saleId: string, shardId: string): Promise<ShardCounts | undefined>;
  /** Written only if the stored last sequence number is `previous` (undefined: if nothing is stored). */
  write(saleId: string, shardId: string, counts: ShardCounts, previous: string | undefined): Promise<'written' | 'conflict'>;
  /** Of all shards that ever had a change of the sale: some 6 a day for each partition of the table. */
  all(saleId: string): Promise<ShardCounts[]>;
}
