import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { DeployedEnvironment } from '../../lambdas/contracts/env.ts';
import type { FunctionName } from '../../lambdas/contracts/functions.ts';
import type { StageConfig } from '../config/stage-config.ts';
import type { GeneratedSecret } from './generated-secret.ts';
import type { RedisCluster } from './redis-cluster.ts';
import type { SalesTables } from './sales-tables.ts';

/** What the functions' environments point at. */
export interface ServiceEnvironmentProps {
  readonly config: StageConfig;
  /** The release, as health and logs show it. */
  readonly version: string;
  readonly tables: SalesTables;
  readonly redis: RedisCluster;
  readonly deploymentSecret: GeneratedSecret;
  readonly operatorKey: GeneratedSecret;
  readonly stripeSecret: GeneratedSecret;
  readonly orders: Queue;
  readonly deadLetters: Queue;
  readonly expiries: Queue;
}

/** The environment of every function, in one view: what contracts/env.ts asks for, filled from this deployment. */
export function serviceEnvironments(props: ServiceEnvironmentProps): { readonly [F in FunctionName]: DeployedEnvironment<F> } {
  const base = { PENSTOCK_VERSION: props.version };
  const redis = {
    ...base,
    REDIS_HOST: props.redis.host,
    REDIS_PORT: props.redis.port,
    REDIS_TLS: 'true',
    REDIS_USERNAME: props.redis.userName,
    REDIS_SECRET_ARN: props.redis.password.secret.secretArn,
  } as const;
  const web = {
    ...redis,
    DEPLOYMENT_SECRET_ARN: props.deploymentSecret.secret.secretArn,
    OPERATOR_SECRET_ARN: props.operatorKey.secret.secretArn,
    CORS_ORIGINS: props.config.corsOrigins.join(','),
  };
  const SALES_TABLE = props.tables.sales.tableName;
  const ORDERS_TABLE = props.tables.orders.tableName;
  const CLAIMS_TABLE = props.tables.claims.tableName;
  const ORDERS_QUEUE_URL = props.orders.queueUrl;
  const EXPIRIES_QUEUE_URL = props.expiries.queueUrl;
  return {
    orders: { ...web, SALES_TABLE, ORDERS_TABLE, ORDERS_QUEUE_URL },
    tickets: { ...web, GUESTS: props.config.guests, GUESTS_PER_MINUTE: String(props.config.guestsPerMinute) },
    'order-reads': { ...web, SALES_TABLE, ORDERS_TABLE, CLAIMS_TABLE },
    catalog: { ...web, SALES_TABLE },
    admin: { ...web, SALES_TABLE, ORDERS_TABLE, CLAIMS_TABLE, ORDERS_QUEUE_URL, ORDERS_DLQ_URL: props.deadLetters.queueUrl },
    payments: { ...web, SALES_TABLE, ORDERS_TABLE, CLAIMS_TABLE, STRIPE_SECRET_ARN: props.stripeSecret.secret.secretArn },
    pages: { ...web, SALES_TABLE, ORDERS_QUEUE_URL },
    changes: { ...redis, SALES_TABLE },
    commit: { ...redis, SALES_TABLE, ORDERS_TABLE, CLAIMS_TABLE, ORDERS_QUEUE_URL, EXPIRIES_QUEUE_URL },
    expiry: { ...redis, ORDERS_TABLE, CLAIMS_TABLE, EXPIRIES_QUEUE_URL },
    sweep: { ...redis, SALES_TABLE, ORDERS_TABLE, CLAIMS_TABLE, ORDERS_QUEUE_URL },
  };
}
