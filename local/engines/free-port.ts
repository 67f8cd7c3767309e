import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';

/** Rejects, as listening would (EADDRINUSE), when somebody listens on `port` of the loopback interface; 0 never is taken. */
export async function checkPortFree(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

/**
 * A port of the loopback interface that nobody listens on now. Another process may take it before it is used:
 * the engine then fails to start, with its log saying so.
 */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
