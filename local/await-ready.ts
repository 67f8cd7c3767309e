import { setTimeout as delay } from 'node:timers/promises';
import { localLimits } from './local-limits.ts';

/**
 * Polls GET /v1/ready until it answers 200.
 * @throws Error with its last answer after `readyMs`.
 */
export async function awaitReady(url: string): Promise<void> {
  const deadline = performance.now() + localLimits.readyMs;
  for (;;) {
    const response = await fetch(`${url}/v1/ready`, { signal: AbortSignal.timeout(localLimits.callMs) });
    const body = await response.text();
    if (response.status === 200) return;
    if (performance.now() > deadline)
      throw new Error(`GET /v1/ready still answers ${response.status} after ${localLimits.readyMs} ms: ${body}`);
    await delay(localLimits.readyPollMs);
  }
}
