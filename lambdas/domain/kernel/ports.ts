import type { MetricName } from '../../contracts/metrics.ts';

/** Time, as the domain sees it. */
export interface Clock {
  /** Epoch milliseconds. */
  nowMs(): number;
  sleep(ms: number): Promise<void>;
}

/** Counts of what happened; names from contracts/metrics.ts. */
export interface Meter {
  count(name: MetricName, value?: number): void;
}
