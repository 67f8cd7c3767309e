import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Claim } from '../../domain/orders/ports.ts';
import { toClaimItem } from './claim-item.ts';
import type { LedgerContext } from './ledger-context.ts';

const unitIsFree = 'attribute_not_exists(pk)';

/** The put of a claim, if nobody has the unit (rules 13 and 22); a refusal brings the claim that is there. */
export function putClaim({ claimsTable }: LedgerContext, saleId: string, claim: Claim): TransactWriteItem {
  return {
    Put: {
      TableName: claimsTable,
      Item: toClaimItem(saleId, claim),
      ConditionExpression: unitIsFree,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}
