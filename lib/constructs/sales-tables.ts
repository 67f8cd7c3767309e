import {
  type Attribute,
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
  type TablePropsV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { orderIndex, tables } from '../../lambdas/contracts/tables.ts';

/** Properties of SalesTables. */
export interface SalesTablesProps {
  /** Tables outlive the stack and cannot be deleted while they are protected. */
  readonly protectData: boolean;
  /** How far back a table can be restored, in days (1–35). */
  readonly pointInTimeRecoveryDays: number;
}

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });
const number = (name: string): Attribute => ({ name, type: AttributeType.NUMBER });

/** The ledger and the catalog: on demand, encrypted by AWS's key, restorable to any second. */
export class SalesTables extends Construct {
  /** Orders and allowances; its stream announces every change. */
  readonly orders: TableV2;
  /** One item a claimed unit, whose key is the unit. No stream, no index: a claim costs what one write costs. */
  readonly claims: TableV2;
  readonly sales: TableV2;

  constructor(scope: Construct, id: string, props: SalesTablesProps) {
    super(scope, id);
    const common = {
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: props.pointInTimeRecoveryDays },
      deletionProtection: props.protectData,
      removalPolicy: props.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    } satisfies Partial<TablePropsV2>;

    this.orders = new TableV2(this, 'Orders', {
      ...common,
      partitionKey: text(tables.orders.partitionKey),
      sortKey: text(tables.orders.sortKey),
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      globalSecondaryIndexes: [
        {
          indexName: orderIndex.name,
          partitionKey: text(orderIndex.partitionKey),
          sortKey: number(orderIndex.sortKey),
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
    });
    this.claims = new TableV2(this, 'Claims', {
      ...common,
      partitionKey: text(tables.claims.partitionKey),
      sortKey: number(tables.claims.sortKey),
    });
    this.sales = new TableV2(this, 'Sales', {
      ...common,
      partitionKey: text(tables.sales.partitionKey),
      sortKey: text(tables.sales.sortKey),
    });
  }
}
