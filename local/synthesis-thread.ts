import assert from 'node:assert/strict';
import { parentPort, workerData } from 'node:worker_threads';
import { synthesize } from '../lib/synthesize.ts';

/** Loads the CDK app while the bundles are still being built, and synthesizes it once told that they are there. */
const port = parentPort;
assert(port, 'runs as a worker thread');
const { stage, outdir } = workerData as { stage: string; outdir: string };
port.once('message', () => {
  void synthesize({ stage, outdir, checks: false }).then(
    () => port.postMessage({ error: null }),
    (error: unknown) => port.postMessage({ error: error instanceof Error ? error.message : String(error) }),
  );
});
