import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The part of jest's JSON report that we read. */
export interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** How jest ended. */
export interface JestEnd {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines of its standard output, where it is silent as long as all goes well. */
  readonly lastLines: readonly string[];
}

/** jest ended before it wrote its report. */
export class JestDiedError extends Error {
  override readonly name = 'JestDiedError';
}

const root = path.resolve(import.meta.dirname, '..', '..');
const linesKept = 20;

/** Runs jest, as the file and the arguments for node, until it ends. What people read comes on standard error, as it comes. */
export function runJest(nodeArguments: readonly string[]): Promise<JestEnd> {
  const child = spawn(process.execPath, nodeArguments, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal));
  let lastLines: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = ((lastLines.pop() ?? '') + text).split('\n');
    lastLines = [...lastLines, ...lines].slice(-linesKept);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, lastLines: lastLines.filter((line) => line !== '') }));
  });
}

/** The report that jest wrote. Throws JestDiedError, saying how jest ended, when it died before it could. */
export function readReport(file: string, { code, signal, lastLines }: JestEnd): JestReport {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as JestReport;
  const how = signal === null ? `with status ${code}` : `by ${signal}`;
  const said = lastLines.length === 0 ? '' : `\nIts last lines:\n${lastLines.join('\n')}`;
  throw new JestDiedError(`jest ended ${how} before it wrote its report; what it had to say stands above.${said}`);
}
