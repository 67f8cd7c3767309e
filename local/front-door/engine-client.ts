import { type Dispatcher, Pool } from 'undici';
import { localLimits } from '../local-limits.ts';
import { type Answer, errorAnswer } from './answers.ts';

/** An engine of its own: calls are handed on as they are. */
export interface EngineClient {
  call(headers: Readonly<Record<string, string>>, body: Buffer): Promise<Answer>;
  stop(): Promise<void>;
}

const passedOn = ['content-type', 'x-amzn-requestid', 'x-amz-crc32'] as const;

function answerOf(endpoint: string, resolve: (answer: Answer) => void): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  let status = 500;
  let headers: Record<string, string | string[]> = {};
  return {
    onRequestStart: () => undefined,
    onResponseStart(_, statusCode, received) {
      status = statusCode;
      headers = Object.fromEntries(passedOn.flatMap((name) => (received[name] === undefined ? [] : [[name, received[name]]])));
    },
    onResponseData(_, chunk) {
      chunks.push(chunk);
    },
    onResponseEnd: () => resolve({ status, headers, body: Buffer.concat(chunks) }),
    onResponseError: (_, error) => resolve(errorAnswer(500, 'InternalServerError', `the engine at ${endpoint} failed: ${error.message}`)),
  };
}

/** A client of an engine that keeps its connections. A lost engine is a 500, as SDKs retry it. */
export function connectEngine(endpoint: string): EngineClient {
  const pool = new Pool(endpoint, { connections: localLimits.engineConnections, pipelining: 1 });
  return {
    call: (headers, body) =>
      new Promise((resolve) => {
        pool.dispatch({ path: '/', method: 'POST', headers: { ...headers }, body }, answerOf(endpoint, resolve));
      }),
    stop: () => pool.destroy(),
  };
}
