import type { Environment } from '../../lambdas/contracts/env.ts';
import type { FunctionName } from '../../lambdas/contracts/functions.ts';

/** Names of what the rig provides. */
export const rig = {
  region: 'us-east-1',
  ordersTable: 'orders',
  claimsTable: 'claims',
  salesTable: 'sales',
  redisUser: 'penstock',
  secrets: { redis: 'redis-secret', deployment: 'deployment-secret', operator: 'operator-secret', stripe: 'stripe-secret' },
  /** What the secrets say; of no use anywhere else. */
  redisPassword: 'bench',
  deploymentSecret: 'bench-deployment-secret-of-at-least-32-characters',
  operatorKey: 'psk_bench',
} as const;

/** What all functions together read. */
type Variables = { [F in FunctionName]: (variables: Environment<F>) => void }[FunctionName] extends (variables: infer All) => void
  ? All
  : never;

/** One environment for all functions, over the rig's engines. */
export function rigEnvironment(at: { readonly redisPort: number; readonly awsEndpoint: string }): Record<string, string> {
  const queue = (name: string): string => `${at.awsEndpoint}/000000000000/${name}`;
  const variables: Variables = {
    PENSTOCK_VERSION: 'bench',
    AWS_REGION: rig.region,
    REDIS_HOST: '127.0.0.1',
    REDIS_PORT: String(at.redisPort),
    REDIS_TLS: 'false',
    REDIS_USERNAME: rig.redisUser,
    REDIS_SECRET_ARN: rig.secrets.redis,
    DEPLOYMENT_SECRET_ARN: rig.secrets.deployment,
    OPERATOR_SECRET_ARN: rig.secrets.operator,
    STRIPE_SECRET_ARN: rig.secrets.stripe,
    CORS_ORIGINS: '',
    SALES_TABLE: rig.salesTable,
    ORDERS_TABLE: rig.ordersTable,
    CLAIMS_TABLE: rig.claimsTable,
    ORDERS_QUEUE_URL: queue('orders'),
    EXPIRIES_QUEUE_URL: queue('expiries'),
    ORDERS_DLQ_URL: queue('orders-dlq'),
    GUESTS: 'allowed',
    GUESTS_PER_MINUTE: '1000000',
  };
  return {
    ...variables,
    AWS_ENDPOINT_URL: at.awsEndpoint,
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
  };
}
