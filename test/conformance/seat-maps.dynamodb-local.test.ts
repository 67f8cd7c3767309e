import { dynamoDbLocalAvailable, startDynamoDbLocal } from '../support/dynamodb-local.ts';
import { describeWith } from '../support/skip.ts';
import { seatMapsOn } from './seat-maps.dynamodb.ts';
import { seatMapsConformance } from './seat-maps.suite.ts';

describeWith('Java', dynamoDbLocalAvailable, () => seatMapsConformance('DynamoDB Local', () => seatMapsOn(startDynamoDbLocal)));
