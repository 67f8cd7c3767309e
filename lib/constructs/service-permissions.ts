import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { type FunctionName, httpFunctions, workerFunctions } from '../../lambdas/contracts/functions.ts';
import { orderIndex } from '../../lambdas/contracts/tables.ts';
import type { GeneratedSecret } from './generated-secret.ts';
import type { RedisCluster } from './redis-cluster.ts';
import type { SalesTables } from './sales-tables.ts';
import { grantIndexQuery, grantItems } from './table-access.ts';

/** What functions may be allowed to use. */
export interface ServicePermissionsProps {
  readonly functions: Readonly<Record<FunctionName, Function>>;
  readonly tables: SalesTables;
  readonly redis: RedisCluster;
  readonly deploymentSecret: GeneratedSecret;
  readonly operatorKey: GeneratedSecret;
  readonly stripeSecret: GeneratedSecret;
  readonly orders: Queue;
  readonly deadLetters: Queue;
  readonly expiries: Queue;
}

/** Who may do what: every permission of the service, one line each, beside one another. */
export function grantPermissions(props: ServicePermissionsProps): void {
  grantSecrets(props);
  grantTables(props);
  grantQueues(props);
}

/** Each function reads just the secrets that its environment names. */
function grantSecrets({ functions, redis, deploymentSecret, operatorKey, stripeSecret }: ServicePermissionsProps): void {
  for (const name of [...httpFunctions, ...workerFunctions] as const) redis.password.grantValue(functions[name]);
  for (const name of httpFunctions) {
    deploymentSecret.grantValue(functions[name]);
    operatorKey.grantValue(functions[name]);
  }
  stripeSecret.grantValue(functions.payments);
}

function grantTables({ functions, tables: { orders, claims, sales } }: ServicePermissionsProps): void {
  grantItems(sales, functions.orders, 'GetItem', 'Query');
  grantItems(orders, functions.orders, 'GetItem');

  grantItems(sales, functions['order-reads'], 'GetItem', 'Query');
  grantItems(orders, functions['order-reads'], 'GetItem', 'Query', 'PutItem', 'UpdateItem');
  grantItems(claims, functions['order-reads'], 'PutItem', 'DeleteItem');

  grantItems(sales, functions.payments, 'GetItem', 'Query');
  grantItems(orders, functions.payments, 'GetItem', 'UpdateItem');
  grantItems(claims, functions.payments, 'PutItem', 'DeleteItem');

  grantItems(sales, functions.catalog, 'GetItem', 'Query');

  grantItems(sales, functions.admin, 'GetItem', 'Query', 'PutItem', 'DeleteItem');
  grantItems(orders, functions.admin, 'GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem');
  grantIndexQuery(orders, orderIndex.name, functions.admin);
  grantItems(claims, functions.admin, 'Query', 'DeleteItem');

  grantItems(sales, functions.pages, 'GetItem');

  grantItems(sales, functions.changes, 'GetItem', 'PutItem');

  grantItems(sales, functions.commit, 'GetItem');
  grantItems(orders, functions.commit, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem');
  grantItems(claims, functions.commit, 'Query', 'PutItem', 'DeleteItem');

  grantItems(orders, functions.expiry, 'GetItem', 'UpdateItem');
  grantItems(claims, functions.expiry, 'DeleteItem');

  grantItems(sales, functions.sweep, 'GetItem', 'Query');
  grantItems(orders, functions.sweep, 'BatchGetItem', 'UpdateItem');
  grantItems(claims, functions.sweep, 'Query', 'DeleteItem');
}

/** The consumers of queue and stream get their own rights where they are made that. */
function grantQueues({ functions, orders, deadLetters, expiries }: ServicePermissionsProps): void {
  orders.grant(functions.orders, 'sqs:SendMessage');
  orders.grant(functions.commit, 'sqs:SendMessage');
  orders.grant(functions.admin, 'sqs:GetQueueAttributes', 'sqs:SendMessage');
  deadLetters.grant(functions.admin, 'sqs:GetQueueAttributes');
  orders.grant(functions.pages, 'sqs:GetQueueAttributes');
  orders.grant(functions.sweep, 'sqs:GetQueueAttributes', 'sqs:SendMessage');
  expiries.grant(functions.commit, 'sqs:SendMessage');
  expiries.grant(functions.expiry, 'sqs:SendMessage');
}
