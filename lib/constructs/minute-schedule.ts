import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** Properties of a MinuteSchedule. */
export interface MinuteScheduleProps {
  readonly function: Function;
  readonly description: string;
}

/** Runs a function every minute, the shortest rate of EventBridge. A run that fails is not repeated: the next one comes anyway. */
export class MinuteSchedule extends Construct {
  constructor(scope: Construct, id: string, { function: target, description }: MinuteScheduleProps) {
    super(scope, id);
    const age = Duration.minutes(1);
    target.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: age });
    const reason =
      'A run that is lost is made up for by the next one, a minute later; the alarms on missing and failing runs tell of more.';
    Validations.of(target).acknowledge({ id: 'Serverless-LambdaAsyncFailureDestination', reason });
    const rule = new Rule(this, 'Rule', { description, schedule: Schedule.rate(Duration.minutes(1)) });
    Validations.of(rule).acknowledge({ id: 'Serverless-EventBusDLQ', reason });
    rule.addTarget(new LambdaFunction(target, { retryAttempts: 0, maxEventAge: age }));
  }
}
