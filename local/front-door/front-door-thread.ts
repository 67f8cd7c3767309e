import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { localLimits } from '../local-limits.ts';
import { type Answer, errorAnswer } from './answers.ts';
import { callAnswerer, type IncomingCall } from './answer-call.ts';
import type { FrontDoorCommand, FrontDoorConfiguration, FrontDoorData, FrontDoorNotice } from './protocol.ts';
import { connectEngine, type EngineClient } from './engine-client.ts';
import { connectQueueService, startQueueService } from './queue-service.ts';

/** The thread of the front door: one HTTP server to which every AWS client of the functions talks. */
const port = parentPort;
assert(port, 'runs as a worker thread');
const { region, queuesUrl } = workerData as FrontDoorData;
const notify = (notice: FrontDoorNotice) => port.postMessage(notice);

const queues = queuesUrl === undefined ? await startQueueService(region) : connectQueueService(queuesUrl);
let tables: EngineClient | undefined;
let answerCall: ((call: IncomingCall) => Promise<Answer>) | undefined;

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

const header = (request: IncomingMessage, name: string): string => String(request.headers[name] ?? '');

async function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
  const call = {
    target: header(request, 'x-amz-target'),
    authorization: header(request, 'authorization'),
    date: header(request, 'x-amz-date'),
    body,
  };
  try {
    send(response, await (answerCall?.(call) ?? errorAnswer(503, 'ServiceUnavailable', 'the local runtime is starting')));
  } catch (error) {
    send(response, errorAnswer(500, 'InternalFailure', `the local runtime failed: ${String(error)}`));
  }
}

const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= localLimits.callBodyBytes) chunks.push(chunk);
  });
  request.on('end', () => {
    if (bytes > localLimits.callBodyBytes)
      send(response, errorAnswer(413, 'RequestEntityTooLarge', `over ${localLimits.callBodyBytes} bytes`));
    else void answer(request, response, chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
  });
});

function configure(configuration: FrontDoorConfiguration): void {
  tables = connectEngine(configuration.tablesEndpoint);
  const recordEvent = (line: string) => appendFileSync(configuration.eventsFile, `${line}\n`);
  answerCall = callAnswerer(configuration, { tables, queues, recordEvent });
  notify({ kind: 'configured' });
}

async function stop(): Promise<void> {
  server.close();
  await Promise.all([queues.stop(), tables?.stop()]);
  server.closeAllConnections();
  notify({ kind: 'stopped' });
  process.exit();
}

port.on('message', (command: FrontDoorCommand) => {
  if (command.kind === 'configure') configure(command.configuration);
  else void stop();
});
server.listen(0, '127.0.0.1', () => notify({ kind: 'listening', port: (server.address() as AddressInfo).port }));
