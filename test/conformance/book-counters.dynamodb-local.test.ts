import { DynamoBookCounters } from '../../lambdas/stores/dynamodb/dynamo-book-counters.ts';
import { dynamoDbLocalAvailable, startDynamoDbLocal } from '../support/dynamodb-local.ts';
import { describeWith } from '../support/skip.ts';
import { bookCountersConformance } from './book-counters.suite.ts';
import { dynamoDbOn } from './order-ledger.dynamodb.ts';

describeWith('Java', dynamoDbLocalAvailable, () =>
  bookCountersConformance('DynamoDB Local', async () => {
    const engine = await dynamoDbOn(startDynamoDbLocal);
    const { client, tables } = engine;
    return { counters: new DynamoBookCounters({ client, salesTable: tables.salesTable }), close: () => engine.close() };
  }),
);
