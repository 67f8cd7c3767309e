import type { AddressInfo } from 'node:net';
import { buildApp } from 'fauxqs';
import type { Engine } from './engine-process.ts';

/** fauxqs with nothing in it, in this process. Not by its startFauxqs: that listens on all addresses of the machine. */
export async function startFauxqs(): Promise<Engine> {
  const app = buildApp({ logger: false });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, stop: () => app.close() };
}
