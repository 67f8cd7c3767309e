import type { FunctionDefinition } from '../resources/read-functions.ts';

/** What a runner is told at its start. */
export interface RunnerData {
  readonly functionName: string;
  readonly functionArn: string;
  /** Name under which its log lines are found. */
  readonly label: string;
  readonly bundleFile: string;
  readonly handlerName: string;
  readonly memoryMb: number;
  readonly logFile: string;
  /** Whether every log line goes to the terminal, not errors only. */
  readonly echoLogs: boolean;
}

/** The part of a definition that its runner needs. */
export const runnerData = (
  { name, arn, label, bundleFile, handlerName, memoryMb }: FunctionDefinition,
  { logFile, echoLogs }: Pick<RunnerData, 'logFile' | 'echoLogs'>,
): RunnerData => ({ functionName: name, functionArn: arn, label, bundleFile, handlerName, memoryMb, logFile, echoLogs });

/** An error as Lambda reports it to who invoked. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** What a runner is told, in its thread or process. */
export type RunnerCommand =
  | { readonly kind: 'create'; readonly environment: number }
  | {
      readonly kind: 'invoke';
      readonly environment: number;
      readonly id: number;
      readonly payload: string;
      /** Epoch milliseconds. */
      readonly deadlineMs: number;
    };

/** What a runner tells: the end of each command, by its environment or id, and what was printed. */
export type RunnerNotice =
  | { readonly kind: 'created'; readonly environment: number }
  | { readonly kind: 'creation-failed'; readonly environment: number; readonly error: FunctionError }
  | { readonly kind: 'done'; readonly id: number; readonly payload: string }
  | { readonly kind: 'failed'; readonly id: number; readonly error: FunctionError }
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string };
