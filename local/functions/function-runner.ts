import type { FunctionError, RunnerCommand, RunnerNotice } from './protocol.ts';

/** A function's code threw, or an environment could not be made. */
export class FunctionFailed extends Error {
  override readonly name = 'FunctionFailed';
  readonly error: FunctionError;

  constructor(error: FunctionError) {
    super(`${error.errorType}: ${error.errorMessage}`);
    this.error = error;
  }
}

/** Where environments are apart from us: all of a function in one thread, or each in a process of its own. */
export type Isolation = 'thread' | 'process';

/** What runs environments of one function: a thread with all of them, or a process with one. */
export interface FunctionRunner {
  /** Makes an environment. Rejects with FunctionFailed. */
  create(environment: number): Promise<void>;
  /** Runs one event in an environment; JSON in and out. Rejects with FunctionFailed; never settles once the runner is gone. */
  invoke(environment: number, payload: string, deadlineMs: number): Promise<string>;
  /** Share of the time since the last call in which a thread was at work: 0 to 1. */
  readonly utilization: () => number;
  terminate(): Promise<void>;
  /** Settles with the reason once it has ended, by itself or terminated. */
  readonly ended: Promise<string>;
}

/** Where functions write: the log file, and what the terminal shows. */
export interface LogOptions {
  readonly logFile: string;
  readonly echoLogs: boolean;
  readonly echo: (stream: 'stdout' | 'stderr', text: string) => void;
}

interface Pending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** Our end of the protocol, whatever carries it: a command goes out, the notice that answers it settles the call. */
export class RunnerConnection {
  readonly #send: (command: RunnerCommand) => void;
  readonly #echo: LogOptions['echo'];
  readonly #creations = new Map<number, Pending<void>>();
  readonly #invocations = new Map<number, Pending<string>>();
  #lastId = 0;

  constructor(send: (command: RunnerCommand) => void, echo: LogOptions['echo']) {
    this.#send = send;
    this.#echo = echo;
  }

  create(environment: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#creations.set(environment, { resolve, reject });
      this.#send({ kind: 'create', environment });
    });
  }

  invoke(environment: number, payload: string, deadlineMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#invocations.set(id, { resolve, reject });
      this.#send({ kind: 'invoke', environment, id, payload, deadlineMs });
    });
  }

  /** Takes what the runner says. */
  receive(notice: RunnerNotice): void {
    switch (notice.kind) {
      case 'created':
        return settle(this.#creations, notice.environment, ({ resolve }) => resolve());
      case 'creation-failed':
        return settle(this.#creations, notice.environment, ({ reject }) => reject(new FunctionFailed(notice.error)));
      case 'done':
        return settle(this.#invocations, notice.id, ({ resolve }) => resolve(notice.payload));
      case 'failed':
        return settle(this.#invocations, notice.id, ({ reject }) => reject(new FunctionFailed(notice.error)));
      case 'output':
        return this.#echo(notice.stream, notice.text);
    }
  }
}

function settle<T>(pending: Map<number, Pending<T>>, id: number, how: (one: Pending<T>) => void): void {
  const one = pending.get(id);
  pending.delete(id);
  if (one !== undefined) how(one);
}
