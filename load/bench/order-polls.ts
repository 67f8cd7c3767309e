import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { PollsInput, PollsSeen } from './polls.ts';

/** Buyers who poll their orders through the function, in a thread of their own, while something else is measured. */
export class OrderPolls implements AsyncDisposable {
  readonly #thread: Worker;

  private constructor(thread: Worker) {
    this.#thread = thread;
  }

  /** Resolves when each order was polled once. Throws when one is not found. */
  static async start(input: PollsInput): Promise<OrderPolls> {
    const thread = new Worker(new URL('polls-thread.ts', import.meta.url), { workerData: input });
    await once(thread, 'message');
    return new OrderPolls(thread);
  }

  /** What the polls were answered from the begin of the work to its end. Throws what the work throws, and what the thread died of. */
  async during(work: () => Promise<void>): Promise<PollsSeen> {
    const thread = this.#thread;
    const told = once(thread, 'message');
    thread.postMessage('begin');
    await Promise.race([work(), told]);
    thread.postMessage('end');
    const [seen] = (await told) as [PollsSeen];
    return seen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread.terminate();
  }
}
