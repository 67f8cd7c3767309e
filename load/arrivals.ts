import type { Clock } from './clock.ts';

/** A fixed timetable: arrival i is due at start + i ÷ rate, whatever happens to those before it. */
export interface Arrivals {
  readonly count: number;
  readonly ratePerSecond: number;
  readonly clock: Clock;
  /** Starts one arrival and returns at once. `intendedMs` is when it was due: latency counts from there. */
  launch(index: number, intendedMs: number): void;
  /** How many more may be underway now; arrivals beyond it wait, late but not dropped. */
  room(): number;
  readonly stop: AbortSignal;
}

/** How well the timetable was kept. */
export interface ArrivalsDone {
  readonly launched: number;
  readonly tookMs: number;
  /** The greatest time an arrival left after it was due: the generator's own delay (a stall, or no room). */
  readonly worstLagMs: number;
}

/** Timers of Node are no finer. */
const tickMs = 1;

/**
 * Open loop: launches every arrival when it is due, without waiting for any answer. After a stall all that are due go
 * out at once, each with the time it was due, so that a slow system (or a slow generator) cannot hide its delays.
 */
export async function runArrivals(arrivals: Arrivals): Promise<ArrivalsDone> {
  const { count, ratePerSecond, clock, stop } = arrivals;
  const startedMs = clock.nowMs();
  const intendedMs = (index: number): number => startedMs + (index * 1000) / ratePerSecond;
  let launched = 0;
  let worstLagMs = 0;
  while (launched < count && !stop.aborted) {
    const nowMs = clock.nowMs();
    const room = arrivals.room();
    for (let batch = 0; batch < room && launched < count && intendedMs(launched) <= nowMs; batch++) {
      worstLagMs = Math.max(worstLagMs, nowMs - intendedMs(launched));
      arrivals.launch(launched, intendedMs(launched));
      launched++;
    }
    if (launched < count) await clock.sleep(Math.max(tickMs, intendedMs(launched) - clock.nowMs()), stop);
  }
  return { launched, tookMs: clock.nowMs() - startedMs, worstLagMs };
}
