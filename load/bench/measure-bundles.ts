import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Figure, Measurement } from './figure.ts';
import { makeBundles } from './make-bundles.ts';
import { runChild } from './run-child.ts';
import { rigEnvironment } from './rig-environment.ts';
import { withFolder } from './with-folder.ts';

const measured = ['orders', 'order-reads', 'commit'] as const;
const sizeKb = 520;
const importMs = 90;
/** Fresh processes for each bundle; the median counts. */
const runs = 9;

/** Size of the bundles of the order path, and the time that a fresh process takes to evaluate each. */
export function measureBundles(): Promise<Measurement> {
  return withFolder(async (folder) => {
    const files = await makeBundles(measured, folder);
    const empty = path.join(folder, 'empty.cjs');
    writeFileSync(empty, '');
    const floorMs = await medianImportMs(empty);
    const figures: Figure[] = [];
    for (const name of measured) {
      figures.push(
        { name: `${name} size`, value: statSync(files[name]).size / 1024, unit: 'KB', bound: { atMost: sizeKb } },
        {
          name: `${name} cold import`,
          value: await medianImportMs(files[name]),
          unit: 'ms',
          bound: { atMost: importMs },
          floor: { value: floorMs, why: 'an empty file' },
        },
      );
    }
    return { name: 'bundles', figures };
  });
}

async function medianImportMs(file: string): Promise<number> {
  // Evaluating an entry begins its connections; nothing listens at this address, and the process ends before it matters.
  const environment = { ...process.env, ...rigEnvironment({ redisPort: 1, awsEndpoint: 'http://127.0.0.1:1' }) };
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    times.push(await runChild<number>(new URL('import-child.ts', import.meta.url), file, environment));
  }
  return times.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
}
