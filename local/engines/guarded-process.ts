import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { once } from 'node:events';
import { localLimits } from '../local-limits.ts';

/**
 * The guardian holds the reading end of a pipe from us. The kernel closes that pipe when we end, however we end, and
 * then the engine is killed. SIGTERM is handed on, and the engine's exit is the guardian's. `$1…` is the engine.
 */
const guardian = `
exec 3<&0 </dev/null
"$@" 3<&- &
engine=$!
trap 'kill -TERM $engine 2>/dev/null' TERM
(trap - TERM; read -r _ <&3; kill -KILL $engine 2>/dev/null) &
watcher=$!
exec 3<&-
wait $engine; status=$?
while kill -0 $engine 2>/dev/null; do wait $engine; status=$?; done
kill -KILL $watcher 2>/dev/null
exit $status`;

/** A child that cannot outlive this process: an engine, or a function's environment. */
export interface GuardedProcess {
  /** Settles when the engine has ended; the text says how. */
  readonly ended: Promise<string>;
  /** SIGTERM, then SIGKILL when that takes more than `engineStopMs`. */
  stop(): Promise<void>;
  /** Sends a message to a child that has a channel; to one that is gone it is lost. */
  send(message: object): void;
}

interface GuardedOptions {
  /** All the variables it has. @default ours */
  readonly environment?: Readonly<Record<string, string>>;
  /** Gives the child, a Node.js program, a channel, and takes what it says. @default none */
  readonly onMessage?: (message: unknown) => void;
}

/**
 * Starts `command` with its output appended to `logFile`. It runs in a session of its own, so that Ctrl-C in the
 * terminal does not take the engine away from functions that are still at work.
 */
export function startGuarded(
  command: string,
  args: readonly string[],
  logFile: string,
  { environment, onMessage }: GuardedOptions = {},
): GuardedProcess {
  const log = openSync(logFile, 'a');
  const child = spawn('/bin/sh', ['-c', guardian, 'guardian', command, ...args], {
    // The guardian itself uses 3.
    stdio: onMessage === undefined ? ['pipe', log, log] : ['pipe', log, log, 'ignore', 'ipc'],
    detached: true,
    ...(environment === undefined ? {} : { env: environment }),
  });
  closeSync(log);
  if (onMessage !== undefined) child.on('message', onMessage);
  const lifeline = child.stdin;
  assert(lifeline, 'stdio asks for a pipe');
  // It is never written to; a guardian that has ended must not turn into an unhandled EPIPE here.
  lifeline.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`cannot be started: ${error.message}`));
    child.once('exit', (code, signal) => resolve(signal === null ? `ended with status ${code}` : `ended by ${signal}`));
  });
  return {
    ended,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const force = setTimeout(() => lifeline.destroy(), localLimits.engineStopMs);
      await gone;
      clearTimeout(force);
    },
    send(message) {
      // `ended` tells whoever waits for an answer.
      child.send(message, () => undefined);
    },
  };
}
