import { Worker } from 'node:worker_threads';
import { localLimits } from '../local-limits.ts';
import type { FunctionDefinition } from '../resources/read-functions.ts';
import { machineLoad } from './machine-load.ts';
import type { FunctionError, ThreadCommand, ThreadData, ThreadNotice } from './protocol.ts';

/** A function's code threw, or an environment could not be made. */
export class FunctionFailed extends Error {
  override readonly name = 'FunctionFailed';
  readonly error: FunctionError;

  constructor(error: FunctionError) {
    super(`${error.errorType}: ${error.errorMessage}`);
    this.error = error;
  }
}

/** A running thread with the environments of one function. */
export interface FunctionThread {
  /** Makes an environment. Rejects with FunctionFailed. */
  create(environment: number): Promise<void>;
  /** Runs one event in an environment; JSON in and out. Rejects with FunctionFailed; never settles once the thread is gone. */
  invoke(environment: number, payload: string, deadlineMs: number): Promise<string>;
  /** Share of the time since the last call in which the thread, or the whole machine if that is more, was at work: 0 to 1. */
  readonly utilization: () => number;
  terminate(): Promise<void>;
  /** Settles with the reason once the thread has ended, by itself or terminated. */
  readonly ended: Promise<string>;
}

/** Where threads write: the log file, and what the terminal shows. */
export interface LogOptions {
  readonly logFile: string;
  readonly echoLogs: boolean;
  readonly echo: (stream: 'stdout' | 'stderr', text: string) => void;
}

interface Pending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function startWorker(
  { name, arn, label, bundleFile, handlerName, memoryMb, environment }: FunctionDefinition,
  { logFile, echoLogs }: LogOptions,
): Worker {
  const workerData: ThreadData = { functionName: name, functionArn: arn, label, bundleFile, handlerName, memoryMb, logFile, echoLogs };
  return new Worker(new URL('function-thread.ts', import.meta.url), {
    name: label,
    workerData,
    env: { ...environment },
    resourceLimits: { maxOldGenerationSizeMb: memoryMb + (localLimits.environments - 1) * localLimits.environmentHeapMb },
  });
}

/** Starts the thread of a function: its own environment variables, a heap limit from its MemorySize. */
export function startThread(definition: FunctionDefinition, logs: LogOptions): FunctionThread {
  const worker = startWorker(definition, logs);
  const creations = new Map<number, Pending<void>>();
  const invocations = new Map<number, Pending<string>>();
  const settle = <T>(pending: Map<number, Pending<T>>, id: number, how: (one: Pending<T>) => void) => {
    const one = pending.get(id);
    pending.delete(id);
    if (one !== undefined) how(one);
  };
  worker.on('message', (notice: ThreadNotice) => {
    switch (notice.kind) {
      case 'created':
        return settle(creations, notice.environment, ({ resolve }) => resolve());
      case 'creation-failed':
        return settle(creations, notice.environment, ({ reject }) => reject(new FunctionFailed(notice.error)));
      case 'done':
        return settle(invocations, notice.id, ({ resolve }) => resolve(notice.payload));
      case 'failed':
        return settle(invocations, notice.id, ({ reject }) => reject(new FunctionFailed(notice.error)));
      case 'output':
        return logs.echo(notice.stream, notice.text);
    }
  });
  let fault: Error | undefined;
  worker.on('error', (error: Error) => (fault = error));
  const ended = new Promise<string>((resolve) => {
    worker.once('exit', (code) => resolve(fault === undefined ? `exited with ${code}` : `${fault.name}: ${fault.message}`));
  });
  const send = (command: ThreadCommand) => worker.postMessage(command);
  let lastId = 0;
  let measured = worker.performance.eventLoopUtilization();
  const load = machineLoad();
  return {
    create: (environment) =>
      new Promise((resolve, reject) => {
        creations.set(environment, { resolve, reject });
        send({ kind: 'create', environment });
      }),
    invoke: (environment, payload, deadlineMs) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        invocations.set(id, { resolve, reject });
        send({ kind: 'invoke', environment, id, payload, deadlineMs });
      }),
    utilization: () => {
      const now = worker.performance.eventLoopUtilization();
      const { utilization } = worker.performance.eventLoopUtilization(now, measured);
      measured = now;
      return Math.max(utilization, load());
    },
    async terminate() {
      await worker.terminate();
    },
    ended,
  };
}
