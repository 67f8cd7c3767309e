import { setTimeout as delay } from 'node:timers/promises';
import type { Outcome } from '../functions/function-host.ts';
import { localLimits } from '../local-limits.ts';
import { type EngineRecord, streamRecord } from './stream-record.ts';

/** An event source mapping of the templates from a table's stream to a function. */
export interface StreamMappingSettings {
  readonly streamArn: string;
  readonly region: string;
  /** Records a batch: 1 to 10,000. */
  readonly batchRecords: number;
  /** Tumbling window: 0 (none) to 900. */
  readonly windowSeconds: number;
}

/** The stream, seen by its mapping. */
export interface TableStream {
  readonly shardId: string;
  /** The next records, at most `count`, in their order; none when there are none yet. */
  read(count: number): Promise<readonly EngineRecord[]>;
}

interface StreamMappingOptions {
  readonly mapping: StreamMappingSettings;
  readonly stream: TableStream;
  readonly invoke: (payload: string) => Promise<Outcome>;
  /** Called with a line for the operator. */
  readonly report: (line: string) => void;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
}

interface Window {
  readonly start: string;
  readonly end: string;
  readonly endMs: number;
  state: unknown;
}

/**
 * Reads a stream from its beginning and hands its records to a function in batches, one at a time, as Lambda does for a shard. A batch
 * that fails comes again, the same one, until it succeeds: nothing behind it is read before. With a tumbling window an event names its
 * window, its shard and the state that the last answer left; an answer without state is a failure; a window that had records ends with an
 * event without any.
 */
export class StreamMapping {
  readonly #options: StreamMappingOptions;
  readonly #abort = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #window: Window | undefined;

  constructor(options: StreamMappingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#poll();
  }

  /** Takes no more records, and waits for the batch at work. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
  }

  async #poll(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const records = await this.#read();
      await this.#endWindow();
      for (const batch of this.#batches(records)) await this.#deliver(batch, false);
      if (records.length < this.#options.mapping.batchRecords) await this.#rest(localLimits.streamPollMs);
    }
  }

  async #read(): Promise<readonly EngineRecord[]> {
    try {
      return await this.#options.stream.read(Math.min(this.#options.mapping.batchRecords, localLimits.streamRecords));
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#report(String(error));
      await this.#rest(localLimits.receiveRetryMs);
      return [];
    }
  }

  /** What was read, cut where an event would be too large for an invocation. */
  *#batches(records: readonly EngineRecord[]): Generator<readonly EngineRecord[]> {
    let batch: EngineRecord[] = [];
    let bytes = 0;
    for (const record of records) {
      const size = Buffer.byteLength(JSON.stringify(record)) + localLimits.streamRecordExtraBytes;
      if (batch.length > 0 && bytes + size > localLimits.invocationPayloadBytes) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push(record);
      bytes += size;
    }
    if (batch.length > 0) yield batch;
  }

  async #endWindow(): Promise<void> {
    if (this.#window === undefined || this.#options.nowMs() < this.#window.endMs) return;
    await this.#deliver([], true);
    this.#window = undefined;
  }

  /** Again and again until it succeeds, later and later. */
  async #deliver(batch: readonly EngineRecord[], isFinal: boolean): Promise<void> {
    const { mapping, stream } = this.#options;
    const Records = batch.map((record) => streamRecord(record, mapping.streamArn, mapping.region));
    for (let failures = 0; !this.#abort.signal.aborted; failures += 1) {
      const window = mapping.windowSeconds > 0 ? (this.#window ??= this.#openWindow(mapping.windowSeconds)) : undefined;
      const inWindow = window && {
        window: { start: window.start, end: window.end },
        state: window.state,
        shardId: stream.shardId,
        eventSourceARN: mapping.streamArn,
        isFinalInvokeForWindow: isFinal,
        isWindowTerminatedEarly: false,
      };
      if (await this.#invoke(JSON.stringify({ Records, ...inWindow }), window)) return;
      await this.#rest(Math.min(localLimits.streamRetryMs * 2 ** failures, localLimits.streamRetryMaxMs));
    }
  }

  #openWindow(seconds: number): Window {
    const startMs = Math.floor(this.#options.nowMs() / (seconds * 1000)) * seconds * 1000;
    const endMs = startMs + seconds * 1000;
    return { start: new Date(startMs).toISOString(), end: new Date(endMs).toISOString(), endMs, state: {} };
  }

  /** True when the function took the batch. */
  async #invoke(payload: string, window: Window | undefined): Promise<boolean> {
    const outcome = await this.#options.invoke(payload).catch((error: unknown): undefined => this.#report(String(error)));
    if (outcome?.kind !== 'answered') return false;
    if (!window) return true;
    const state = stateOf(outcome.payload);
    if (state === undefined) this.#report('the function answered without `state`: with a tumbling window that is a failure');
    else window.state = state;
    return state !== undefined;
  }

  #report(what: string): undefined {
    this.#options.report(`event source mapping of ${this.#options.mapping.streamArn}: ${what}`);
  }

  async #rest(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#abort.signal }).catch(() => undefined);
  }
}

function stateOf(payload: string): unknown {
  try {
    return (JSON.parse(payload) as { state?: unknown } | null)?.state ?? undefined;
  } catch {
    return undefined;
  }
}
