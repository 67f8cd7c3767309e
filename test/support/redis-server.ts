import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort, startEngine } from './engine-process.ts';

const program = 'redis-server';
const startAttempts = 5;
const withinMs = 10_000;

export interface RedisServer {
  readonly host: string;
  readonly port: number;
  readonly tls: false;
  /** Ends the process and removes what it wrote. */
  stop(): Promise<void>;
}

/** Whether redis-server is on the PATH. */
export function available(): boolean {
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * A real server of one's own on a free port of 127.0.0.1, with nothing on disk but the cluster's node file in a
 * temporary folder. `cluster`: a cluster of one node that has all slots; Redis lets it serve after 2 s.
 * `port`: where a server was before; else a free one.
 */
export async function startRedisServer({ cluster, port }: { readonly cluster: boolean; readonly port?: number }): Promise<RedisServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(cluster, port ?? (await freePort()));
    } catch (error) {
      // Another process may have taken the port between its choice and its use.
      if (attempt === startAttempts) throw error;
    }
  }
}

async function start(cluster: boolean, port: number): Promise<RedisServer> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'penstock-redis-'));
  const host = '127.0.0.1';
  const args = ['--port', `${port}`, '--bind', host, '--dir', folder, '--save', '', '--appendonly', 'no'];
  if (cluster) args.push('--cluster-enabled', 'yes', '--cluster-announce-ip', host, '--cluster-port', `${await freePort()}`);
  const engine = await startEngine(program, args, port, { withinMs });
  const stop = async () => {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  if (!cluster) return { host, port, tls: false, stop };
  try {
    await takeAllSlots(host, port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { host, port, tls: false, stop };
}

/** Gives a new node every slot, and waits until it serves. */
export async function takeAllSlots(host: string, port: number): Promise<void> {
  await withClient(host, port, async (client) => {
    await client.cluster('ADDSLOTSRANGE', 0, 16_383);
    await awaitClusterState(client, 'ok');
  });
}

/** Waits until a cluster of one node is in this state; it serves when that is `ok`. */
export async function awaitClusterState(client: Redis, state: 'ok' | 'fail'): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await client.cluster('INFO')).includes(`cluster_state:${state}`)) {
    if (performance.now() > endMs) throw new Error(`the state of a cluster of one node did not become ${state}`);
    await sleep(20);
  }
}

/** Works with a connection of its own as the default user. */
export async function withClient<T>(host: string, port: number, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({ host, port, protocol: 2, retryStrategy: () => null });
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}
