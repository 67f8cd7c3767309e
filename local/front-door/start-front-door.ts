import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FrontDoorCommand, FrontDoorConfiguration, FrontDoorData, FrontDoorNotice } from './protocol.ts';

/** The one AWS endpoint of the functions, on a thread of its own. */
export interface FrontDoor {
  readonly endpoint: string;
  readonly port: number;
  /** Until then functions get 503; the owner's key too. */
  configure(configuration: FrontDoorConfiguration): Promise<void>;
  stop(): Promise<void>;
  /** Rejects when the thread dies by itself. */
  readonly failed: Promise<never>;
}

/** Starts the front door on a free port of 127.0.0.1. */
export async function startFrontDoor(data: FrontDoorData): Promise<FrontDoor> {
  const thread = new Worker(new URL('front-door-thread.ts', import.meta.url), { workerData: data });
  const failed = new Promise<never>((_, reject) => {
    thread.once('error', (cause) => reject(new Error('the AWS front door of the local runtime failed', { cause })));
  });
  // Whoever waits sees the rejection; between waits it must not end the process by itself.
  failed.catch(() => undefined);
  const notice = async <K extends FrontDoorNotice['kind']>(kind: K): Promise<Extract<FrontDoorNotice, { kind: K }>> => {
    for (;;) {
      const [received] = (await Promise.race([once(thread, 'message'), failed])) as [FrontDoorNotice];
      if (received.kind === kind) return received as Extract<FrontDoorNotice, { kind: K }>;
    }
  };
  const send = (command: FrontDoorCommand) => thread.postMessage(command);
  const { port } = await notice('listening');
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    failed,
    async configure(configuration) {
      const configured = notice('configured');
      send({ kind: 'configure', configuration });
      await configured;
    },
    async stop() {
      const exited = once(thread, 'exit');
      send({ kind: 'stop' });
      await exited;
    },
  };
}
