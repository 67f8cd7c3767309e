import { RedisEngine } from '../../local/redis-engine/redis-engine.ts';

/** Writes that a failover of a shard may lose. */
const journalWrites = 8;
/** … if they are not older: a replica that lags by more is none that a cluster would promote (Redis' own min-replicas-max-lag). */
const lagMs = 10_000;

interface Shard {
  readonly engine: RedisEngine;
  /** When each of its last writes was made, of as many as can be taken back. */
  readonly writtenAtMs: number[];
  writes: number;
}

/** A cluster as far as it matters here: what lies in one slot is lost alone. Each hash tag has a shard of its own. */
export class RedisShards {
  readonly #nowMs: () => number;
  readonly #shards = new Map<string, Shard>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The shard of a key. */
  readonly of = (key: string): RedisEngine => {
    const tag = /\{(.+?)\}/.exec(key)?.[1] ?? key;
    let shard = this.#shards.get(tag);
    if (!shard) {
      shard = { engine: new RedisEngine({ nowMs: this.#nowMs, journalWrites }), writtenAtMs: [], writes: 0 };
      this.#shards.set(tag, shard);
    }
    return shard.engine;
  };

  /** Those that were ever used, in the order of their first use. */
  get all(): RedisEngine[] {
    return [...this.#shards.values()].map(({ engine }) => engine);
  }

  /** To be called after each effect: notes when a shard was written to. */
  readonly note = (): void => {
    for (const shard of this.#shards.values()) {
      for (; shard.writes < shard.engine.writes; shard.writes += 1) shard.writtenAtMs.push(this.#nowMs());
      shard.writtenAtMs.splice(0, shard.writtenAtMs.length - journalWrites);
    }
  };

  /** The shard fails over to a replica that has not got its last writes, so many at most. */
  failOver(failed: RedisEngine, most: number): void {
    const shard = [...this.#shards.values()].find(({ engine }) => engine === failed);
    const recent = shard?.writtenAtMs.filter((atMs) => atMs >= this.#nowMs() - lagMs).length ?? 0;
    const lost = Math.min(most, recent, failed.rememberedWrites);
    failed.rollBack(lost);
    shard?.writtenAtMs.splice(shard.writtenAtMs.length - lost);
  }
}
