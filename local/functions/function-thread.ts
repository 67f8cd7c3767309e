import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { compileBundle, type Handler } from './load-bundle.ts';
import { LogWriter } from './log-writer.ts';
import type { FunctionError, ThreadCommand, ThreadData, ThreadNotice } from './protocol.ts';

/** The thread of one function: all its environments. Its process.env is the function's own. */
const port = parentPort;
assert(port, 'runs as a worker thread');
const data = workerData as ThreadData;
const notify = (notice: ThreadNotice) => port.postMessage(notice);

const log = new LogWriter(data.logFile, data.label, data.echoLogs, (stream, text) => notify({ kind: 'output', stream, text }));
for (const stream of [process.stdout, process.stderr])
  stream.write = (chunk: Uint8Array | string, encoding?: unknown, done?: () => void) => {
    log.write(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    (typeof encoding === 'function' ? (encoding as () => void) : done)?.();
    return true;
  };
process.on('exit', () => log.close());

const newEnvironment = compileBundle(data.bundleFile, data.handlerName);
const handlers: Handler[] = [];

function describe(thrown: unknown): FunctionError {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown) };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: thrown.stack?.split('\n') ?? [] };
}

function logError(message: string, error: FunctionError): void {
  log.write(JSON.stringify({ level: 'ERROR', timestamp: new Date().toISOString(), message, ...error }));
}

function create(environment: number): void {
  try {
    handlers[environment] = newEnvironment();
    notify({ kind: 'created', environment });
  } catch (thrown) {
    const error = describe(thrown);
    logError('Init Error', error);
    notify({ kind: 'creation-failed', environment, error });
  }
}

const contextFor = (deadlineMs: number) => ({
  awsRequestId: randomUUID(),
  callbackWaitsForEmptyEventLoop: true,
  functionName: data.functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: data.functionArn,
  memoryLimitInMB: String(data.memoryMb),
  logGroupName: `/aws/lambda/${data.functionName}`,
  logStreamName: 'local',
  getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
});

async function invoke({ environment, id, payload, deadlineMs }: Extract<ThreadCommand, { kind: 'invoke' }>): Promise<void> {
  try {
    const handler = handlers[environment];
    assert(handler, `environment ${environment} exists`);
    const result: unknown = await handler(JSON.parse(payload), contextFor(deadlineMs));
    notify({ kind: 'done', id, payload: JSON.stringify(result) ?? 'null' });
  } catch (thrown) {
    const error = describe(thrown);
    logError('Invoke Error', error);
    notify({ kind: 'failed', id, error });
  }
}

port.on('message', (command: ThreadCommand) => {
  if (command.kind === 'create') create(command.environment);
  else void invoke(command);
});
