import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';

/**
 * One line for each node of a replication group, whatever nodes there are: ElastiCache has no metric of a whole
 * cluster, so nodes are found by their names, which begin with the group's id.
 */
export const redisNodeMetric = (replicationGroupId: string, metricName: string): MathExpression =>
  new MathExpression({
    expression: `SEARCH('{AWS/ElastiCache,CacheClusterId,CacheNodeId} MetricName="${metricName}" ${replicationGroupId}', 'Maximum', 60)`,
    label: '',
    period: Duration.minutes(1),
  });
