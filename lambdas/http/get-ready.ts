import { limits } from '../contracts/limits.ts';
import { UnavailableError } from '../domain/kernel/faults.ts';
import type { ApiHandler } from '../runtime/api.ts';
import type { Log } from '../runtime/log.ts';

/** One dependency and how to touch it; a rejection means it is not ready. */
export interface Probe {
  readonly name: string;
  touch(): Promise<unknown>;
}

/** GET /v1/ready: 200 when every dependency answers, else 503; the cause goes to the log, not to the caller. */
export function getReady(probes: readonly Probe[], log: Log): ApiHandler {
  return async () => {
    const states = await Promise.all(probes.map(async (probe) => [probe.name, await stateOf(probe, log)] as const));
    const ready = states.every(([, state]) => state.ok);
    return {
      status: ready ? 200 : 503,
      body: { ready, dependencies: Object.fromEntries(states) },
      ...(ready ? {} : { headers: { 'retry-after': String(limits.gateRetryAfterSeconds) } }),
    };
  };
}

async function stateOf(probe: Probe, log: Log): Promise<{ ok: boolean; detail?: string }> {
  try {
    await probe.touch();
    return { ok: true };
  } catch (error) {
    log.error('dependency not ready', error, { dependency: probe.name });
    return { ok: false, detail: error instanceof UnavailableError ? 'away or slow' : 'refused or misconfigured: see the log' };
  }
}
