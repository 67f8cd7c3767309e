import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { UnavailableError } from '../../domain/kernel/faults.ts';
import { orUnavailable } from '../../runtime/sdk-fault.ts';
import type { LedgerContext } from './ledger-context.ts';
import { contended, type Deadline, retryContended } from './retry-contended.ts';

/** One write of one order item that has a condition: what it gives where it took effect, and where the condition did not hold. */
export function conditionalWrite<T>(
  { backoff }: Pick<LedgerContext, 'backoff'>,
  send: (deadline: Deadline) => Promise<unknown>,
  outcome: { readonly done: T; readonly refused: (refusal: ConditionalCheckFailedException) => T },
): Promise<T> {
  return retryContended('ledger', backoff, async (deadline) => {
    try {
      await orUnavailable('ledger', send(deadline));
      return outcome.done;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return outcome.refused(error);
      // A transaction about the same order is being decided in this very moment.
      if (error instanceof UnavailableError && error.cause instanceof TransactionConflictException) return contended;
      throw error;
    }
  });
}
