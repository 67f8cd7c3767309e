import { dynoxideAvailable, startDynoxide } from '../support/dynoxide.ts';
import { describeWith } from '../support/skip.ts';
import { dynamoDbOn } from './order-ledger.dynamodb.ts';
import { orderLedgerConformance } from './order-ledger.suite.ts';

describeWith('dynoxide', dynoxideAvailable, () => orderLedgerConformance('dynoxide', () => dynamoDbOn(startDynoxide)));
