import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { FunctionName } from '../../lambdas/contracts/functions.ts';
import { limits } from '../../lambdas/contracts/limits.ts';
import { entranceIdleSeconds } from '../config/assert-limits.ts';
import type { StageConfig } from '../config/stage-config.ts';
import { entranceRules } from '../constructs/entrance-rules.ts';
import { OrderChanges } from '../constructs/order-changes.ts';
import { MinuteSchedule } from '../constructs/minute-schedule.ts';
import { ServiceEntrance } from '../constructs/service-entrance.ts';
import { serviceEnvironments } from '../constructs/service-environment.ts';
import { ServiceFunctions, timeoutOf } from '../constructs/service-functions.ts';
import { grantPermissions } from '../constructs/service-permissions.ts';
import type { ServiceSecurityGroups } from '../constructs/service-security-groups.ts';
import { WorkQueue } from '../constructs/work-queue.ts';
import type { DataStack } from './data-stack.ts';

/** Properties of the ServiceStack. */
export interface ServiceStackProps extends StackProps {
  readonly config: StageConfig;
  /** The release that is deployed. */
  readonly version: string;
  /** Folder with a folder for each function's bundle. */
  readonly bundles: string;
  readonly vpc: IVpc;
  readonly securityGroups: ServiceSecurityGroups;
  readonly data: DataStack;
}

/** What works: load balancer, functions, queue. */
export class ServiceStack extends Stack {
  readonly functions: Readonly<Record<FunctionName, Function>>;
  readonly orders: WorkQueue;
  readonly expiries: WorkQueue;
  readonly entrance: ServiceEntrance;

  constructor(scope: Construct, id: string, { config, version, bundles, vpc, securityGroups, data, ...props }: ServiceStackProps) {
    super(scope, id, props);
    const queue = {
      retention: Duration.days(limits.ordersRetentionDays),
      deadLetterRetention: Duration.days(limits.deadLetterRetentionDays),
      maxReceives: limits.commitMaxReceives,
      protectData: config.protectData,
    };
    this.orders = new WorkQueue(this, 'Orders', { ...queue, consumerTimeout: timeoutOf('commit') });
    this.expiries = new WorkQueue(this, 'Expiries', { ...queue, consumerTimeout: timeoutOf('expiry') });
    const { tables, redis, deploymentSecret, operatorKey, stripeSecret } = data;
    const secrets = { deploymentSecret, operatorKey, stripeSecret };
    const queues = { orders: this.orders.queue, deadLetters: this.orders.deadLetters, expiries: this.expiries.queue };
    const resources = { tables, redis, ...secrets, ...queues };
    this.functions = new ServiceFunctions(this, 'Functions', {
      environments: serviceEnvironments({ config, version, ...resources }),
      memoryMb: config.memoryMb,
      bundles,
      vpc,
      securityGroup: securityGroups.functions,
      logRetention: config.logRetentionDays,
    }).byName;
    grantPermissions({ functions: this.functions, ...resources });
    const batches = { batchMessages: limits.commitBatchMessages, maxConcurrency: limits.commitMaxConcurrency };
    this.orders.addConsumer(this.functions.commit, batches);
    this.expiries.addConsumer(this.functions.expiry, batches);
    new MinuteSchedule(this, 'Sweep', { function: this.functions.sweep, description: 'Sweeps the gates of live sales' });
    new OrderChanges(this, 'Changes', {
      table: tables.orders,
      consumer: this.functions.changes,
      batchRecords: limits.changesBatchRecords,
      window: Duration.seconds(limits.changesWindowSeconds),
    });
    this.entrance = new ServiceEntrance(this, 'Entrance', {
      vpc,
      securityGroup: securityGroups.entrance,
      access: config.entrance,
      deletionProtection: config.protectData,
      functions: this.functions,
      rules: entranceRules,
      fallback: 'pages',
      idleTimeout: Duration.seconds(entranceIdleSeconds(limits)),
    });
    new CfnOutput(this, 'Address', {
      description: config.entrance.protocol === 'https' ? 'Point the name of the certificate here' : 'Clients call http:// and this name',
      value: this.entrance.loadBalancer.loadBalancerDnsName,
    });
  }
}
