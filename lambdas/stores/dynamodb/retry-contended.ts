import { limits } from '../../contracts/limits.ts';
import { UnavailableError } from '../../domain/kernel/faults.ts';

/** Waiting and chance, given from outside so that tests need neither. */
export interface Backoff {
  sleep(ms: number): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}

/** An attempt met others at work on the same items, or a throttle: nothing happened, and it may be run again. */
export const contended = Symbol('contended');

/** For each call of an attempt: what is under way when the time is up is given up, the SDK's own tries included. */
export interface Deadline {
  readonly abortSignal: AbortSignal;
}

/**
 * Runs the attempt until it is not contended: limits.ledgerAttempts times at most, with full jitter between them
 * ("Exponential backoff and jitter", AWS Architecture Blog), and within limits.ledgerOperationMs or what is given; then throws
 * UnavailableError. The SDK repeats none of these cases by itself: a cancelled transaction is to it an answer.
 */
export async function retryContended<T>(
  dependency: UnavailableError['dependency'],
  backoff: Backoff,
  attempt: (deadline: Deadline) => Promise<T | typeof contended>,
  withinMs: number = limits.ledgerOperationMs,
): Promise<T> {
  const abortSignal = AbortSignal.timeout(Math.min(withinMs, limits.ledgerOperationMs));
  for (let round = 0; ; round += 1) {
    const outcome = await attempt({ abortSignal });
    if (outcome !== contended) return outcome;
    if (round + 1 === limits.ledgerAttempts || abortSignal.aborted) {
      throw new UnavailableError(dependency, `${dependency}: contended or throttled ${round + 1} times in a row`);
    }
    await backoff.sleep(backoff.random() * Math.min(limits.ledgerBackoffMaxMs, limits.ledgerBackoffBaseMs * 2 ** round));
  }
}
