/** What one AWS call does: an IAM action on a resource. A transaction does several. */
export interface Access {
  /** Such as `dynamodb:PutItem`. */
  readonly action: string;
  /** ARN, or `*` where AWS has no resource for the action. */
  readonly resource: string;
}

/** Where the called resources are: names in calls become ARNs with it. */
export interface Account {
  readonly region: string;
  readonly accountId: string;
}

/** Service of the front door that answers a call. */
export type Service = 'dynamodb' | 'sqs' | 'secretsmanager' | 'events';

/** A call as far as the policies care. */
export interface IdentifiedCall {
  readonly service: Service;
  readonly operation: string;
  readonly accesses: readonly Access[];
}

type Body = Readonly<Record<string, unknown>>;

const services: Readonly<Record<string, Service>> = {
  DynamoDB_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
  secretsmanager: 'secretsmanager',
  AWSEvents: 'events',
};

const transactionActions: Readonly<Record<string, string>> = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  Get: 'dynamodb:GetItem',
};
const tableOperations = new Set(['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'DescribeTable', 'DescribeTimeToLive']);
const batchOperations = new Set(['BatchGetItem', 'BatchWriteItem']);
const transactionOperations = new Set(['TransactWriteItems', 'TransactGetItems']);
const queueOperations: Readonly<Record<string, string>> = {
  SendMessage: 'SendMessage',
  SendMessageBatch: 'SendMessage',
  ReceiveMessage: 'ReceiveMessage',
  DeleteMessage: 'DeleteMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibility: 'ChangeMessageVisibility',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
  GetQueueAttributes: 'GetQueueAttributes',
  GetQueueUrl: 'GetQueueUrl',
  PurgeQueue: 'PurgeQueue',
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function tableArn(account: Account, body: Body, table: unknown): string {
  const name = text(table);
  const arn = name.startsWith('arn:') ? name : `arn:aws:dynamodb:${account.region}:${account.accountId}:table/${name}`;
  return typeof body['IndexName'] === 'string' ? `${arn}/index/${body['IndexName']}` : arn;
}

function transactionAccesses(account: Account, body: Body): Access[] {
  const items = Array.isArray(body['TransactItems']) ? (body['TransactItems'] as unknown[]) : [];
  return items.filter(isObject).flatMap((item) =>
    Object.entries(item).flatMap(([kind, operation]) => {
      const action = transactionActions[kind];
      return action !== undefined && isObject(operation) ? [{ action, resource: tableArn(account, {}, operation['TableName']) }] : [];
    }),
  );
}

function tableAccesses(account: Account, operation: string, body: Body): Access[] | undefined {
  if (tableOperations.has(operation)) return [{ action: `dynamodb:${operation}`, resource: tableArn(account, body, body['TableName']) }];
  if (transactionOperations.has(operation)) return transactionAccesses(account, body);
  if (batchOperations.has(operation))
    return Object.keys(isObject(body['RequestItems']) ? body['RequestItems'] : {}).map((table) => ({
      action: `dynamodb:${operation}`,
      resource: tableArn(account, {}, table),
    }));
  return undefined;
}

function queueAccesses({ region, accountId }: Account, operation: string, body: Body): Access[] | undefined {
  const action = queueOperations[operation];
  if (action === undefined) return undefined;
  const name = text(body['QueueName']) || text(body['QueueUrl']).split('/').at(-1);
  return [{ action: `sqs:${action}`, resource: `arn:aws:sqs:${region}:${accountId}:${name}` }];
}

function eventAccesses({ region, accountId }: Account, body: Body): Access[] {
  const entries = Array.isArray(body['Entries']) ? (body['Entries'] as unknown[]).filter(isObject) : [];
  const buses = new Set(entries.map((entry) => text(entry['EventBusName']) || 'default'));
  return [...buses].map((bus) => ({
    action: 'events:PutEvents',
    resource: bus.startsWith('arn:') ? bus : `arn:aws:events:${region}:${accountId}:event-bus/${bus}`,
  }));
}

/**
 * The service, operation and accesses of a call.
 * @param target `X-Amz-Target`, such as `DynamoDB_20120810.PutItem`.
 * @param secretArn The ARN of a secret named by name or ARN.
 * @returns undefined for a service or operation that the local runtime does not stand in for.
 */
export function identifyCall(account: Account, target: string, body: Body, secretArn: (id: string) => string): IdentifiedCall | undefined {
  const dot = target.indexOf('.');
  const service = services[target.slice(0, dot)];
  const operation = target.slice(dot + 1);
  const accesses = (): Access[] | undefined => {
    switch (service) {
      case 'dynamodb':
        return tableAccesses(account, operation, body);
      case 'sqs':
        return queueAccesses(account, operation, body);
      case 'secretsmanager':
        return operation === 'GetSecretValue'
          ? [{ action: 'secretsmanager:GetSecretValue', resource: secretArn(text(body['SecretId'])) }]
          : undefined;
      case 'events':
        return operation === 'PutEvents' ? eventAccesses(account, body) : undefined;
      case undefined:
        return undefined;
    }
  };
  const found = accesses();
  return service === undefined || found === undefined ? undefined : { service, operation, accesses: found };
}
