import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type EngineOptions, RedisEngine } from './redis-engine.ts';
import { encodeReply, ProtocolError, RequestReader } from './resp.ts';

/** An engine that clients reach over RESP2. */
export interface RedisService {
  readonly host: string;
  readonly port: number;
  readonly engine: RedisEngine;
  /** Rejects when the engine itself has failed: its connections are closed then, and it takes no more. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

const host = '127.0.0.1';

/**
 * Serves an engine on a port of 127.0.0.1, by the clock of this machine.
 * @param cluster Whether it is a cluster of one node.
 * @param port 0 = a free one.
 */
export async function serveRedis({ cluster, port = 0 }: { readonly cluster: boolean; readonly port?: number }): Promise<RedisService> {
  const sockets = new Set<Socket>();
  const failure = Promise.withResolvers<never>();
  // Whoever waits for it sees it; nobody has to.
  failure.promise.catch(() => undefined);
  const server = createServer({ noDelay: true }).listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const options: EngineOptions = { nowMs: Date.now, ...(cluster ? { node: { host, port: address.port } } : {}) };
  const engine = new RedisEngine(options);
  const stop = async () => {
    if (!server.listening) return;
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  };
  const fail = (cause: unknown) => {
    failure.reject(new Error('the embedded Redis failed', { cause }));
    void stop();
  };
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A client that goes away in the middle is no fault of ours; the close that follows is all there is to do.
    socket.on('error', () => undefined);
    answerRequests(engine, socket, fail);
  });
  return { host, port: address.port, engine, failed: failure.promise, stop };
}

function answerRequests(engine: RedisEngine, socket: Socket, fail: (cause: unknown) => void): void {
  const reader = new RequestReader();
  const session = engine.newSession();
  socket.on('data', (chunk: Buffer) => {
    let replies = '';
    try {
      for (const request of reader.read(chunk)) {
        replies += encodeReply(engine.call(request, session));
        if (request[0]?.toLowerCase() === 'quit') return void socket.end(replies, 'latin1');
      }
    } catch (error) {
      if (error instanceof ProtocolError) return void socket.end(`${replies}-ERR Protocol error: ${error.message}\r\n`, 'latin1');
      return fail(error);
    }
    // A client that does not read its replies may not ask on.
    if (replies !== '' && !socket.write(replies, 'latin1')) {
      socket.pause();
      socket.once('drain', () => socket.resume());
    }
  });
}
