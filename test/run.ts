import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildFunctions } from '../bin/build.ts';
import { JestDiedError, type JestReport, readReport, runJest } from './support/jest-process.ts';

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
    const jest = path.join(root, 'node_modules/jest/bin/jest.js');
    const end = await runJest([jest, ...process.argv.slice(2), '--json', `--outputFile=${file}`]);
    return summarize(readReport(file, end), end.code ?? 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function summarize(report: JestReport, code: number): number {
  const skipped = report.testResults.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status === 'pending'));
  const mustRunAll = process.env['CI'] === 'true';
  for (const { fullName } of skipped) console.log(`${mustRunAll ? 'SKIPPED, which CI does not allow' : 'skipped'}: ${fullName}`);
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites + (mustRunAll ? skipped.length : 0);
  console.log(`${report.numPassedTests} passed, ${failed} failed`);
  return failed === 0 ? code : 1;
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof JestDiedError ? error.message : error);
  process.exitCode = 1;
}
