import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Outcome } from '../functions/function-host.ts';

/** A rule of the templates that runs a function at a rate. */
export interface ScheduleSettings {
  readonly ruleArn: string;
  readonly region: string;
  readonly accountId: string;
  /** Name or ARN of the function, an alias or a version of it. */
  readonly functionRef: string;
  readonly everyMs: number;
  /** JSON that the function gets instead of EventBridge's own event; undefined = that event. */
  readonly input: string | undefined;
}

interface ScheduleOptions {
  readonly schedule: ScheduleSettings;
  readonly invoke: (payload: string) => Promise<Outcome>;
  /** Called with a line for the operator. */
  readonly report: (line: string) => void;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  /**
   * Resolves after so long, or rejects when the signal aborts.
   * @default a timer
   */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

const timer = (ms: number, signal: AbortSignal): Promise<unknown> => delay(ms, undefined, { signal });

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
    const { schedule, sleep = timer } = this.#options;
    const { signal } = this.#abort;
    for (;;) {
      await sleep(schedule.everyMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      const run = this.#run().finally(() => this.#runs.delete(run));
      this.#runs.add(run);
    }
  }

  async #run(): Promise<void> {
    const { schedule, invoke, report, nowMs } = this.#options;
    const how = await invoke(schedule.input ?? scheduledEvent(schedule, nowMs())).then(
      ({ kind }) => (kind === 'answered' ? undefined : kind),
      (error: unknown) => String(error),
    );
    // A run that a stop cut off is no failure.
    if (how !== undefined && !this.#abort.signal.aborted) report(`schedule of ${schedule.functionRef}: ${how}`);
  }
}

/** What EventBridge sends where the target says nothing else (AWS: "Scheduled events"). */
function scheduledEvent({ ruleArn, region, accountId }: ScheduleSettings, nowMs: number): string {
  return JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: accountId,
    time: new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [ruleArn],
    detail: {},
  });
}
