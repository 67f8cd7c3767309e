import { once } from 'node:events';
import { aborted } from 'node:util';
import { Worker } from 'node:worker_threads';

/**
 * Synthesizes a stage of the CDK app into `outdir`, on a thread of its own: loading the CDK takes longer than building
 * the bundles, so both happen at once.
 * @param built Settles when the bundles are there.
 * @param signal Ends the thread; then this rejects.
 * @throws Error with the CDK app's own message.
 */
export async function synthesizeApp(stage: string, outdir: string, built: Promise<unknown>, signal?: AbortSignal): Promise<void> {
  // Its warnings are for a deployment; what matters here is an error, and that comes as a message.
  const thread = new Worker(new URL('synthesis-thread.ts', import.meta.url), { workerData: { stage, outdir }, stderr: true, stdout: true });
  try {
    // esbuild, once stopped, never answers for the build it was at.
    await (signal === undefined ? built : Promise.race([built, aborted(signal, thread)]));
    signal?.throwIfAborted();
    thread.postMessage('built');
    const [{ error }] = (await once(thread, 'message', signal === undefined ? {} : { signal })) as [{ error: string | null }];
    if (error !== null) throw new Error(`the CDK app of stage ${stage} cannot be synthesized: ${error}`);
  } finally {
    await thread.terminate();
  }
}
