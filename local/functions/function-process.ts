import assert from 'node:assert/strict';
import type { RunnerCommand, RunnerData, RunnerNotice } from './protocol.ts';
import { runEnvironments } from './run-environments.ts';

/** The process of one environment. Its process.env is the function's own; what it shall run is its argument. */
assert(process.connected, 'runs as a child process with a channel');
const notify = (notice: RunnerNotice) => process.send?.(notice);
const obey = runEnvironments(JSON.parse(process.argv[2] ?? '') as RunnerData, notify);
process.on('message', (command) => obey(command as RunnerCommand));
// By this way out the last lines of the log are written.
process.on('SIGTERM', () => process.exit());
