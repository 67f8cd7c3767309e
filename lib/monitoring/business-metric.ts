import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { type MetricName, metricNamespace, metricService } from '../../lambdas/contracts/metrics.ts';

/** A count that functions write (embedded in their logs, with the dimension `service` alone), summed over a minute. */
export const businessMetric = (metricName: MetricName): Metric =>
  new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { service: metricService },
    statistic: Stats.SUM,
    period: Duration.minutes(1),
  });
