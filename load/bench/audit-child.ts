import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { evaluate, expectAnswer, httpEvent } from './functions.ts';
import type { AuditCost } from './growth-of-books.ts';
import { beChild } from './run-child.ts';

/** The admin function alone in its process: what an audit takes of time, then, in a second run, of memory. */
const sampleMs = 20;
/** What a request leaves behind is let go within this. */
const settleMs = 200;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is reachable, in bytes: on the heap and beside it. */
function liveBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

await beChild(async ({ bundle, saleId }: { readonly bundle: string; readonly saleId: string }): Promise<AuditCost> => {
  const { admin } = evaluate({ admin: bundle }, {});
  // The first request opens the function's connections.
  await expectAnswer(admin, httpEvent('GET', `/v1/admin/sales/${saleId}`), 200);
  const audit = async (): Promise<void> => {
    const { body } = await expectAnswer(admin, httpEvent('GET', `/v1/admin/sales/${saleId}/audit`), 200);
    if (!(JSON.parse(body) as { ok: boolean }).ok)
      throw new Error(`figures of books that are not right mean nothing: ${body.slice(0, 500)}`);
  };
  await sleep(settleMs);
  const atRest = liveBytes();
  const startedMs = performance.now();
  await audit();
  const seconds = (performance.now() - startedMs) / 1000;

  let peak = 0;
  const sampling = setInterval(() => {
    peak = Math.max(peak, liveBytes());
  }, sampleMs);
  await audit();
  clearInterval(sampling);
  return { seconds, restMegabytes: atRest / 2 ** 20, peakMegabytes: peak / 2 ** 20 };
});
