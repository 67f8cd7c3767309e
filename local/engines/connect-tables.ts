import { callAws } from './call-aws.ts';
import type { TableEngine } from './start-dynoxide.ts';

/** The DynamoDB engine at a URL (DYNAMODB_URL), which is not ours to start or end. Throws when it does not answer. */
export async function connectTables(url: string): Promise<TableEngine> {
  try {
    await callAws(url, 'DynamoDB_20120810.ListTables', {});
  } catch (cause) {
    throw new Error(`DYNAMODB_URL names a server that does not answer: ${url}`, { cause });
  }
  return {
    endpoint: url,
    port: Number(new URL(url).port || 80),
    kind: 'DYNAMODB_URL',
    ended: new Promise(() => undefined),
    stop: () => Promise.resolve(),
  };
}
