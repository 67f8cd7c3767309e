/** What a function's thread is told at its start. */
export interface ThreadData {
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

/** An error as Lambda reports it to who invoked. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type ThreadCommand =
  | { readonly kind: 'create'; readonly environment: number }
  | {
      readonly kind: 'invoke';
      readonly environment: number;
      readonly id: number;
      readonly payload: string;
      /** Epoch milliseconds. */
      readonly deadlineMs: number;
    };

export type ThreadNotice =
  | { readonly kind: 'created'; readonly environment: number }
  | { readonly kind: 'creation-failed'; readonly environment: number; readonly error: FunctionError }
  | { readonly kind: 'done'; readonly id: number; readonly payload: string }
  | { readonly kind: 'failed'; readonly id: number; readonly error: FunctionError }
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string };
