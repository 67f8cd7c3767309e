import { dynamoDbLocalAvailable, startDynamoDbLocal } from '../support/dynamodb-local.ts';
import { describeWith } from '../support/skip.ts';
import { catalogOn } from './sale-catalog.dynamodb.ts';
import { saleCatalogConformance } from './sale-catalog.suite.ts';

describeWith('Java', dynamoDbLocalAvailable, () => saleCatalogConformance('DynamoDB Local', () => catalogOn(startDynamoDbLocal)));
