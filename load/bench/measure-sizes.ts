import { statSync } from 'node:fs';
import { functionNames } from '../../lambdas/contracts/functions.ts';
import { sizeKb } from './bundle-bounds.ts';
import type { Measurement } from './figure.ts';
import { makeBundles } from './make-bundles.ts';
import { withFolder } from './with-folder.ts';

/** Size of the bundle of every function. */
export function measureSizes(): Promise<Measurement> {
  return withFolder(async (folder) => {
    const files = await makeBundles(functionNames, folder);
    const figures = functionNames.map((name) => ({
      name,
      value: statSync(files[name]).size / 1024,
      unit: 'KB',
      bound: { atMost: sizeKb(name) },
    }));
    return { name: 'sizes', figures, comparisons: [] };
  });
}
