import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';

const program = 'redis-server';
const startAttempts = 5;
const startMs = 10_000;

export interface RedisServer {
  readonly host: '127.0.0.1';
  readonly port: number;
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
 * A real server of one's own on a free port of 127.0.0.1: nothing on disk but the cluster's node file, in a temporary
 * folder. `cluster`: a cluster of one node that has all slots.
 */
export async function startRedisServer({ cluster }: { readonly cluster: boolean }): Promise<RedisServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(cluster);
    } catch (error) {
      // Another process may have taken the port between its choice and its use.
      if (attempt === startAttempts) throw error;
    }
  }
}

async function start(cluster: boolean): Promise<RedisServer> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'penstock-redis-'));
  const port = await freePort();
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no', '--loglevel', 'notice'];
  if (cluster) args.push('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--cluster-port', `${await freePort()}`);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready(child);
    if (cluster) await takeAllSlots(port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { host: '127.0.0.1', port, stop };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

async function ready(child: ChildProcess): Promise<void> {
  if (!child.stdout) throw new Error(`${program} has no output to read`);
  const late = setTimeout(() => child.kill('SIGKILL'), startMs);
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.includes('Ready to accept connections')) return;
    }
  } finally {
    clearTimeout(late);
    child.stdout.resume();
  }
  throw new Error(`${program} ended before it was ready:\n${lines.join('\n')}`);
}

async function takeAllSlots(port: number): Promise<void> {
  const client = new Redis({ host: '127.0.0.1', port, protocol: 2, retryStrategy: () => null });
  try {
    await client.cluster('ADDSLOTSRANGE', 0, 16_383);
    const endMs = Date.now() + startMs;
    while (!String(await client.cluster('INFO')).includes('cluster_state:ok')) {
      if (Date.now() > endMs) throw new Error('a cluster of one node did not become ready');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    client.disconnect();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
