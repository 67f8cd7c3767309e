import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * Synthesizes a stage of the CDK app into `outdir`, on a thread of its own: loading the CDK takes longer than building
 * the bundles, so both happen at once.
 * @param built Settles when the bundles are there.
 * @throws Error with the CDK app's own message.
 */
export async function synthesizeApp(stage: string, outdir: string, built: Promise<unknown>): Promise<void> {
  // Its warnings are for a deployment; what matters here is an error, and that comes as a message.
  const thread = new Worker(new URL('synthesis-thread.ts', import.meta.url), { workerData: { stage, outdir }, stderr: true, stdout: true });
  try {
    await built;
    thread.postMessage('built');
    const [{ error }] = (await once(thread, 'message')) as [{ error: string | null }];
    if (error !== null) throw new Error(`the CDK app of stage ${stage} cannot be synthesized: ${error}`);
  } finally {
    await thread.terminate();
  }
}
