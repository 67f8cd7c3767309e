import { createRequire } from 'node:module';
import { childAnswer, childInput } from './run-child.ts';

/** Evaluates one bundle in a process that has evaluated nothing else, and tells how long that took, in ms. */
const file = String(childInput());
const require = createRequire(import.meta.url);
const startedMs = performance.now();
require(file);
const tookMs = performance.now() - startedMs;
await childAnswer(tookMs);
process.exit(0);
