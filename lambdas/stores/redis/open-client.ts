import { Cluster, Redis } from 'ioredis';
import { limits } from '../../contracts/limits.ts';

/** Where Redis is and how to get in. */
export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Sent only with a password. */
  readonly username?: string;
  readonly password?: string;
}

/** One server, or a cluster: the calls are the same. */
export type RedisClient = Redis | Cluster;

/**
 * Connects to a server or a cluster; which of them it is, the server is asked once. The client mends its connection
 * by itself from then on. Rejects if the first attempt fails. `onError` hears of every lost connection.
 */
export async function openClient(settings: RedisSettings, onError: (error: Error) => void): Promise<RedisClient> {
  const { host, port } = settings;
  const server = new Redis({ ...connectionOptions(settings), host, port, retryStrategy: reconnectDelayMs, lazyConnect: true });
  server.on('error', onError);
  try {
    await server.connect();
    if (!/^cluster_enabled:1\r?$/m.test(await server.info('cluster'))) return server;
  } catch (error) {
    server.disconnect();
    throw error;
  }
  server.disconnect();
  return openCluster(settings, onError);
}

async function openCluster(settings: RedisSettings, onError: (error: Error) => void): Promise<Cluster> {
  const { host, port } = settings;
  const cluster = new Cluster([{ host, port }], {
    redisOptions: connectionOptions(settings),
    // The nodes of ElastiCache have names in their certificates: resolved by the socket, never replaced by an address.
    dnsLookup: (address, callback) => callback(null, address),
    slotsRefreshTimeout: limits.gateCallMs,
    clusterRetryStrategy: reconnectDelayMs,
    lazyConnect: true,
  });
  cluster.on('error', onError);
  // A cluster that answers and is not up closes the connection, to try again: `connect` would then never settle.
  const closed = new Promise<never>((_, reject) => {
    cluster.once('close', () => reject(new Error('the cluster is down')));
  });
  try {
    await Promise.race([cluster.connect(), closed]);
  } catch (error) {
    cluster.disconnect();
    throw error;
  }
  return cluster;
}

function connectionOptions({ tls, username, password }: RedisSettings) {
  return {
    // Replies are read as RESP2 gives them; nothing here needs a type that only RESP3 has.
    protocol: 2 as const,
    // Fail within the deadline of the call instead of waiting out an outage: the caller answers 503.
    maxRetriesPerRequest: 1,
    connectTimeout: limits.gateCallMs,
    disconnectTimeout: limits.redisDisconnectMs,
    // A primary that became a replica: connect anew, so that its name leads to the primary again.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    ...(tls ? { tls: {} } : {}),
    ...(password === undefined ? {} : { password, ...(username === undefined ? {} : { username }) }),
  };
}

/** Attempt n waits limits.redisReconnectBaseMs × 2^(n−1), at most limits.redisReconnectMaxMs, half of it at random. */
function reconnectDelayMs(attempt: number): number {
  const delayMs = Math.min(limits.redisReconnectBaseMs * 2 ** (attempt - 1), limits.redisReconnectMaxMs);
  return delayMs / 2 + (Math.random() * delayMs) / 2;
}
