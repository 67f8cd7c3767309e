import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { ServiceAlarms } from '../monitoring/service-alarms.ts';
import { ServiceDashboard } from '../monitoring/service-dashboard.ts';
import type { DataStack } from './data-stack.ts';
import type { ServiceStack } from './service-stack.ts';

/** Properties of the ObservabilityStack. */
export interface ObservabilityStackProps extends StackProps {
  readonly config: StageConfig;
  readonly data: DataStack;
  readonly service: ServiceStack;
}

/** What people look at, and what wakes them. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, { config, data, service, ...props }: ObservabilityStackProps) {
    super(scope, id, props);
    const alarms = new ServiceAlarms(this, 'Alarms', {
      orders: service.orders,
      expiries: service.expiries,
      sweep: service.functions.sweep,
      changes: service.functions.changes,
      queueAgeSeconds: config.queueAgeAlarmSeconds,
      email: config.alarmEmail,
    });
    new ServiceDashboard(this, 'Monitoring', {
      loadBalancer: service.entrance.loadBalancer,
      functions: service.functions,
      orders: service.orders,
      expiries: service.expiries,
      tables: { orders: data.tables.orders, claims: data.tables.claims, sales: data.tables.sales },
      replicationGroupId: data.redis.replicationGroupId,
      alarms,
    });
  }
}
