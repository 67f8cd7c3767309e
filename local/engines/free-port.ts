import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';

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
