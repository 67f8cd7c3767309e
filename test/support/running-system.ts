import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { startAnyRedis } from './each-redis.ts';
import type { RedisServer } from './redis-server.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const readyMs = 60_000;
const stopMs = 10_000;

/** A whole system, started as `npm start` starts it, on a free port and on a Redis of its own. */
export interface RunningSystem {
  readonly url: string;
  readonly redis: RedisServer;
  /** Ends it with SIGTERM; resolves to its exit code. */
  stop(): Promise<number | null>;
}

export const operatorKey = 'psk_e2e_operator';

/** Starts the system and waits until it says that it is ready. Throws with what it printed when it does not. */
export async function startSystem(): Promise<RunningSystem> {
  const redis = await startAnyRedis({ cluster: true });
  const child = spawn(process.execPath, [path.join(root, 'bin', 'launch.cjs'), 'local/start.ts', '--no-seed'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      PORT: '0',
      PENSTOCK_OPERATOR_KEY: operatorKey,
      REDIS_URL: `redis://${redis.host}:${redis.port}`,
    },
  });
  const stop = async () => {
    try {
      return await endChild(child);
    } finally {
      await redis.stop();
    }
  };
  try {
    return { url: await awaitUrl(child), redis, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function awaitUrl(child: ChildProcess): Promise<string> {
  let printed = '';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready after ${readyMs} ms; it printed:\n${printed}`)), readyMs);
    const look = (chunk: Buffer) => {
      printed += chunk.toString();
      const url = /ready in [\d.]+ s\n\s+(http:\/\/\S+)/.exec(printed)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code} before it was ready; it printed:\n${printed}`));
    });
  });
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
