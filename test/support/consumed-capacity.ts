import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Request units of the calls since the last look, as the engine reports them; those of indexes included. */
export interface CapacityMeter {
  take(): ConsumedCapacity[];
}

/** Makes every call of the client report what it consumed (`ReturnConsumedCapacity: INDEXES`). */
export function meterCapacity(client: DynamoDBClient): CapacityMeter {
  let reports: ConsumedCapacity[] = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'INDEXES' } });
      const { ConsumedCapacity } = result.output as { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] };
      if (ConsumedCapacity !== undefined) reports.push(...[ConsumedCapacity].flat());
      return result;
    },
    { step: 'initialize', name: 'meterCapacity' },
  );
  return {
    take: () => {
      const taken = reports;
      reports = [];
      return taken;
    },
  };
}
