import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Engine, freePort, startEngine } from './engine-process.ts';
import { awaitClusterState, type RedisServer, takeAllSlots, withClient } from './redis-server.ts';

const host = '127.0.0.1';
const withinMs = 10_000;

/** A redis-server under a supervisor that the test plays: killed at will, and started again where it was, with nothing in it. */
export interface MortalRedis extends RedisServer {
  /** `kill -9`. Its users are kept over it, as those of ElastiCache are over the replacement of a node. */
  kill(): Promise<void>;
  /** Empty, on the same port; resolves when it serves. */
  startAgain(): Promise<void>;
}

/** A cluster of one node on a free port. */
export async function startMortalRedis(): Promise<MortalRedis> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'penstock-redis-'));
  const users = path.join(folder, 'users.acl');
  writeFileSync(users, '');
  const [port, busPort] = [await freePort(), await freePort()];
  const options = {
    port,
    bind: host,
    dir: folder,
    save: '',
    appendonly: 'no',
    aclfile: users,
    'cluster-enabled': 'yes',
    'cluster-announce-ip': host,
    'cluster-port': busPort,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const start = () => startEngine('redis-server', args, port, { withinMs });
  let engine: Engine = await start();
  await takeAllSlots(host, port);
  return {
    host,
    port,
    tls: false,
    async kill() {
      const pid = await withClient(host, port, async (client) => {
        await client.call('ACL', 'SAVE');
        return Number(/^process_id:(\d+)/m.exec(await client.info('server'))?.[1]);
      });
      process.kill(pid, 'SIGKILL');
      await engine.stop();
    },
    async startAgain() {
      engine = await start();
      await withClient(host, port, (client) => awaitClusterState(client, 'ok'));
    },
    async stop() {
      await engine.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
