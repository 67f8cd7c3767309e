import { dynamoDbLocalAvailable, startDynamoDbLocal } from '../support/dynamodb-local.ts';
import { describeWith } from '../support/skip.ts';
import { dynamoDbOn } from './order-ledger.dynamodb.ts';
import { orderLedgerConformance } from './order-ledger.suite.ts';

describeWith('Java', dynamoDbLocalAvailable, () => orderLedgerConformance('DynamoDB Local', () => dynamoDbOn(startDynamoDbLocal)));
