import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { functionNames } from '../../lambdas/contracts/functions.ts';
import { importMs } from './bundle-bounds.ts';
import type { Figure, Measurement } from './figure.ts';
import { makeBundles } from './make-bundles.ts';
import { median } from './median.ts';
import { type Run, runChild } from './run-child.ts';
import { rigEnvironment } from './rig-environment.ts';
import { withFolder } from './with-folder.ts';

/** Fresh processes for each bundle; the median counts. */
const runs = 9;

/** The time that a fresh process takes to evaluate the bundle of each function. */
export function measureImports(run: Run): Promise<Measurement> {
  return withFolder(async (folder) => {
    const files = await makeBundles(functionNames, folder);
    const empty = path.join(folder, 'empty.cjs');
    writeFileSync(empty, '');
    const floor = { value: await medianImportMs(run, empty), why: 'an empty file' };
    const figures: Figure[] = [];
    for (const name of functionNames) {
      run.progress(name);
      const atMost = importMs(name);
      const value = await medianImportMs(run, files[name]);
      figures.push({ name, value, unit: 'ms', floor, ...(atMost === undefined ? {} : { bound: { atMost } }) });
    }
    return { name: 'imports', figures, comparisons: [] };
  });
}

async function medianImportMs(run: Run, file: string): Promise<number> {
  // Evaluating an entry begins its connections; nothing listens at this address, and the process ends before it matters.
  const environment = { ...process.env, ...rigEnvironment({ redisPort: 1, awsEndpoint: 'http://127.0.0.1:1' }) };
  const times: number[] = [];
  for (let count = 0; count < runs; count++) {
    times.push(await runChild<number>(new URL('import-child.ts', import.meta.url), run, file, environment));
  }
  return median(times);
}
