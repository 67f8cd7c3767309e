import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { serveRedis } from '../redis-engine/serve.ts';
import { imitatedVersion } from '../redis-engine/server-commands.ts';
import { awaitEngine } from './await-engine.ts';
import { findFreePort } from './free-port.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';

/** A Redis that the templates' cache cluster stands on, and an administrator's connection to it. */
export interface CacheEngine {
  readonly host: string;
  readonly port: number;
  /** Such as `redis-server 7.0.15`. */
  readonly kind: string;
  readonly admin: Redis;
  /** Settles when the cluster takes commands: a node that has just started waits 2 s. */
  readonly ready: Promise<void>;
  /** False for the server of REDIS_URL, which others may use too. */
  readonly own: boolean;
  /** Whether it is the engine of this process, which keeps nothing and has only the commands that are used here. */
  readonly embedded: boolean;
  /** Settles when it has ended by itself; the text says how. Never for a server that is not our own. */
  readonly ended: Promise<string>;
  /** Lets go of it, and ends it if it is our own. */
  stop(): Promise<void>;
}

const slots = 16_384;
const connectOptions = {
  protocol: 2,
  lazyConnect: true,
  maxRetriesPerRequest: 1,
  retryStrategy: () => null,
  connectTimeout: 2000,
} as const;

interface Program {
  readonly name: string;
  readonly file: string;
}

/** A Redis or Valkey on the PATH. */
function findProgram(): Program | undefined {
  for (const name of ['redis-server', 'valkey-server'])
    for (const dir of (process.env['PATH'] ?? '').split(path.delimiter)) {
      const file = path.join(dir, name);
      try {
        accessSync(file, constants.X_OK);
        return { name, file };
      } catch {
        // Not in this directory: look in the next.
      }
    }
  return undefined;
}

async function connect(admin: Redis): Promise<Redis> {
  // Without a listener ioredis writes each failed attempt to stderr; the caller sees the rejection.
  admin.on('error', () => undefined);
  try {
    await admin.connect();
    return admin;
  } catch (error) {
    admin.disconnect();
    throw error;
  }
}

async function serverVersion(admin: Redis): Promise<string> {
  const info = await admin.info('server');
  return /^(?:valkey|redis)_version:(.+?)\r?$/m.exec(info)?.[1] ?? 'of unknown version';
}

async function connectTo(url: string): Promise<CacheEngine> {
  const { hostname, port } = new URL(url);
  const admin = await connect(new Redis(url, connectOptions)).catch((cause: unknown) => {
    throw new Error(`REDIS_URL names a server that does not answer: ${hostname}:${port || 6379}`, { cause });
  });
  return {
    host: hostname,
    port: Number(port || 6379),
    kind: `REDIS_URL ${await serverVersion(admin)}`,
    admin,
    ready: Promise.resolve(),
    own: false,
    embedded: false,
    ended: new Promise(() => undefined),
    // Of a server that is gone there is no socket left, whose end the client would wait for in vain.
    stop: async () => (admin.status === 'end' ? undefined : admin.disconnect()),
  };
}

/** The engine of this process, a cluster of one node as AWS's is a cluster. */
async function startEmbedded(): Promise<CacheEngine> {
  const service = await serveRedis({ cluster: true });
  const { host, port } = service;
  const admin = await connect(new Redis({ host, port, ...connectOptions }));
  return {
    host,
    port,
    kind: `embedded engine, in process and in memory, with the commands of Redis ${imitatedVersion} that are used here`,
    admin,
    ready: Promise.resolve(),
    own: true,
    embedded: true,
    ended: service.failed.catch((error: unknown) => String(error)),
    async stop() {
      admin.disconnect();
      await service.stop();
    },
  };
}

/** One node that owns every slot: what a cluster of one shard is. */
async function becomeCluster(admin: Redis): Promise<void> {
  if ((await admin.cluster('INFO')).includes(`cluster_slots_assigned:${slots}`)) return;
  await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', String(slots - 1));
}

async function clusterReady(admin: Redis, engine: GuardedProcess, logFile: string): Promise<void> {
  await awaitEngine('the Redis cluster', engine, logFile, async () => {
    if (!(await admin.cluster('INFO')).includes('cluster_state:ok')) throw new Error('cluster_state is not ok yet');
  });
}

/** A server program as a cluster of one node, its data in `dir` if `keep`. */
async function startProgram(program: Program, dir: string, keep: boolean): Promise<CacheEngine> {
  const [port, busPort] = [await findFreePort(), await findFreePort()];
  const logFile = path.join(dir, 'redis.log');
  const options = {
    bind: '127.0.0.1',
    port,
    dir,
    'cluster-enabled': 'yes',
    'cluster-port': busPort,
    'cluster-announce-ip': '127.0.0.1',
    'cluster-config-file': 'redis-nodes.conf',
    save: '',
    appendonly: keep ? 'yes' : 'no',
  };
  const engine = startGuarded(
    program.file,
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    logFile,
  );
  try {
    const admin = await awaitEngine(program.name, engine, logFile, () =>
      connect(new Redis({ host: '127.0.0.1', port, ...connectOptions })),
    );
    await becomeCluster(admin);
    const kind = `${program.name} ${await serverVersion(admin)}`;
    const ready = clusterReady(admin, engine, logFile);
    // Whoever awaits it sees a rejection; until then it must not end the process.
    ready.catch(() => undefined);
    const stop = async () => {
      admin.disconnect();
      await engine.stop();
    };
    return { host: '127.0.0.1', port, kind, admin, ready, own: true, embedded: false, ended: engine.ended, stop };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

/** Which Redis startRedis would take. */
export function describeRedis(url: string | undefined): string {
  if (url !== undefined && url !== '') return `REDIS_URL ${new URL(url).host}`;
  const program = findProgram();
  return program === undefined ? 'embedded engine: no redis-server and no valkey-server on the PATH' : program.file;
}

/**
 * The Redis of the run: the server at `url` (REDIS_URL) if there is one, else `redis-server` or `valkey-server` from the
 * PATH, else the embedded engine.
 * @param keep Whether its data stay in `dir`: a server's do, the embedded engine's never.
 */
export async function startRedis(dir: string, keep: boolean, url: string | undefined): Promise<CacheEngine> {
  if (url !== undefined && url !== '') return connectTo(url);
  const program = findProgram();
  return program === undefined ? startEmbedded() : startProgram(program, dir, keep);
}
