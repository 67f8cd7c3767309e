import type { Environment } from '../../lambdas/contracts/env.ts';

/** Names of what the rig provides. */
export const rig = {
  ordersTable: 'orders',
  claimsTable: 'claims',
  salesTable: 'sales',
  redisUser: 'penstock',
  secrets: { redis: 'redis-secret', deployment: 'deployment-secret', operator: 'operator-secret' },
  /** What the secrets say; of no use anywhere else. */
  redisPassword: 'bench',
  deploymentSecret: 'bench-deployment-secret-of-at-least-32-characters',
  operatorKey: 'psk_bench',
} as const;

type Variables = Environment<'orders'> & Environment<'order-reads'> & Environment<'admin'> & Environment<'commit'> & Environment<'catalog'>;

/** One environment for all functions of the order path, over the rig's engines. */
export function rigEnvironment(at: { readonly redisPort: number; readonly awsEndpoint: string }): Record<string, string> {
  const queue = (name: string): string => `${at.awsEndpoint}/000000000000/${name}`;
  const variables: Variables = {
    PENSTOCK_VERSION: 'bench',
    AWS_REGION: 'us-east-1',
    REDIS_HOST: '127.0.0.1',
    REDIS_PORT: String(at.redisPort),
    REDIS_TLS: 'false',
    REDIS_USERNAME: rig.redisUser,
    REDIS_SECRET_ARN: rig.secrets.redis,
    DEPLOYMENT_SECRET_ARN: rig.secrets.deployment,
    OPERATOR_SECRET_ARN: rig.secrets.operator,
    CORS_ORIGINS: '',
    SALES_TABLE: rig.salesTable,
    ORDERS_TABLE: rig.ordersTable,
    CLAIMS_TABLE: rig.claimsTable,
    ORDERS_QUEUE_URL: queue('orders'),
    ORDERS_DLQ_URL: queue('orders-dlq'),
  };
  return {
    ...variables,
    AWS_ENDPOINT_URL: at.awsEndpoint,
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
  };
}
