import { createHistogram } from 'node:perf_hooks';

/** Latencies as people read them, in milliseconds. All 0 when nothing was recorded. */
export interface LatencySummary {
  readonly count: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

/** Latencies in constant memory: a histogram of microseconds with three significant figures. */
export class Latencies {
  // One hour is far above every timeout; the histogram refuses what is outside its range.
  readonly #histogram = createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 });

  /** Records one latency in milliseconds; what is below 1 µs counts as 1 µs. */
  record(ms: number): void {
    this.#histogram.record(Math.max(1, Math.round(ms * 1000)));
  }

  /** The latency that this share (0..100) of the records stays within, in milliseconds. */
  percentileMs(percent: number): number {
    return this.#histogram.count === 0 ? 0 : this.#histogram.percentile(percent) / 1000;
  }

  summary(): LatencySummary {
    return {
      count: this.#histogram.count,
      p50Ms: this.percentileMs(50),
      p90Ms: this.percentileMs(90),
      p99Ms: this.percentileMs(99),
      p999Ms: this.percentileMs(99.9),
      maxMs: this.#histogram.count === 0 ? 0 : this.#histogram.max / 1000,
    };
  }
}
