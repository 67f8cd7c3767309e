import { toOrderItem } from '../../lambdas/stores/dynamodb/order-item.ts';
import type { StreamHandler, StreamRecord } from '../../lambdas/runtime/stream-function.ts';
import type { Ended } from './function-environment.ts';
import type { StoredChange } from './simulated-ledger.ts';
import type { World } from './world.ts';

const shards = 2;
const batchRecords = 20;
const retryMs = 1000;

/** Invokes the consumer with an event. */
export type Consume = (event: Parameters<StreamHandler>[0]) => Promise<Ended<unknown>>;

/**
 * The stream of the orders table: the changes of one order in their order, each at least once, a batch again until it
 * is done ("Change data capture for DynamoDB Streams").
 */
export class SimulatedStream {
  readonly #world: World;
  readonly #consume: Consume;
  readonly #records: StreamRecord[][] = Array.from({ length: shards }, () => []);
  readonly #done: number[] = Array.from({ length: shards }, () => 0);
  readonly #running = new Set<number>();
  #sequence = 0;

  constructor(world: World, consume: Consume) {
    this.#world = world;
    this.#consume = consume;
  }

  /** Records that nobody has worked on to the end. */
  get waiting(): number {
    return this.#records.reduce((sum, records, shard) => sum + records.length - (this.#done[shard] ?? 0), 0);
  }

  tell({ before, after }: StoredChange): void {
    const shard = (after.orderId.codePointAt(4) ?? 0) % shards;
    this.#sequence += 1;
    this.#records[shard]?.push({
      dynamodb: {
        SequenceNumber: String(this.#sequence),
        NewImage: toOrderItem(after),
        ...(before ? { OldImage: toOrderItem(before) } : {}),
      },
    });
    this.#wake(shard, this.#world.random.between(20, 400));
  }

  #wake(shard: number, afterMs: number): void {
    if (this.#running.has(shard)) return;
    this.#running.add(shard);
    this.#world.timeline.after(afterMs, () => void this.#work(shard));
  }

  async #work(shard: number): Promise<void> {
    const from = this.#done[shard] ?? 0;
    const batch = (this.#records[shard] ?? []).slice(from, from + this.#world.random.whole(1, batchRecords));
    const ended = await this.#consume({ shardId: `shard-${shard}`, Records: batch });
    const done = ended.kind === 'returned';
    // A batch that was done may come once more: Lambda may die before it has noted where it was.
    if (done && !this.#world.random.chance(this.#world.rates.crashAfter)) this.#done[shard] = from + batch.length;
    this.#running.delete(shard);
    if ((this.#done[shard] ?? 0) < (this.#records[shard]?.length ?? 0)) this.#wake(shard, done ? 1 : retryMs);
  }
}
