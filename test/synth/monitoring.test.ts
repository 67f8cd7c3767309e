import { beforeAll, describe, expect, test } from '@jest/globals';
import { metricNamespace, metrics, metricService } from '../../lambdas/contracts/metrics.ts';
import { stages } from '../../lib/config/stages.ts';
import { textOf } from './support/intrinsics.ts';
import { ofType, only, type Resource, stageNames, type StageTemplates, synthesizeStage } from './support/synthesized.ts';

/** The queue an alarm looks at. */
const queueOf = ({ Properties }: Resource): string => textOf((Properties['Dimensions'] as [{ readonly Value: unknown }])[0].Value);

describe.each(stageNames)('monitoring, %s', (stage) => {
  let templates: StageTemplates;
  let alarms: Map<string, Resource>;
  const alarm = (id: string): Resource => {
    const found = alarms.get(`Alarms${id}`);
    if (!found) throw new Error(`no alarm ${id}`);
    return found;
  };
  beforeAll(async () => {
    templates = await synthesizeStage(stage);
    alarms = new Map(
      ofType(templates.observability, 'AWS::CloudWatch::Alarm').map(([id, alarm]) => [id.replace(/[0-9A-F]{8}$/, ''), alarm]),
    );
  });

  test('there are alarms for oversell, what waits, dead letters, and what upkeep leaves undone', () => {
    expect([...alarms.keys()].sort()).toEqual([
      'AlarmsChangesWait',
      'AlarmsDeadLetters',
      'AlarmsExpiriesWait',
      'AlarmsExpiryDeadLetters',
      'AlarmsImagesNotApplied',
      'AlarmsOrdersWait',
      'AlarmsOversell',
      'AlarmsPaymentsUnrecorded',
      'AlarmsRebuildGivenUp',
      'AlarmsStuckOrders',
      'AlarmsSweepsFail',
      'AlarmsSweepsMissing',
    ]);
    // docs/deploy.md counts them, and what they cost.
    expect(alarms.size).toBe(12);
  });

  test('each alarm reaches the topic and tells a human what to do', () => {
    const [[topic] = []] = ofType(templates.observability, 'AWS::SNS::Topic');
    for (const { Properties } of alarms.values()) {
      expect(Properties['AlarmActions']).toEqual([{ Ref: topic }]);
      expect(String(Properties['AlarmDescription']).length).toBeGreaterThan(100);
    }
  });

  test.each([
    ['Oversell', metrics.oversell],
    ['PaymentsUnrecorded', metrics.paymentsUnrecorded],
    ['RebuildGivenUp', metrics.rebuildsGivenUp],
    ['StuckOrders', metrics.stuckOrders],
  ])('%s goes off at the first count', (id, name) => {
    expect(alarm(id).Properties).toMatchObject({
      Namespace: metricNamespace,
      MetricName: name,
      Dimensions: [{ Name: 'service', Value: metricService }],
      Statistic: 'Sum',
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  test('dead letters go off at the first one', () => {
    expect(alarm('DeadLetters').Properties).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Threshold: 0,
    });
    expect(queueOf(alarm('DeadLetters'))).toMatch(/OrdersDeadLetters/);
  });

  test('waiting orders go off at the stage’s age', () => {
    expect(alarm('OrdersWait').Properties).toMatchObject({
      MetricName: 'ApproximateAgeOfOldestMessage',
      Statistic: 'Maximum',
      Threshold: stages[stage].queueAgeAlarmSeconds,
    });
    expect(queueOf(alarm('OrdersWait'))).toMatch(/OrdersQueue/);
  });

  test('a minute of no sweep is a sweep missing, five are told; three of failing ones too', () => {
    expect(alarm('SweepsMissing').Properties).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Invocations',
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 5,
      TreatMissingData: 'breaching',
    });
    expect(alarm('SweepsFail').Properties).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 3,
      TreatMissingData: 'notBreaching',
    });
    for (const id of ['SweepsMissing', 'SweepsFail']) expect(queueOf(alarm(id))).toMatch(/Functionssweep/);
  });

  test('ends of holds are told of when they wait for five minutes, and at the first that is given up', () => {
    expect(alarm('ExpiriesWait').Properties).toMatchObject({
      MetricName: 'ApproximateAgeOfOldestMessage',
      Statistic: 'Maximum',
      Threshold: 300,
      EvaluationPeriods: 3,
    });
    expect(queueOf(alarm('ExpiriesWait'))).toMatch(/ExpiriesQueue/);
    expect(alarm('ExpiryDeadLetters').Properties).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Threshold: 0,
      EvaluationPeriods: 1,
    });
    expect(queueOf(alarm('ExpiryDeadLetters'))).toMatch(/ExpiriesDeadLetters/);
  });

  test('CloudWatch of this account may publish, and nobody over plain HTTP', () => {
    const { Statement } = only(templates.observability, 'AWS::SNS::TopicPolicy')['PolicyDocument'] as { readonly Statement: unknown[] };
    expect(Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    ]);
  });

  test('the dashboard shows the business and every resource', () => {
    const body = textOf(only(templates.observability, 'AWS::CloudWatch::Dashboard')['DashboardBody']);
    const { widgets } = JSON.parse(body) as { readonly widgets: unknown[] };
    const shown = JSON.stringify(widgets);
    const business = [
      'ordersAccepted',
      'ordersCommitted',
      'ordersRejected',
      'ordersRefused',
      'collisions',
      'oversell',
      'rebuildsGivenUp',
      'stuckOrders',
      'imagesNotApplied',
      'ordersResent',
      'unitsMended',
      'ordersExpired',
      'gatesDropped',
    ] as const;
    for (const name of business) expect(shown).toContain(`"${metricNamespace}","${metrics[name]}","service","${metricService}"`);
    const resources = ['RequestCount', 'TargetResponseTime', 'HTTPCode_ELB_5XX_Count', 'Errors', 'Duration', 'Throttles'];
    const stores = ['ApproximateAgeOfOldestMessage', 'WriteThrottleEvents', 'EngineCPUUtilization', 'DatabaseMemoryUsagePercentage'];
    for (const name of [...resources, ...stores]) expect(shown).toContain(name);
  });
});
