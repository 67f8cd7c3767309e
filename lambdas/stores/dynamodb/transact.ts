import {
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type CancellationReason,
  type DynamoDBClient,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import type { UnavailableError } from '../../domain/kernel/faults.ts';
import { orUnavailable } from '../../runtime/sdk-fault.ts';
import type { Deadline } from './retry-contended.ts';

/** Codes of a cancelled transaction after which the same transaction may simply be run again. */
const passing: ReadonlySet<string> = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);
const ordinary: ReadonlySet<string> = new Set(['None', 'ConditionalCheckFailed', ...passing]);

/**
 * One try of a transaction. Undefined: it took effect. Else why not, one reason an action, in the order of the
 * actions. The SDK gives each call a token of its own and repeats it on a timeout, so an answer that was lost does
 * not turn into a refusal. Reasons that are bugs (validation, access) are thrown.
 */
export async function transact(
  dependency: UnavailableError['dependency'],
  client: DynamoDBClient,
  actions: TransactWriteItem[],
  deadline: Deadline,
): Promise<readonly CancellationReason[] | undefined> {
  try {
    await orUnavailable(dependency, client.send(new TransactWriteItemsCommand({ TransactItems: actions }), deadline));
    return undefined;
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const reasons = error.CancellationReasons ?? [];
    if (reasons.length !== actions.length || reasons.some(({ Code }) => !ordinary.has(Code ?? 'None'))) throw error;
    return reasons;
  }
}

/** True when the action's own condition did not hold. */
export function isRefused(reason: CancellationReason | undefined): boolean {
  return reason?.Code === 'ConditionalCheckFailed';
}

/** True when some action met another writer or a throttle. */
export function isContended(reasons: readonly CancellationReason[]): boolean {
  return reasons.some(({ Code }) => passing.has(Code ?? 'None'));
}
