import type { Environment } from '../../contracts/env.ts';
import { systemBackoff as backoff } from '../../runtime/clock.ts';
import { createDynamoClient } from '../../stores/dynamodb/client.ts';

type TableEnvironment = Pick<Environment<'admin'>, 'AWS_REGION'> &
  Partial<Pick<Environment<'admin'>, 'SALES_TABLE' | 'ORDERS_TABLE' | 'CLAIMS_TABLE'>>;

/**
 * What the adapters of DynamoDB are made of: one client for all of them, and the names of those tables that are in the
 * function's environment. An adapter of another table does not compile.
 */
export function openTables<E extends TableEnvironment>(environment: E) {
  return {
    client: createDynamoClient(environment.AWS_REGION),
    salesTable: environment.SALES_TABLE as E['SALES_TABLE'],
    ordersTable: environment.ORDERS_TABLE as E['ORDERS_TABLE'],
    claimsTable: environment.CLAIMS_TABLE as E['CLAIMS_TABLE'],
    backoff,
  };
}
