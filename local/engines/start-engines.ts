import { type FrontDoor, startFrontDoor } from '../front-door/start-front-door.ts';
import type { Timings } from '../timings.ts';
import { connectTables } from './connect-tables.ts';
import { startDynoxide, type TableEngine } from './start-dynoxide.ts';
import { type CacheEngine, startRedis } from './start-redis.ts';

/** The engines below the system, before anything is made in them. */
export interface Engines {
  readonly tables: TableEngine;
  readonly cache: CacheEngine;
  readonly frontDoor: FrontDoor;
  stop(): Promise<void>;
}

/** Where the engines keep what they store, and which of them are there already. */
export interface EngineOptions {
  readonly dir: string;
  /** Whether tables and cache stay in `dir`. */
  readonly keep: boolean;
  /** Engines that are there already, to be used instead of some of our own. */
  readonly existing: ExistingEngines;
  readonly region: string;
}

/** URLs of engines that are there already, which others may use too; none where undefined or empty. */
export interface ExistingEngines {
  readonly redis?: string | undefined;
  readonly dynamodb?: string | undefined;
  readonly sqs?: string | undefined;
}

/** Starts all engines at once. When one fails, the others are stopped before the error is thrown. */
export async function startEngines({ dir, keep, existing, region }: EngineOptions, timings: Timings): Promise<Engines> {
  const starting = [
    timings.time('dynoxide', () => (existing.dynamodb ? connectTables(existing.dynamodb) : startDynoxide(dir, keep))),
    timings.time('redis', () => startRedis(dir, keep, existing.redis)),
    timings.time('front door', () => startFrontDoor({ region, queuesUrl: existing.sqs || undefined })),
  ] as const;
  const stopAll = async () => {
    const [tables, cache, frontDoor] = await Promise.allSettled(starting);
    await Promise.all([
      tables.status === 'fulfilled' ? tables.value.stop() : undefined,
      cache.status === 'fulfilled' ? cache.value.stop() : undefined,
      frontDoor.status === 'fulfilled' ? frontDoor.value.stop() : undefined,
    ]);
  };
  try {
    const [tables, cache, frontDoor] = await Promise.all(starting);
    return { tables, cache, frontDoor, stop: stopAll };
  } catch (error) {
    await stopAll();
    throw error;
  }
}
