import { type ApiClient, UnreachableError } from './client.ts';
import type { Clock } from './clock.ts';
import { loadLimits } from './limits.ts';
import type { Settlement } from './settlement.ts';
import { orderShape } from './shapes.ts';

interface SettleDeps {
  readonly client: Pick<ApiClient, 'read'>;
  readonly clock: Clock;
  readonly settlement: Settlement;
  /** Stops the waiting; what is left counts as unsettled. */
  readonly stop: AbortSignal;
  readonly progress: (settled: number, of: number) => void;
}

/**
 * Reads every accepted order until its state is no longer `accepted`, with a few readers going round one queue. An order
 * not settled yet goes to the end of it and its reader pauses, so waiting costs the system under load little.
 * Gives up on what is left after loadLimits.settleStallMs without any progress, or when stopped.
 */
export async function settleOrders(acceptedIds: readonly string[], deps: SettleDeps): Promise<void> {
  const queue = distinct(acceptedIds, deps.settlement);
  const total = queue.length;
  const startedMs = deps.clock.nowMs();
  const absent = new Set<string>();
  let head = 0;
  let settled = 0;
  let progressedMs = startedMs;

  const patient = (): boolean => {
    const nowMs = deps.clock.nowMs();
    return !deps.stop.aborted && nowMs - progressedMs < loadLimits.settleStallMs && nowMs - startedMs < loadLimits.settleTotalMs;
  };
  const reader = async (): Promise<void> => {
    while (settled < total && patient()) {
      const orderId = queue[head];
      if (orderId === undefined) {
        // The last orders are in other readers' hands and may come back.
        await deps.clock.sleep(loadLimits.settlePauseMs, deps.stop);
        continue;
      }
      head++;
      const look = await lookAt(orderId, deps);
      if (look === 'absent') absent.add(orderId);
      else absent.delete(orderId);
      if (look === 'at-rest') {
        settled++;
        progressedMs = deps.clock.nowMs();
        deps.progress(settled, total);
      } else {
        queue.push(orderId);
        await deps.clock.sleep(loadLimits.settlePauseMs, deps.stop);
      }
    }
  };
  await Promise.all(Array.from({ length: loadLimits.settleReaders }, reader));
  for (const orderId of queue.slice(head)) deps.settlement.found(absent.has(orderId) ? 'vanished' : 'unsettled', orderId);
}

/** Reads an order once; one that rests in its state has then been counted. */
async function lookAt(orderId: string, { client, settlement }: SettleDeps): Promise<'at-rest' | 'moving' | 'absent'> {
  try {
    const answer = await client.read(`/v1/orders/${orderId}`, orderShape);
    if (answer.kind === 'absent') return 'absent';
    if (answer.kind === 'busy' || answer.value.state === 'accepted') return 'moving';
    settlement.settled(answer.value);
    return 'at-rest';
  } catch (error) {
    if (error instanceof UnreachableError) return 'moving';
    throw error;
  }
}

function distinct(ids: readonly string[], settlement: Settlement): string[] {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) settlement.found('id-twice', id);
    seen.add(id);
  }
  return [...seen];
}
