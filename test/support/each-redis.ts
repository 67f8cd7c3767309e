import { describe } from '@jest/globals';
import { serveRedis } from '../../local/redis-engine/serve.ts';
import { available, startRedisServer, type RedisServer } from './redis-server.ts';
import { describeWith } from './skip.ts';

interface ServerOptions {
  readonly cluster: boolean;
  /** Where a server was before. @default a free one */
  readonly port?: number;
}

/** A kind of Redis that suites run on. */
export interface RedisKind {
  readonly name: 'redis-server' | 'embedded engine';
  start(options: ServerOptions): Promise<RedisServer>;
}

const real: RedisKind = { name: 'redis-server', start: startRedisServer };

const embedded: RedisKind = {
  name: 'embedded engine',
  async start(options) {
    const service = await serveRedis(options);
    return { host: service.host, port: service.port, tls: false, stop: () => service.stop() };
  },
};

/** The same suite on the real server, where this machine has one, and on the embedded engine, always. */
export function onEachRedis(body: (kind: RedisKind) => void): void {
  describeWith('redis-server', available(), () => body(real));
  describe('with the embedded engine', () => {
    body(embedded);
  });
}

/** A Redis for a suite that is about something else: the real server where there is one. */
export function startAnyRedis(options: ServerOptions): Promise<RedisServer> {
  return (available() ? real : embedded).start(options);
}
