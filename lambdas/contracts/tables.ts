/** Key schemas of the DynamoDB tables: the stores and the CDK app share them, so they cannot differ. */
export const tables = {
  /** Orders and the customers' allowances. Access patterns: docs/architecture.md. */
  orders: { partitionKey: 'pk', sortKey: 'sk' },
  /** One item a sold unit; its key is the unit. */
  claims: { partitionKey: 'pk', sortKey: 'sk' },
  /** One item a sale, its items and their capacity in it. */
  sales: { partitionKey: 'pk', sortKey: 'sk' },
} as const;

/** The one index: a sale's orders, KEYS_ONLY; its keys never change with the order's state. */
export const orderIndex = { name: 'bySale', partitionKey: 'ipk', sortKey: 'isk' } as const;
