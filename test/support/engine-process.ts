import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGuarded } from '../../local/engines/guarded-process.ts';

/** An engine under test on this machine. */
export interface Engine {
  readonly endpoint: string;
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>;
}

// Below the ports that Linux gives to outgoing connections (32768 up): one of those may be taken again before the
// engine listens, and whoever asks whether it is open yet may even be connected to itself.
const lowestPort = 20_000;
const ports = 12_000;

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowestPort + Math.floor(Math.random() * ports);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue;
      throw error;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}

/**
 * Starts a server process and waits until it takes connections on the port. Throws with what it wrote when it ends
 * before, or is not there in time. It ends with this process, however that ends.
 */
export async function startEngine(
  command: string,
  args: readonly string[],
  port: number,
  { withinMs }: { readonly withinMs: number },
): Promise<Engine> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'penstock-engine-'));
  const log = path.join(folder, 'engine.log');
  const engine = startGuarded(command, args, log);
  let failure: string | undefined;
  const ended = engine.ended.then((how) => (failure ??= how));
  const stop = async () => {
    await engine.stop();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const deadlineMs = performance.now() + withinMs;
  while (!(await accepts(port))) {
    if (performance.now() > deadlineMs) failure ??= `no answer on port ${port} within ${withinMs} ms`;
    if (failure !== undefined) {
      const message = `${command}: ${failure}\n${readFileSync(log, 'utf8').slice(-4000)}`;
      await stop();
      throw new Error(message);
    }
    await sleep(20);
  }
  return { endpoint: `http://127.0.0.1:${port}`, stop };
}

function accepts(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
