import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../domain/kernel/ports.ts';

/** The function's own clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: async (ms) => {
    await sleep(ms);
  },
};

/** Waiting and chance for retries. */
export const systemBackoff = { sleep: (ms: number) => systemClock.sleep(ms), random: Math.random };
