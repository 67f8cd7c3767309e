import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { metricNamespace, metricService } from '../contracts/metrics.ts';
import type { Meter } from '../domain/kernel/ports.ts';

/** Counts of one invocation; `flush` writes them as one line of CloudWatch's embedded metric format. */
export interface FunctionMeter extends Meter {
  flush(): void;
}

/** Powertools Metrics with the one dimension `service`. */
export function createMeter(): FunctionMeter {
  const sink = new Metrics({ namespace: metricNamespace, serviceName: metricService });
  let pending = false;
  return {
    count(name, value = 1) {
      pending = true;
      sink.addMetric(name, MetricUnit.Count, value);
    },
    flush() {
      if (pending) sink.publishStoredMetrics();
      pending = false;
    },
  };
}
