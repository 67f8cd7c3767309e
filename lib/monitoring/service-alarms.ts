import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Aws, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { metrics } from '../../lambdas/contracts/metrics.ts';
import type { WorkQueue } from '../constructs/work-queue.ts';
import { businessMetric } from './business-metric.ts';

/** Properties of ServiceAlarms. */
export interface ServiceAlarmsProps {
  readonly orders: WorkQueue;
  readonly expiries: WorkQueue;
  readonly sweep: Function;
  /** The consumer of the orders table's stream. */
  readonly changes: Function;
  /** Age of the oldest message that wakes somebody, in seconds. */
  readonly queueAgeSeconds: number;
  /**
   * Who is written to.
   * @default nobody: subscribe to the topic
   */
  readonly email?: string | undefined;
}

type AlarmSpec = {
  readonly metric: IMetric;
  /** Minutes in a row. */
  readonly minutes: number;
  /** What it means, and what a human does now. */
  readonly description: string;
} & (
  | {
      /** Goes off when a minute's value is greater. */
      readonly above: number;
    }
  | {
      /** Goes off when a minute's value is less, or there is none. */
      readonly below: number;
    }
);

const minute = Duration.minutes(1);

/** What wakes a human, and what they are told to do. */
export class ServiceAlarms extends Construct {
  readonly topic: ITopic;
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: ServiceAlarmsProps) {
    super(scope, id);
    this.topic = this.alarmTopic(props.email);
    this.all = [
      this.alarm('Oversell', {
        metric: businessMetric(metrics.oversell),
        above: 0,
        minutes: 1,
        description:
          'An audit found a unit with two owners or a claim that was not its order’s, or a function met stored data that contradicts an invariant. This must never happen. Close the sale (POST /v1/admin/sales/{saleId}/close), read the findings (GET …/audit), and keep the logs: the lines of that minute with CorruptionError say what was met.',
      }),
      this.alarm('DeadLetters', {
        metric: props.orders.deadLetters.metricApproximateNumberOfMessagesVisible({ period: minute, statistic: 'Maximum' }),
        above: 0,
        minutes: 1,
        description:
          'An accepted order could not be committed after all its tries; its units stay set aside. Read the logs of the commit function for its orderId and mend the cause, then put the messages back: aws sqs start-message-move-task --source-arn <the dead-letter queue>. They are kept for 14 days.',
      }),
      this.alarm('OrdersWait', {
        metric: props.orders.queue.metricApproximateAgeOfOldestMessage({ period: minute, statistic: 'Maximum' }),
        above: props.queueAgeSeconds,
        minutes: 3,
        description:
          'Accepted orders wait too long to be committed; nothing is lost yet. Look at the dashboard: errors or throttles of the commit function, throttles of the tables (raise their quota), or Redis away (orders park until the gate is rebuilt).',
      }),
      this.alarm('ChangesWait', {
        metric: props.changes.metric('IteratorAge', { period: minute, statistic: 'Maximum' }),
        above: 60_000,
        minutes: 3,
        description:
          'Changes of orders wait over a minute to be counted: the report is behind (its asOf is the newest change counted, as far as the gate shows that some are missing), orders are not touched. Read the logs of the changes function: a batch that fails comes again until it succeeds, for 24 hours. After that its changes are lost to the report, and the audit says report-differs.',
      }),
      this.alarm('PaymentsUnrecorded', {
        metric: businessMetric(metrics.paymentsUnrecorded),
        above: 0,
        minutes: 1,
        description:
          'A payment came that its order could neither take nor record as to be paid back, because the order records 10 already. Nobody will be told of it again: find the order in the logs of that minute (functions payments and order-reads, payBack or outcome unrecorded), look at the payments of that order at the provider, and pay back what the order does not list.',
      }),
      ...this.ofUpkeep(props),
      this.alarm('RebuildGivenUp', {
        metric: businessMetric(metrics.rebuildsGivenUp),
        above: 0,
        minutes: 1,
        description:
          'A gate could not be made again, because the orders queue did not drain in time: its sale answers 503 to every order, nothing is lost. See on the dashboard why orders are not committed (errors or throttles of the commit function, throttles of the tables), mend it, and when the queue is empty the next run of the sweeper makes the gate again, or at once: POST /v1/admin/sales/{saleId}/open.',
      }),
    ];
  }

  /** Of what works behind the orders: sweeper, expiries. */
  private ofUpkeep({ expiries, sweep }: ServiceAlarmsProps): Alarm[] {
    return [
      this.alarm('StuckOrders', {
        metric: businessMetric(metrics.stuckOrders),
        above: 0,
        minutes: 1,
        description:
          'An accepted order was sent to its queue again as often as may be, and the ledger still does not have it; its units stay set aside. The audit (GET /v1/admin/sales/{saleId}/audit) names it. Look into the dead letters and the logs of the commit function for its orderId, mend the cause and put the dead letters back; or cancel the order (POST /v1/orders/{orderId}/cancel), which frees its units.',
      }),
      this.alarm('SweepsFail', {
        metric: sweep.metricErrors({ period: minute, statistic: 'Sum' }),
        above: 0,
        minutes: 3,
        description:
          'For three minutes no run of the sweeper could sweep every sale: what crashes leave is not mended there, and a lost gate is not made again. Orders go on where there is a gate. Read the logs of the sweep function for the saleId and the cause; most likely Redis or a table is away or slow, or the orders queue does not drain (RebuildGivenUp).',
      }),
      this.alarm('SweepsMissing', {
        metric: sweep.metricInvocations({ period: minute, statistic: 'Sum' }),
        below: 1,
        minutes: 5,
        description:
          'The sweeper has not been started for five minutes: see whether its EventBridge rule is enabled, and whether the account has reached its limit of concurrent functions.',
      }),
      this.alarm('ExpiriesWait', {
        metric: expiries.queue.metricApproximateAgeOfOldestMessage({ period: minute, statistic: 'Maximum' }),
        above: 300,
        minutes: 3,
        description:
          'Ends of holds wait over five minutes to be worked on: units that nobody paid for are not sold again in time. Read the logs of the expiry function; the sweeper ends overdue holds too, more slowly.',
      }),
      this.alarm('ExpiryDeadLetters', {
        metric: expiries.deadLetters.metricApproximateNumberOfMessagesVisible({ period: minute, statistic: 'Maximum' }),
        above: 0,
        minutes: 1,
        description:
          'The end of a hold could not be worked on after all tries; the sweeper ends it by the gate’s own list. Read the logs of the expiry function for its orderId, mend the cause, and put the messages back: aws sqs start-message-move-task --source-arn <the dead-letter queue>.',
      }),
      this.alarm('ImagesNotApplied', {
        metric: businessMetric(metrics.imagesNotApplied),
        above: 100,
        minutes: 3,
        description:
          'The gate is not told of changes of orders by the stream: Redis is away or slow for the changes function. Workers tell it too, and the sweeper compares; look at Redis on the dashboard.',
      }),
    ];
  }

  private alarmTopic(email: string | undefined): Topic {
    const topic = new Topic(this, 'Topic', { displayName: 'Penstock alarms', enforceSSL: true });
    // A topic with a policy of its own no longer admits the account's alarms by default.
    topic.grantPublish(
      new ServicePrincipal('cloudwatch.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } }),
    );
    if (email !== undefined) topic.addSubscription(new EmailSubscription(email));
    return topic;
  }

  private alarm(id: string, spec: AlarmSpec): Alarm {
    const goesOff =
      'below' in spec
        ? {
            threshold: spec.below,
            comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
            treatMissingData: TreatMissingData.BREACHING,
          }
        : {
            threshold: spec.above,
            comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
            treatMissingData: TreatMissingData.NOT_BREACHING,
          };
    const alarm = new Alarm(this, id, {
      ...goesOff,
      metric: spec.metric,
      evaluationPeriods: spec.minutes,
      alarmDescription: spec.description,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    return alarm;
  }
}
