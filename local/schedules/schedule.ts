import { setTimeout as delay } from 'node:timers/promises';
import type { Outcome } from '../functions/function-host.ts';

/** A rule of the templates that runs a function at a rate. */
export interface ScheduleSettings {
  /** Name or ARN of the function, an alias or a version of it. */
  readonly functionRef: string;
  readonly everyMs: number;
  /** What the function gets, as JSON. */
  readonly payload: string;
}

export interface ScheduleOptions {
  readonly schedule: ScheduleSettings;
  readonly invoke: (payload: string) => Promise<Outcome>;
  /** Called with a line for the operator. */
  readonly report: (line: string) => void;
  /** Resolves after so long, or rejects when the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Invokes a function at its rate, from one interval after the start on, whether or not the last run has ended: as EventBridge does, which
 * invokes asynchronously. A run that fails is told and not repeated.
 */
export class RunningSchedule {
  readonly #options: ScheduleOptions;
  readonly #abort = new AbortController();
  readonly #runs = new Set<Promise<void>>();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#tick();
  }

  /** Begins no more runs, and waits for those at work. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
    await Promise.all(this.#runs);
  }

  async #tick(): Promise<void> {
    const { schedule, sleep = (ms, signal) => delay(ms, undefined, { signal }) } = this.#options;
    const { signal } = this.#abort;
    while (!signal.aborted) {
      await sleep(schedule.everyMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      const run = this.#run().finally(() => this.#runs.delete(run));
      this.#runs.add(run);
    }
  }

  async #run(): Promise<void> {
    const { schedule, invoke, report } = this.#options;
    const outcome = await invoke(schedule.payload).catch((error: unknown) => report(`schedule of ${schedule.functionRef}: ${String(error)}`));
    if (outcome && outcome.kind !== 'answered' && !this.#abort.signal.aborted) report(`schedule of ${schedule.functionRef}: the run ${outcome.kind}`);
  }
}
