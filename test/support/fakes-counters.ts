import type { BookCounters, ShardCounts } from '../../lambdas/domain/books/ports.ts';
import { Tally } from '../../lambdas/domain/books/tally.ts';
import type { Order } from '../../lambdas/domain/orders/order.ts';

/** The counters over a map: each call is one atomic step. */
export class InMemoryCounters implements BookCounters {
  readonly stored = new Map<string, ShardCounts>();
  writes = 0;

  /** Counts these orders as if the stream had told of them. */
  count(saleId: string, orders: readonly Order[], changedAtMs = 0, shardId = 'shard'): this {
    const tally = new Tally();
    for (const order of orders) tally.count(order, 1);
    this.stored.set(`${saleId}|${shardId}`, { tally, lastSequence: '1', changedAtMs });
    return this;
  }

  read(saleId: string, shardId: string): Promise<ShardCounts | undefined> {
    return Promise.resolve(this.stored.get(`${saleId}|${shardId}`));
  }

  write(saleId: string, shardId: string, counts: ShardCounts, previous: string | undefined): Promise<'written' | 'conflict'> {
    const key = `${saleId}|${shardId}`;
    if (this.stored.get(key)?.lastSequence !== previous) return Promise.resolve('conflict');
    this.writes += 1;
    this.stored.set(key, counts);
    return Promise.resolve('written');
  }

  all(saleId: string): Promise<ShardCounts[]> {
    return Promise.resolve([...this.stored].filter(([key]) => key.startsWith(`${saleId}|`)).map(([, counts]) => counts));
  }
}
