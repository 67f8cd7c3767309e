import { AlarmStatusWidget, Dashboard, GraphWidget, type IMetric, Stats, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type ApplicationLoadBalancer, HttpCodeElb, HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { FunctionName } from '../../lambdas/contracts/functions.ts';
import { type MetricName, metrics } from '../../lambdas/contracts/metrics.ts';
import type { WorkQueue } from '../constructs/work-queue.ts';
import { businessMetric } from './business-metric.ts';
import { redisNodeMetric } from './redis-metric.ts';
import type { ServiceAlarms } from './service-alarms.ts';

/** What the dashboard shows. */
export interface ServiceDashboardProps {
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly functions: Readonly<Record<FunctionName, Function>>;
  readonly orders: WorkQueue;
  readonly expiries: WorkQueue;
  readonly tables: Readonly<Record<string, TableV2>>;
  readonly replicationGroupId: string;
  readonly alarms: ServiceAlarms;
}

/** CloudWatch's grid is 24 columns wide: three graphs a row. */
const graph = { width: 8, height: 6 };
const period = Duration.minutes(1);
const sum = { period, statistic: Stats.SUM };

const plot = (title: string, left: readonly IMetric[], right: readonly IMetric[] = []): GraphWidget =>
  new GraphWidget({ title, left: [...left], right: [...right], ...graph, leftYAxis: { min: 0 } });

const business = (name: MetricName, label: string): IMetric => businessMetric(name).with({ label });

const heading = (markdown: string): TextWidget => new TextWidget({ markdown, width: 24, height: 1 });

/** One page: first what the sale does, then what carries it. */
export class ServiceDashboard extends Construct {
  constructor(scope: Construct, id: string, props: ServiceDashboardProps) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.hours(3) });
    dashboard.addWidgets(new AlarmStatusWidget({ alarms: [...props.alarms.all], width: 24, height: 3, title: 'Alarms' }));
    dashboard.addWidgets(heading('## Sales'));
    dashboard.addWidgets(...businessGraphs());
    dashboard.addWidgets(heading('## Upkeep'));
    dashboard.addWidgets(...upkeepGraphs(props.expiries));
    dashboard.addWidgets(heading('## Entrance and functions'));
    dashboard.addWidgets(...entranceGraphs(props.loadBalancer));
    dashboard.addWidgets(...functionGraphs(props.functions));
    dashboard.addWidgets(heading('## Queue, ledger, gate'));
    dashboard.addWidgets(...storeGraphs(props));
    dashboard.addWidgets(...redisGraphs(props.replicationGroupId));
  }
}

function businessGraphs(): GraphWidget[] {
  return [
    plot('Orders a minute', [
      business(metrics.ordersAccepted, 'accepted'),
      business(metrics.ordersCommitted, 'committed'),
      business(metrics.ordersConfirmed, 'confirmed'),
      business(metrics.ordersReplayed, 'replayed'),
    ]),
    plot('Refusals a minute', [
      business(metrics.ordersRefused, 'refused'),
      business(metrics.ordersRejected, 'rejected after acceptance'),
      business(metrics.unavailable, 'unavailable (503)'),
      business(metrics.refundsRequired, 'payments to be paid back'),
      business(metrics.paymentEventsIgnored, 'events of payments ignored'),
    ]),
    plot('Must be rare (collisions, parked, rebuilds given up) or never (oversell)', [
      business(metrics.collisions, 'collisions'),
      business(metrics.ordersParked, 'parked'),
      business(metrics.rebuildsGivenUp, 'rebuilds given up'),
      business(metrics.oversell, 'oversell'),
      business(metrics.paymentsUnrecorded, 'payments unrecorded'),
      business(metrics.auditFindings, 'audit findings'),
    ]),
  ];
}

function upkeepGraphs(expiries: WorkQueue): GraphWidget[] {
  const highest = { period, statistic: Stats.MAXIMUM };
  return [
    plot('Mended by the sweeper a minute', [
      business(metrics.unitsMended, 'units'),
      business(metrics.ordersResent, 'orders sent again'),
      business(metrics.ordersExpired, 'holds ended'),
      business(metrics.gatesDropped, 'gates dropped'),
    ]),
    plot('Left unmended a minute', [
      business(metrics.stuckOrders, 'stuck orders'),
      business(metrics.imagesNotApplied, 'images not applied'),
    ]),
    plot(
      'Ends of holds: messages, age of the oldest (s, right)',
      [
        expiries.queue.metricApproximateNumberOfMessagesDelayed({ ...highest, label: 'to come' }),
        expiries.queue.metricApproximateNumberOfMessagesVisible({ ...highest, label: 'due' }),
        expiries.deadLetters.metricApproximateNumberOfMessagesVisible({ ...highest, label: 'dead letters' }),
      ],
      [expiries.queue.metricApproximateAgeOfOldestMessage({ ...highest, label: 'age' })],
    ),
  ];
}

function entranceGraphs(loadBalancer: ApplicationLoadBalancer): GraphWidget[] {
  const seen = loadBalancer.metrics;
  const latency = (statistic: string, label: string): IMetric => seen.targetResponseTime({ period, statistic, label });
  return [
    plot('Requests a minute', [seen.requestCount(sum)], [seen.newConnectionCount(sum)]),
    plot('Latency (s)', [latency(Stats.p(50), 'p50'), latency(Stats.p(95), 'p95'), latency(Stats.p(99), 'p99')]),
    plot('Answers 5xx a minute', [
      seen.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { ...sum, label: 'from functions' }),
      seen.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, { ...sum, label: 'from the load balancer' }),
    ]),
  ];
}

function functionGraphs(functions: Readonly<Record<string, Function>>): GraphWidget[] {
  const each = (metric: (of: Function, label: string) => IMetric): IMetric[] =>
    Object.entries(functions).map(([name, of]) => metric(of, name));
  return [
    plot(
      'Function errors a minute',
      each((of, label) => of.metricErrors({ ...sum, label })),
    ),
    plot(
      'Function duration p99 (ms)',
      each((of, label) => of.metricDuration({ period, statistic: Stats.p(99), label })),
    ),
    plot(
      'Function throttles a minute',
      each((of, label) => of.metricThrottles({ ...sum, label })),
    ),
  ];
}

function storeGraphs({ orders, tables, functions }: ServiceDashboardProps): GraphWidget[] {
  const highest = { period, statistic: Stats.MAXIMUM };
  const ofTables = (metricName: string, what: string): IMetric[] =>
    Object.entries(tables).map(([name, table]) => table.metric(metricName, { ...sum, label: `${name} ${what}` }));
  return [
    plot(
      'Orders queue: messages, age of the oldest (s, right)',
      [
        orders.queue.metricApproximateNumberOfMessagesVisible({ ...highest, label: 'waiting' }),
        orders.queue.metricApproximateNumberOfMessagesNotVisible({ ...highest, label: 'in flight' }),
      ],
      [orders.queue.metricApproximateAgeOfOldestMessage({ ...highest, label: 'age' })],
    ),
    plot('Stream of orders: age of the last change counted (ms)', [functions.changes.metric('IteratorAge', { ...highest, label: 'age' })]),
    plot('Dead letters', [orders.deadLetters.metricApproximateNumberOfMessagesVisible({ ...highest, label: 'dead letters' })]),
    plot('Table throttles a minute', [...ofTables('WriteThrottleEvents', 'writes'), ...ofTables('ReadThrottleEvents', 'reads')]),
  ];
}

function redisGraphs(replicationGroupId: string): GraphWidget[] {
  const nodes = (metricName: string): IMetric[] => [redisNodeMetric(replicationGroupId, metricName)];
  return [
    plot('Redis engine CPU (%)', nodes('EngineCPUUtilization')),
    plot('Redis memory (%)', nodes('DatabaseMemoryUsagePercentage')),
    plot('Redis connections', nodes('CurrConnections')),
  ];
}
