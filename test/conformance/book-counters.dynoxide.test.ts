import { DynamoBookCounters } from '../../lambdas/stores/dynamodb/dynamo-book-counters.ts';
import { dynoxideAvailable, startDynoxide } from '../support/dynoxide.ts';
import { describeWith } from '../support/skip.ts';
import { bookCountersConformance } from './book-counters.suite.ts';
import { dynamoDbOn } from './order-ledger.dynamodb.ts';

describeWith('dynoxide', dynoxideAvailable, () =>
  bookCountersConformance('dynoxide', async () => {
    const engine = await dynamoDbOn(startDynoxide);
    const { client, tables } = engine;
    return { counters: new DynamoBookCounters({ client, salesTable: tables.salesTable }), close: () => engine.close() };
  }),
);
