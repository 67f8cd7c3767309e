import { closeSync, openSync, writeSync } from 'node:fs';
import { localLimits } from '../local-limits.ts';

/** Where log lines go beside the file: the terminal, by way of the main thread. */
export type Echo = (stream: 'stdout' | 'stderr', text: string) => void;

/**
 * A line of the log file from what a function wrote: its JSON with the function's label in front, or its text as the message of
 * a JSON line. One write may be one line or a text of several.
 */
export function logLine(label: string, written: string): string {
  const text = written.endsWith('\n') ? written.slice(0, -1) : written;
  return text.startsWith('{') && text.endsWith('}') && text.length > 2
    ? `{"function":${JSON.stringify(label)},${text.slice(1)}\n`
    : `${JSON.stringify({ function: label, message: text })}\n`;
}

/**
 * Appends log lines to a file from the function's own thread, in large writes: thousands of lines a second cost
 * little and never pass through the main thread. Errors are echoed at once, everything if asked.
 */
export class LogWriter {
  readonly #file: number;
  readonly #label: string;
  readonly #echo: Echo;
  readonly #echoAll: boolean;
  #buffer = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(logFile: string, label: string, echoAll: boolean, echo: Echo) {
    this.#file = openSync(logFile, 'a');
    this.#label = label;
    this.#echoAll = echoAll;
    this.#echo = echo;
  }

  write(written: string): void {
    const line = logLine(this.#label, written);
    if (line.includes('"level":"ERROR"') || line.includes('"level":"FATAL"')) this.#echo('stderr', line);
    this.#buffer += line;
    if (this.#buffer.length >= localLimits.logBufferBytes) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), localLimits.logFlushMs).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#buffer === '') return;
    if (this.#echoAll) this.#echo('stdout', this.#buffer);
    writeSync(this.#file, this.#buffer);
    this.#buffer = '';
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }
}
