import type { MetricName } from '../../lambdas/contracts/metrics.ts';
import type { FunctionMeter } from '../../lambdas/runtime/meter.ts';

/** Adds up what is counted. */
export class CountingMeter implements FunctionMeter {
  readonly counts: Partial<Record<MetricName, number>> = {};
  flushes = 0;

  count(name: MetricName, value = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + value;
  }

  flush(): void {
    this.flushes += 1;
  }
}
