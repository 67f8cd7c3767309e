import { limits } from '../../contracts/limits.ts';
import type { StockGate } from '../stock/ports.ts';
import { awaitCommit, type AwaitCommitDependencies } from './await-commit.ts';
import { confirmOrder, type ConfirmOrderDependencies, type ConfirmOrderOutcome } from './confirm-order.ts';
import type { Payment } from './order.ts';

interface ConfirmWhenCommittedDependencies extends ConfirmOrderDependencies, AwaitCommitDependencies {
  readonly gate: ConfirmOrderDependencies['gate'] & Pick<StockGate, 'summary' | 'enterWait' | 'leaveWait'>;
}

/** Takes a payment that somebody stands by: for an accepted order it waits for the commit, at most limits.preferWaitSeconds. */
export async function confirmWhenCommitted(
  deps: ConfirmWhenCommittedDependencies,
  orderId: string,
  payment: Payment,
): Promise<ConfirmOrderOutcome> {
  const outcome = await confirmOrder(deps, orderId, payment);
  if (outcome.kind !== 'accepted') return outcome;
  await awaitCommit(deps, outcome.order, limits.preferWaitSeconds);
  return confirmOrder(deps, orderId, payment);
}
