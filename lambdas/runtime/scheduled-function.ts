import withMiddleware from '@middy/core';
import type { Log } from './log.ts';
import type { FunctionMeter } from './meter.ts';
import { getReady } from './get-ready.ts';

/** An invocation by a schedule: nothing of its event is read. */
export type ScheduledHandler = (event: unknown) => Promise<void>;

interface ScheduledFunctionOptions {
  /** Makes one run. While it cannot be made each invocation fails, and the next one tries anew. */
  readonly open: () => Promise<() => Promise<void>>;
  readonly log: Log;
  readonly meter: FunctionMeter;
}

/** The one wrapper of functions on a schedule: what fails is logged and thrown, so that it counts as an error. One log line a run, one of metrics. */
export function scheduledFunction({ open, log, meter }: ScheduledFunctionOptions): ScheduledHandler {
  const ready = getReady(open);
  const handler = withMiddleware(async (): Promise<void> => {
    const startedMs = performance.now();
    try {
      const run = await ready();
      await run();
    } catch (error) {
      log.error('run failed', error);
      throw error;
    } finally {
      meter.flush();
    }
    log.info('run', { durationMs: Math.round(performance.now() - startedMs) });
  });
  return handler as unknown as ScheduledHandler;
}
