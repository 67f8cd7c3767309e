import * as z from 'zod/mini';
import { commitRequestSchema } from '../contracts/messages.ts';
import type { CommitRequest } from '../domain/orders/order.ts';
import type { RecordHandler } from '../runtime/sqs-function.ts';

/** One message of the orders queue: parse, commit. A message that is none is a fault of ours: it goes to the dead letters by its receive count. */
export function commitOrders(commit: (request: CommitRequest) => Promise<unknown>): RecordHandler {
  return async (body) => {
    await commit(z.parse(commitRequestSchema, JSON.parse(body)));
  };
}
