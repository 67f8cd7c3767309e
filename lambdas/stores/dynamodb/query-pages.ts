import { QueryCommand, type DynamoDBClient, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { UnavailableError } from '../../domain/kernel/faults.ts';
import { orUnavailable } from '../../runtime/sdk-fault.ts';
import type { Item } from './attributes.ts';

/** All pages of a query (1 MB each, before filters), one after the other; a page may be empty. Ends, as each page begins behind the last. */
export async function* queryPages(
  dependency: UnavailableError['dependency'],
  client: DynamoDBClient,
  input: QueryCommandInput,
): AsyncGenerator<Item[]> {
  let after: Item | undefined;
  do {
    const command = new QueryCommand({ ...input, ...(after === undefined ? {} : { ExclusiveStartKey: after }) });
    const { Items, LastEvaluatedKey } = await orUnavailable(dependency, client.send(command));
    yield Items ?? [];
    after = LastEvaluatedKey;
  } while (after !== undefined);
}
