import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { localLimits } from '../local-limits.ts';
import { type InvokeTarget, type Listener, serveRequest } from './serve-request.ts';

/** A listening load balancer. */
export interface LoadBalancer {
  readonly url: string;
  readonly port: number;
  /** Takes no more requests, ends idle connections, and waits at most `drainMs` for the rest. */
  stop(drainMs: number): Promise<void>;
}

/**
 * Serves the listener on `port` of 127.0.0.1 (0 = any free one). Rejects when the port is taken.
 * @param report Called with a line for the operator when serving a request failed through a fault of ours.
 */
export async function startLoadBalancer(
  listener: Listener,
  invoke: InvokeTarget,
  port: number,
  report: (line: string) => void,
): Promise<LoadBalancer> {
  const options = { maxHeaderSize: localLimits.requestHeaderBytes, keepAliveTimeout: listener.idleTimeoutSeconds * 1000 };
  const server = createServer(options, (request, response) => {
    serveRequest(listener, invoke, request, response).catch((error: unknown) => {
      // A client that went away while it sent is its own business.
      if (request.errored === null) report(`load balancer: ${request.method} ${request.url}: ${String(error)}`);
      response.destroy();
    });
  });
  server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const ownPort = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${ownPort}`,
    port: ownPort,
    async stop(drainMs) {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const force = setTimeout(() => server.closeAllConnections(), drainMs);
      await closed;
      clearTimeout(force);
    },
  };
}
