import type { OrderAnswer } from './client.ts';
import { Latencies } from './latency.ts';

/** How one buyer's order ended, as far as this buyer could learn. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly orderId: string }
  | { readonly kind: 'refused'; readonly code: string }
  /** Every try was lost or answered 5xx or 429: the order may exist or not. */
  | { readonly kind: 'unresolved' };

/** Counts of a run while it goes, in memory that grows by the accepted orders only. */
export class Tally {
  sent = 0;
  finished = 0;
  readonly acceptedIds: string[] = [];
  readonly refusals = new Map<string, number>();
  unresolved = 0;
  /** Answers by status, every try counted; lost ones by the error's code. */
  readonly statuses = new Map<string, number>();
  readonly codes = new Map<string, number>();
  retries = 0;
  /** From the intended start to the first answer, and to the answer that settled the buyer's question. */
  readonly firstAnswer = new Latencies();
  readonly finalAnswer = new Latencies();
  #firstAcceptedMs = 0;
  #lastAcceptedMs = 0;

  /** Counts one try's answer. */
  answered(answer: OrderAnswer): void {
    increment(this.statuses, answer.kind === 'lost' ? `lost ${answer.cause}` : String(answer.status));
    if (answer.kind === 'refused') increment(this.codes, answer.code);
  }

  /** Counts one buyer who is done, at that time (monotonic ms). */
  done(outcome: Outcome, nowMs: number): void {
    this.finished++;
    if (outcome.kind === 'accepted') this.#accept(outcome.orderId, nowMs);
    else if (outcome.kind === 'refused') increment(this.refusals, outcome.code);
    else this.unresolved++;
  }

  get underway(): number {
    return this.sent - this.finished;
  }

  /** From the first acceptance to the last. */
  get acceptingMs(): number {
    return this.acceptedIds.length === 0 ? 0 : this.#lastAcceptedMs - this.#firstAcceptedMs;
  }

  get refused(): number {
    return this.finished - this.acceptedIds.length - this.unresolved;
  }

  #accept(orderId: string, nowMs: number): void {
    if (this.acceptedIds.length === 0) this.#firstAcceptedMs = nowMs;
    this.#lastAcceptedMs = nowMs;
    this.acceptedIds.push(orderId);
  }
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
