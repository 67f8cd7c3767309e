import { buildApp } from 'fauxqs';
import type { Answer } from './answers.ts';
import { connectEngine } from './engine-client.ts';

/** Queues. */
export interface QueueService {
  call(target: string, body: string, authorization: string): Promise<Answer>;
  /** Ends long polls at once. */
  stop(): Promise<void>;
}

/** Queues of an engine that is there already. */
export function connectQueueService(endpoint: string): QueueService {
  const engine = connectEngine(endpoint);
  return {
    call: (target, body, authorization) =>
      engine.call({ 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target, authorization }, Buffer.from(body)),
    stop: () => engine.stop(),
  };
}

/** Queues in this process: no connection between the front door and them. Starts fauxqs without a port of its own: its own start function would listen on every interface. */
export async function startQueueService(region: string): Promise<QueueService> {
  const app = buildApp({ logger: false, defaultRegion: region });
  await app.ready();
  return {
    async call(target, body, authorization) {
      const { statusCode, headers, payload } = await app.inject({
        method: 'POST',
        url: '/',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target, authorization, host: 'localhost' },
        payload: body,
      });
      return { status: statusCode, headers: { 'content-type': String(headers['content-type']) }, body: payload };
    },
    stop: async () => app.close(),
  };
}
