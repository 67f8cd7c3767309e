import { RedisEngine } from '../../local/redis-engine/redis-engine.ts';

/** Writes that a failover of a shard may lose. */
const journalWrites = 8;

/** A cluster as far as it matters here: what lies in one slot is lost alone. Each hash tag has a shard of its own. */
export class RedisShards {
  readonly #nowMs: () => number;
  readonly #shards = new Map<string, RedisEngine>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The shard of a key. */
  readonly of = (key: string): RedisEngine => {
    const tag = /\{(.+?)\}/.exec(key)?.[1] ?? key;
    let shard = this.#shards.get(tag);
    if (!shard) {
      shard = new RedisEngine({ nowMs: this.#nowMs, journalWrites });
      this.#shards.set(tag, shard);
    }
    return shard;
  };

  /** Those that were ever used, in the order of their first use. */
  get all(): RedisEngine[] {
    return [...this.#shards.values()];
  }
}
