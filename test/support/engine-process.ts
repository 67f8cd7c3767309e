import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** An engine under test on this machine. */
export interface Engine {
  readonly endpoint: string;
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>;
}

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Starts a server process and waits until it takes connections on the port. Throws with what it wrote when it ends
 * before, or is not there in time. The process dies with ours.
 */
export async function startEngine(
  command: string,
  args: readonly string[],
  port: number,
  options: { readonly cwd?: string; readonly withinMs: number },
): Promise<Engine> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(options.cwd === undefined ? {} : { cwd: options.cwd }) });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  let written = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (written = (written + chunk.toString()).slice(-4000)));
  let failure: string | undefined;
  child.once('error', (error) => (failure = error.message));
  const stop = async () => {
    process.off('exit', killWithUs);
    await end(child);
  };
  const deadlineMs = performance.now() + options.withinMs;
  while (!(await accepts(port))) {
    if (child.exitCode !== null) failure ??= `ended with ${child.exitCode}`;
    if (performance.now() > deadlineMs) failure ??= `no answer on port ${port} within ${options.withinMs} ms`;
    if (failure !== undefined) {
      await stop();
      throw new Error(`${command}: ${failure}\n${written}`);
    }
    await sleep(20);
  }
  return { endpoint: `http://127.0.0.1:${port}`, stop };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 2000);
  await gone;
  clearTimeout(patience);
}

function accepts(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
