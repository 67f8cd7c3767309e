import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { JestDiedError, readReport, runJest } from '../../support/jest-process.ts';

const dir = mkdtempSync(path.join(os.tmpdir(), 'penstock-test-'));
afterAll(() => rmSync(dir, { recursive: true }));
const missing = path.join(dir, 'missing.json');

describe('jest that dies without a report', () => {
  test.each([
    ['killed', `process.kill(process.pid, 'SIGKILL')`, 'by SIGKILL'],
    ['an unknown option', 'process.exit(3)', 'with status 3'],
  ])('%s: it is said how it ended, and its last lines', async (_, end, said) => {
    const ended = await runJest([
      '-e',
      `require('fs').writeSync(1, Array.from({ length: 30 }, (_, n) => 'line ' + n + '\\n').join('')); ${end}`,
    ]);
    const lines = Array.from({ length: 19 }, (__, n) => `line ${n + 11}`).join('\n');
    expect(() => readReport(missing, ended)).toThrow(
      new JestDiedError(`jest ended ${said} before it wrote its report; what it had to say stands above.\nIts last lines:\n${lines}`),
    );
  });

  test('a report that is there is read, however jest ended: failed tests make it end with 1', () => {
    const file = path.join(dir, 'report.json');
    writeFileSync(file, '{"numFailedTests":1}');
    expect(readReport(file, { code: 1, signal: null, lastLines: [] })).toEqual({ numFailedTests: 1 });
  });
});
