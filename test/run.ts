import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildFunctions } from '../bin/build.ts';

/** The part of jest's JSON report that we read. */
interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const root = path.resolve(import.meta.dirname, '..');

/**
 * `npm test [-- jest's arguments]`: bundles the functions, as the tests run what is deployed, then jest over every
 * kind of test. Tells which suites were skipped for want of redis-server or Java; with CI=true that is a failure.
 * Ends with the line `N passed, N failed`.
 */
async function run(): Promise<number> {
  await buildFunctions();
  const folder = mkdtempSync(path.join(tmpdir(), 'penstock-test-'));
  const file = path.join(folder, 'report.json');
  try {
    const code = await jest([...process.argv.slice(2), '--json', `--outputFile=${file}`]);
    return summarize(JSON.parse(readFileSync(file, 'utf8')) as JestReport, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function jest(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [path.join(root, 'node_modules/jest/bin/jest.js'), ...args], {
    cwd: root,
    // jest's report goes to the file; what people read comes on standard error.
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

function summarize(report: JestReport, code: number): number {
  const skipped = report.testResults.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status === 'pending'));
  const mustRunAll = process.env['CI'] === 'true';
  for (const { fullName } of skipped) console.log(`${mustRunAll ? 'SKIPPED, which CI does not allow' : 'skipped'}: ${fullName}`);
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites + (mustRunAll ? skipped.length : 0);
  console.log(`${report.numPassedTests} passed, ${failed} failed`);
  return failed === 0 ? code : 1;
}

process.exitCode = await run();
