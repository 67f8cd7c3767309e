import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAnyRedis } from './each-redis.ts';
import type { RedisServer } from './redis-server.ts';
import { stripeSecret } from './stripe-messages.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const readyMs = 60_000;
const stopMs = 10_000;

/** A process of `npm start`, on a free port. */
export interface Runtime {
  readonly url: string;
  /** Of the launcher. */
  readonly pid: number;
  /** What it has printed so far. */
  readonly printed: () => string;
  /** Ends it with SIGTERM; resolves to its exit code. */
  stop(): Promise<number | null>;
}

/** A whole system, started as `npm start` starts it, on a free port and on a Redis of its own. */
export interface RunningSystem extends Runtime {
  readonly redis: RedisServer;
}

export const operatorKey = 'psk_e2e_operator';

/** Starts `npm start` with these variables beside ours, and waits until it says that it is ready. Throws with what it printed when it does not. */
export async function startRuntime(variables: Readonly<Record<string, string>>): Promise<Runtime> {
  const child = spawn(process.execPath, [path.join(root, 'bin', 'launch.cjs'), 'local/start.ts', '--no-seed'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      PORT: '0',
      PENSTOCK_OPERATOR_KEY: operatorKey,
      PENSTOCK_STRIPE_SECRET: stripeSecret,
      ...variables,
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const printed = () => text;
  const stop = () => endChild(child);
  try {
    return { url: await awaitUrl(child, printed), pid: child.pid ?? 0, printed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts a runtime with these variables on a Redis, which ends with it. @default an empty one, of whichever kind this machine has */
export async function startSystem(variables: Readonly<Record<string, string>> = {}, given?: RedisServer): Promise<RunningSystem> {
  const redis = given ?? (await startAnyRedis({ cluster: true }));
  try {
    const runtime = await startRuntime({ ...variables, REDIS_URL: `redis://${redis.host}:${redis.port}` });
    const stop = async () => {
      try {
        return await runtime.stop();
      } finally {
        await redis.stop();
      }
    };
    return { ...runtime, redis, stop };
  } catch (error) {
    await redis.stop();
    throw error;
  }
}

async function awaitUrl(child: ChildProcess, printed: () => string): Promise<string> {
  const deadlineMs = performance.now() + readyMs;
  for (;;) {
    const url = /ready in [\d.]+ s\n\s+(http:\/\/\S+)/.exec(printed())?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before it was ready; it printed:\n${printed()}`);
    if (performance.now() > deadlineMs) throw new Error(`not ready after ${readyMs} ms; it printed:\n${printed()}`);
    await sleep(20);
  }
}

async function endChild(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`did not end within ${stopMs} ms of SIGTERM`));
    }, stopMs);
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
    child.kill('SIGTERM');
  });
}
