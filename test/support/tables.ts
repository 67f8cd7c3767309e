import {
  CreateTableCommand,
  type AttributeDefinition,
  type CreateTableCommandInput,
  DynamoDBClient,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import { orderIndex, tables } from '../../lambdas/contracts/tables.ts';
import { testCredentials, testRegion } from './test-credentials.ts';

/** Names of the tables made for a test. */
export interface TestTables {
  readonly ordersTable: string;
  readonly claimsTable: string;
  readonly salesTable: string;
}

/**
 * Makes the tables of contracts/tables.ts on an empty engine. With a client of its own, more patient than those under
 * test: an engine on a busy machine may need seconds for its first answer.
 */
export async function createTables(endpoint: string): Promise<TestTables> {
  const client = new DynamoDBClient({
    endpoint,
    region: testRegion,
    credentials: testCredentials,
    requestHandler: { requestTimeout: 30_000, throwOnRequestTimeout: true },
  });
  const names: TestTables = { ordersTable: 'orders', claimsTable: 'claims', salesTable: 'sales' };
  for (const input of [ordersInput(names.ordersTable), claimsInput(names.claimsTable), salesInput(names.salesTable)]) {
    await client.send(new CreateTableCommand({ ...input, BillingMode: 'PAY_PER_REQUEST' }));
  }
  client.destroy();
  return names;
}

function ordersInput(TableName: string): CreateTableCommandInput {
  return {
    TableName,
    KeySchema: keys(tables.orders),
    AttributeDefinitions: [...attributes(tables.orders, 'S'), ...attributes(orderIndex, 'N')],
    GlobalSecondaryIndexes: [{ IndexName: orderIndex.name, KeySchema: keys(orderIndex), Projection: { ProjectionType: 'KEYS_ONLY' } }],
  };
}

function claimsInput(TableName: string): CreateTableCommandInput {
  return { TableName, KeySchema: keys(tables.claims), AttributeDefinitions: attributes(tables.claims, 'N') };
}

function salesInput(TableName: string): CreateTableCommandInput {
  return { TableName, KeySchema: keys(tables.sales), AttributeDefinitions: attributes(tables.sales, 'S') };
}

interface KeyNames {
  readonly partitionKey: string;
  readonly sortKey: string;
}

function keys({ partitionKey, sortKey }: KeyNames): KeySchemaElement[] {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    { AttributeName: sortKey, KeyType: 'RANGE' },
  ];
}

function attributes({ partitionKey, sortKey }: KeyNames, sortType: 'S' | 'N'): AttributeDefinition[] {
  return [
    { AttributeName: partitionKey, AttributeType: 'S' },
    { AttributeName: sortKey, AttributeType: sortType },
  ];
}
