import { fileURLToPath } from 'node:url';
import { startGuarded } from '../engines/guarded-process.ts';
import type { FunctionDefinition } from '../resources/read-functions.ts';
import { type FunctionRunner, type LogOptions, RunnerConnection } from './function-runner.ts';
import { runnerData, type RunnerNotice } from './protocol.ts';

const program = fileURLToPath(new URL('function-process.ts', import.meta.url));

/**
 * Starts a process for one environment of a function: its own environment variables and nothing of ours, a heap limit from its
 * MemorySize, and the protocol over IPC. It does not outlive us.
 */
export function startProcess(definition: FunctionDefinition, logs: LogOptions): FunctionRunner {
  const heap = `--max-old-space-size=${definition.memoryMb}`;
  const data = JSON.stringify(runnerData(definition, logs));
  const child = startGuarded(process.execPath, ['--disable-warning=ExperimentalWarning', heap, program, data], logs.logFile, {
    environment: definition.environment,
    onMessage: (notice) => connection.receive(notice as RunnerNotice),
  });
  const connection = new RunnerConnection((command) => child.send(command), logs.echo);
  return {
    create: (environment) => connection.create(environment),
    invoke: (environment, payload, deadlineMs) => connection.invoke(environment, payload, deadlineMs),
    // One event at a time: whether it lacks time shows in the machine's load.
    utilization: () => 0,
    terminate: () => child.stop(),
    ended: child.ended,
  };
}
