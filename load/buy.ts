import type { OrderAnswer } from './client.ts';
import type { Clock } from './clock.ts';
import { loadLimits } from './limits.ts';
import type { Outcome, Tally } from './tally.ts';

interface BuyDeps {
  readonly clock: Clock;
  readonly tally: Tally;
  /** 0 ≤ x < 1. */
  random(): number;
  /** Fires when no more waiting is wanted: tries already sent are awaited, none is repeated. */
  readonly stop: AbortSignal;
}

/**
 * One buyer: sends the order and, as long as the outcome is unknown or put off (no answer, 5xx, 429), sends the very same
 * request again under its Idempotency-Key. Latencies count from the intended start, waits between tries included.
 */
export async function buy(place: () => Promise<OrderAnswer>, intendedMs: number, deps: BuyDeps): Promise<Outcome> {
  const { clock, tally, stop } = deps;
  for (let attempt = 1; ; attempt++) {
    const answer = await place();
    const latencyMs = clock.nowMs() - intendedMs;
    tally.answered(answer);
    // A lost try is no answer: the buyer goes on waiting for the first one.
    if (attempt === 1 && answer.kind !== 'lost') tally.firstAnswer.record(latencyMs);
    const outcome = outcomeOf(answer);
    if (outcome) tally.finalAnswer.record(latencyMs);
    if (outcome) return outcome;
    if (attempt === loadLimits.attempts || stop.aborted) return { kind: 'unresolved' };
    tally.retries++;
    await clock.sleep(retryDelayMs(answer, attempt, deps.random()), stop);
  }
}

function outcomeOf(answer: OrderAnswer): Outcome | undefined {
  if (answer.kind === 'accepted') return { kind: 'accepted', orderId: answer.orderId };
  if (answer.kind === 'lost' || answer.status >= 500 || answer.status === 429) return undefined;
  return { kind: 'refused', code: answer.code };
}

/** Milliseconds to wait before try attempt + 1: what the answer asks for, else a growing backoff; both spread at random. */
export function retryDelayMs(answer: OrderAnswer, attempt: number, random: number): number {
  if (answer.kind === 'refused' && answer.retryAfterSeconds !== undefined)
    return Math.min(answer.retryAfterSeconds * 1000, loadLimits.retryAfterMaxMs) + random * loadLimits.jitterMs;
  return random * Math.min(loadLimits.backoffMaxMs, loadLimits.backoffBaseMs * 2 ** (attempt - 1));
}
