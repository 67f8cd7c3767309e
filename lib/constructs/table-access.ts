import { TableGrants, type TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';

type ItemAction = 'GetItem' | 'BatchGetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem';

/** Allows these actions on the table's items and on no index: CDK's own grant would add every index by a wildcard. */
export const grantItems = (table: TableV2, grantee: IGrantable, ...actions: readonly ItemAction[]): Grant =>
  TableGrants.fromTable(table, undefined, false).actions(grantee, ...actions.map((action) => `dynamodb:${action}`));

/** Allows queries of one index. */
export const grantIndexQuery = (table: TableV2, indexName: string, grantee: IGrantable): Grant =>
  Grant.addToPrincipal({ grantee, actions: ['dynamodb:Query'], resourceArns: [`${table.tableArn}/index/${indexName}`] });
