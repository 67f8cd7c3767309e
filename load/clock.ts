import { setTimeout as sleep } from 'node:timers/promises';

/** Monotonic time for schedules and latencies. */
export interface Clock {
  /** Milliseconds since some fixed moment, with fractions. */
  nowMs(): number;
  /** Resolves after ms, or at once when the signal fires: never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The process's own clock. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await sleep(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    }
  },
};
