import { setTimeout as delay } from 'node:timers/promises';
import { localLimits } from '../local-limits.ts';
import type { GuardedProcess } from './guarded-process.ts';

/**
 * Waits until `probe` no longer throws. Throws, with the engine's name and log, when the engine ends first or does
 * not answer within `engineStartMs`.
 */
export async function awaitEngine<T>(name: string, engine: GuardedProcess, logFile: string, probe: () => Promise<T>): Promise<T> {
  let end: string | undefined;
  void engine.ended.then((how) => (end = how));
  const deadline = performance.now() + localLimits.engineStartMs;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (end !== undefined) throw new Error(`${name} ${end}; its log: ${logFile}`, { cause: error });
      if (performance.now() > deadline)
        throw new Error(`${name} does not answer after ${localLimits.engineStartMs} ms; its log: ${logFile}`, { cause: error });
    }
    await delay(10);
  }
}
