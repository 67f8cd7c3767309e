import assert from 'node:assert/strict';
import { parentPort, workerData } from 'node:worker_threads';
import type { RunnerData } from './protocol.ts';
import { runEnvironments } from './run-environments.ts';

/** The thread of one function: all its environments. Its process.env is the function's own. */
const port = parentPort;
assert(port, 'runs as a worker thread');
port.on(
  'message',
  runEnvironments(workerData as RunnerData, (notice) => port.postMessage(notice)),
);
