import { createRequire } from 'node:module';
import { beChild } from './run-child.ts';

/** Evaluates one bundle in a process that has evaluated nothing else, and tells how long that took, in ms. */
await beChild((file: string) => {
  const require = createRequire(import.meta.url);
  const startedMs = performance.now();
  require(file);
  return Promise.resolve(performance.now() - startedMs);
});
