import { setTimeout as delay } from 'node:timers/promises';
import type { Outcome } from '../functions/function-host.ts';
import { localLimits } from '../local-limits.ts';
import { failedMessages } from './batch-response.ts';
import { queueRecord, type ReceivedMessage } from './queue-record.ts';

/** An event source mapping of the templates from a queue to a function. */
export interface QueueMapping {
  readonly queueArn: string;
  readonly region: string;
  /** Messages a batch: 1 to 10,000. */
  readonly batchMessages: number;
  /** Time to fill a batch: 0 to 300. */
  readonly windowSeconds: number;
  /** Batches at once, 2 to 1,000; absent = no bound but ours. */
  readonly maximumConcurrency?: number;
  /** ReportBatchItemFailures. */
  readonly partialFailures: boolean;
}

/** The queue, seen by its mapping. */
export interface MappedQueue {
  /** Up to `count` messages; waits up to `waitSeconds` for the first. */
  receive(count: number, waitSeconds: number, signal: AbortSignal): Promise<ReceivedMessage[]>;
  /** At most 10 at a time. */
  delete(receiptHandles: readonly string[]): Promise<void>;
}

interface MappingOptions {
  readonly mapping: QueueMapping;
  readonly queue: MappedQueue;
  readonly invoke: (payload: string) => Promise<Outcome>;
  /** Called with a line for the operator. */
  readonly report: (line: string) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number;
}

const eventBytes = 128;

/**
 * Polls a queue and hands its messages to a function in batches, as Lambda does. A batch that fails, or the failed part of it, is left alone: its
 * visibility timeout brings it back, and the queue's receive count takes it to the dead letters. Batches at once begin at 5 and grow by
 * 5 a second while every one of them is busy, up to MaximumConcurrency; an empty queue brings them back to 5.
 */
export class EventSourceMapping {
  readonly #options: MappingOptions;
  readonly #abort = new AbortController();
  readonly #busy = new Set<Promise<void>>();
  readonly #ceiling: number;
  #allowed: number;
  #grownAtMs = 0;
  #loop: Promise<void> = Promise.resolve();
  /** A message received that did not fit into its batch any more. */
  #left: ReceivedMessage[] = [];

  constructor(options: MappingOptions) {
    this.#options = options;
    this.#ceiling = Math.min(options.mapping.maximumConcurrency ?? localLimits.mappingMaxBatches, localLimits.mappingMaxBatches);
    this.#allowed = Math.min(localLimits.mappingStartBatches, this.#ceiling);
  }

  start(): void {
    this.#loop = this.#poll();
  }

  /** Takes no more messages, and waits for the batches at work. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
    await Promise.all(this.#busy);
  }

  async #poll(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        if (this.#busy.size >= this.#allowed && !this.#grow()) {
          await Promise.race(this.#busy);
          continue;
        }
        const sinceMs = this.#options.nowMs();
        const batch = await this.#fill(signal);
        if (batch.length === 0) this.#allowed = Math.min(localLimits.mappingStartBatches, this.#ceiling);
        else this.#begin(batch);
        await this.#pace(batch.length, sinceMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#options.report(`event source mapping of ${this.#options.mapping.queueArn}: ${String(error)}`);
        await delay(localLimits.receiveRetryMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** A poller that got all there was lets more come; one that got a full batch goes on at once. */
  async #pace(received: number, sinceMs: number, signal: AbortSignal): Promise<void> {
    const restMs = localLimits.receivePaceMs - (this.#options.nowMs() - sinceMs);
    const partial = received > 0 && received < this.#options.mapping.batchMessages && this.#left.length === 0;
    if (partial && restMs > 0) await delay(restMs, undefined, { signal });
  }

  /** One batch at once more, when the last was granted long enough ago. */
  #grow(): boolean {
    const nowMs = this.#options.nowMs();
    if (this.#allowed >= this.#ceiling || nowMs - this.#grownAtMs < 1000 / localLimits.mappingBatchesPerSecond) return false;
    this.#grownAtMs = nowMs;
    this.#allowed++;
    return true;
  }

  async #fill(signal: AbortSignal): Promise<ReceivedMessage[]> {
    const { mapping, queue, nowMs } = this.#options;
    const batch: ReceivedMessage[] = [];
    let bytes = eventBytes;
    let closesAtMs: number | undefined;
    while (batch.length < mapping.batchMessages) {
      const waitSeconds = closesAtMs === undefined ? localLimits.receiveWaitSeconds : Math.ceil((closesAtMs - nowMs()) / 1000);
      const wanted = Math.min(localLimits.receiveMessages, mapping.batchMessages - batch.length);
      const received = this.#left.length > 0 ? this.#left.splice(0, wanted) : await queue.receive(wanted, Math.max(0, waitSeconds), signal);
      for (const [index, message] of received.entries()) {
        bytes += Buffer.byteLength(JSON.stringify(queueRecord(message, mapping.queueArn, mapping.region))) + 1;
        if (bytes > localLimits.invocationPayloadBytes && batch.length > 0) {
          this.#left.unshift(...received.slice(index));
          return batch;
        }
        batch.push(message);
      }
      if (batch.length === 0) return batch;
      closesAtMs ??= nowMs() + mapping.windowSeconds * 1000;
      if (nowMs() >= closesAtMs) return batch;
    }
    return batch;
  }

  #begin(batch: readonly ReceivedMessage[]): void {
    const work = this.#process(batch)
      .catch((error: unknown) => this.#options.report(`event source mapping of ${this.#options.mapping.queueArn}: ${String(error)}`))
      .finally(() => this.#busy.delete(work));
    this.#busy.add(work);
  }

  async #process(batch: readonly ReceivedMessage[]): Promise<void> {
    const { mapping, invoke, queue } = this.#options;
    const records = batch.map((message) => queueRecord(message, mapping.queueArn, mapping.region));
    const outcome = await invoke(JSON.stringify({ Records: records }));
    if (outcome.kind !== 'answered') return;
    const failed = new Set(
      mapping.partialFailures
        ? failedMessages(
            outcome.payload,
            batch.map(({ MessageId }) => MessageId),
          )
        : [],
    );
    const done = batch.filter(({ MessageId }) => !failed.has(MessageId)).map(({ ReceiptHandle }) => ReceiptHandle);
    for (let start = 0; start < done.length; start += localLimits.receiveMessages)
      await queue.delete(done.slice(start, start + localLimits.receiveMessages));
  }
}
