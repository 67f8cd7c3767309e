import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { compileBundle, type Handler } from './load-bundle.ts';
import { LogWriter } from './log-writer.ts';
import type { FunctionError, RunnerCommand, RunnerData, RunnerNotice } from './protocol.ts';

function describe(thrown: unknown): FunctionError {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown) };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: thrown.stack?.split('\n') ?? [] };
}

/** From here on what the function writes goes to its log. */
function takeOverOutput(data: RunnerData, notify: (notice: RunnerNotice) => void): LogWriter {
  const log = new LogWriter(data.logFile, data.label, data.echoLogs, (stream, text) => notify({ kind: 'output', stream, text }));
  for (const stream of [process.stdout, process.stderr])
    stream.write = (chunk: Uint8Array | string, encoding?: unknown, done?: () => void) => {
      log.write(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      (typeof encoding === 'function' ? (encoding as () => void) : done)?.();
      return true;
    };
  process.on('exit', () => log.close());
  return log;
}

const contextFor = (data: RunnerData, deadlineMs: number) => ({
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

/**
 * The runner's end of the protocol, in a thread or process that does nothing else: what it is told makes environments of the
 * function's bundle and runs events in them.
 * @param notify Carries a notice to the other end.
 * @returns What to do with each command.
 */
export function runEnvironments(data: RunnerData, notify: (notice: RunnerNotice) => void): (command: RunnerCommand) => void {
  const log = takeOverOutput(data, notify);
  const newEnvironment = compileBundle(data.bundleFile, data.handlerName);
  const handlers = new Map<number, Handler>();

  const logError = (message: string, error: FunctionError) =>
    log.write(JSON.stringify({ level: 'ERROR', timestamp: new Date().toISOString(), message, ...error }));

  const create = (environment: number) => {
    try {
      handlers.set(environment, newEnvironment());
      notify({ kind: 'created', environment });
    } catch (thrown) {
      const error = describe(thrown);
      logError('Init Error', error);
      notify({ kind: 'creation-failed', environment, error });
    }
  };

  const invoke = async ({ environment, id, payload, deadlineMs }: Extract<RunnerCommand, { kind: 'invoke' }>) => {
    try {
      const handler = handlers.get(environment);
      assert(handler, `environment ${environment} exists`);
      const result: unknown = await handler(JSON.parse(payload), contextFor(data, deadlineMs));
      notify({ kind: 'done', id, payload: JSON.stringify(result) ?? 'null' });
    } catch (thrown) {
      const error = describe(thrown);
      logError('Invoke Error', error);
      notify({ kind: 'failed', id, error });
    }
  };

  return (command) => {
    if (command.kind === 'create') create(command.environment);
    else void invoke(command);
  };
}
