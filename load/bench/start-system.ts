import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../../local/engines/free-port.ts';
import { ApiClient, UnreachableError } from '../client.ts';
import { readyShape } from '../shapes.ts';
import { LastLines } from './last-lines.ts';

/** A local system in a process of its own, as `npm start` brings it up. */
export interface StartedSystem extends AsyncDisposable {
  readonly url: URL;
  /** What it wrote about errors. */
  readonly errors: LastLines;
}

const root = path.resolve(import.meta.dirname, '../..');
const startMs = 60_000;
const readyPollMs = 100;
/** The system promises to stop within 5 s. */
const stopMs = 6000;

/** Starts the system on a free port and waits until it is ready. Throws when it ends, takes longer than a minute, or `signal` says so. */
export async function startSystem(key: string, signal: AbortSignal): Promise<StartedSystem> {
  const port = await findFreePort();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'local/start.ts', '--no-seed'], {
    cwd: root,
    env: { ...process.env, PORT: String(port), PENSTOCK_OPERATOR_KEY: key },
    // The channel closes with this process, however it ends: the system then stops by itself.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  assert(child.stderr, 'stderr is a pipe');
  const errors = new LastLines(child.stderr);
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(stopMs, undefined, { ref: false })]);
    child.kill('SIGKILL');
  };
  const url = new URL(`http://127.0.0.1:${port}`);
  try {
    await untilReady(url, key, ended, signal);
  } catch (error) {
    await stop();
    throw new Error(`the system did not start:\n${errors.text}`, { cause: error });
  }
  return { url, errors, [Symbol.asyncDispose]: stop };
}

async function untilReady(url: URL, key: string, ended: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const client = new ApiClient({ url, key, sockets: 1 });
  const gone = ended.then(() => {
    throw new Error('it ended before it was ready');
  });
  const late = sleep(startMs, undefined, { ref: false, signal }).then(() => {
    throw new Error(`it was not ready within ${startMs / 1000} s`);
  });
  try {
    while (!(await Promise.race([isReady(client), gone, late]))) await sleep(readyPollMs);
  } finally {
    // The losers of the race end later, and say nothing new.
    gone.catch(() => {});
    late.catch(() => {});
    await client.close();
  }
}

async function isReady(client: ApiClient): Promise<boolean> {
  try {
    return (await client.read('/v1/ready', readyShape)).kind === 'found';
  } catch (error) {
    if (error instanceof UnreachableError) return false;
    throw error;
  }
}
