import { Worker } from 'node:worker_threads';
import { localLimits } from '../local-limits.ts';
import type { FunctionDefinition } from '../resources/read-functions.ts';
import { type FunctionRunner, type LogOptions, RunnerConnection } from './function-runner.ts';
import { runnerData, type RunnerNotice } from './protocol.ts';

function startWorker(definition: FunctionDefinition, logs: LogOptions): Worker {
  const { label, memoryMb, environment } = definition;
  return new Worker(new URL('function-thread.ts', import.meta.url), {
    name: label,
    workerData: runnerData(definition, logs),
    env: { ...environment },
    resourceLimits: { maxOldGenerationSizeMb: memoryMb + (localLimits.environments - 1) * localLimits.environmentHeapMb },
  });
}

/** Starts a thread for all environments of a function: its own environment variables, a heap limit from its MemorySize. */
export function startThread(definition: FunctionDefinition, logs: LogOptions): FunctionRunner {
  const worker = startWorker(definition, logs);
  const connection = new RunnerConnection((command) => worker.postMessage(command), logs.echo);
  worker.on('message', (notice: RunnerNotice) => connection.receive(notice));
  let fault: Error | undefined;
  worker.on('error', (error: Error) => (fault = error));
  const ended = new Promise<string>((resolve) => {
    worker.once('exit', (code) => resolve(fault === undefined ? `exited with ${code}` : `${fault.name}: ${fault.message}`));
  });
  let measured = worker.performance.eventLoopUtilization();
  return {
    create: (environment) => connection.create(environment),
    invoke: (environment, payload, deadlineMs) => connection.invoke(environment, payload, deadlineMs),
    utilization: () => {
      const now = worker.performance.eventLoopUtilization();
      const { utilization } = worker.performance.eventLoopUtilization(now, measured);
      measured = now;
      return utilization;
    },
    async terminate() {
      await worker.terminate();
    },
    ended,
  };
}
