import { applyCacheUsers, becomeAdministrator } from './engines/apply-cache-users.ts';
import { AwsCallError, callAws } from './engines/call-aws.ts';
import type { Engines } from './engines/start-engines.ts';
import type { SystemDefinition } from './read-system.ts';

/** An administrator of the Redis of this run, for tests and tools. */
export interface CacheAdministrator {
  readonly username: string;
  readonly password: string;
}

async function makeTables({ tables }: Engines, definitions: SystemDefinition['tables']): Promise<void> {
  for (const definition of definitions)
    try {
      await callAws(tables.endpoint, 'DynamoDB_20120810.CreateTable', definition);
    } catch (error) {
      // Kept from an earlier run: a table's keys never change while it is in use, so it is as good as new.
      if (!(error instanceof AwsCallError && error.code === 'ResourceInUseException')) throw error;
    }
}

async function makeQueues({ frontDoor }: Engines, definitions: SystemDefinition['queues']): Promise<void> {
  for (const definition of definitions) await callAws(frontDoor.endpoint, 'AmazonSQS.CreateQueue', definition);
}

/** Makes tables, queues and Redis users in the running engines. Returns what the operator should know, and our own Redis user. */
export async function makeResources(
  engines: Engines,
  definition: SystemDefinition,
): Promise<{ notes: string[]; administrator: CacheAdministrator | undefined }> {
  const { admin, own } = engines.cache;
  const makeUsers = async () => {
    // A server that is not ours keeps its user `default`: others may sign in as that.
    const users = own ? definition.cacheUsers : definition.cacheUsers.filter(({ name }) => name !== 'default');
    const administrator = own ? await becomeAdministrator(admin) : undefined;
    return { administrator, notes: await applyCacheUsers(admin, users) };
  };
  const [made] = await Promise.all([makeUsers(), makeTables(engines, definition.tables), makeQueues(engines, definition.queues)]);
  return made;
}
