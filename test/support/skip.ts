import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

/**
 * A suite that needs a program this machine may lack: without it one line says so and one skipped test stands for the
 * suite, so that `npm test` is green everywhere and `.ci/run`, which installs them all, can fail on any skip.
 */
export function describeWith(program: string, available: boolean, body: () => void): void {
  const suite = path.basename(expect.getState().testPath ?? 'suite');
  if (available) {
    describe(`with ${program}`, () => {
      body();
    });
    return;
  }
  process.stderr.write(`SKIPPED ${suite}: ${program} is not on the PATH\n`);
  // oxlint-disable-next-line jest/no-disabled-tests, jest/require-top-level-describe -- it stands for the whole suite
  test.skip(`${suite} needs ${program}`, () => {});
}
