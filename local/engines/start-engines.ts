import { type FrontDoor, startFrontDoor } from '../front-door/start-front-door.ts';
import type { Timings } from '../timings.ts';
import { startDynoxide, type TableEngine } from './start-dynoxide.ts';
import { type CacheEngine, startRedis } from './start-redis.ts';

/** The engines below the system, before anything is made in them. */
export interface Engines {
  readonly tables: TableEngine;
  readonly cache: CacheEngine;
  readonly frontDoor: FrontDoor;
  stop(): Promise<void>;
}

export interface EngineOptions {
  readonly dir: string;
  /** Whether tables and cache stay in `dir`. */
  readonly keep: boolean;
  readonly redisUrl: string | undefined;
  readonly region: string;
}

/** Starts all engines at once. When one fails, the others are stopped before the error is thrown. */
export async function startEngines({ dir, keep, redisUrl, region }: EngineOptions, timings: Timings): Promise<Engines> {
  const starting = [
    timings.time('dynoxide', () => startDynoxide(dir, keep)),
    timings.time('redis', () => startRedis(dir, keep, redisUrl)),
    timings.time('front door', () => startFrontDoor(region)),
  ] as const;
  const stopAll = async () => {
    const [tables, cache, frontDoor] = await Promise.allSettled(starting);
    await Promise.all([
      tables.status === 'fulfilled' ? tables.value.process.stop() : undefined,
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
