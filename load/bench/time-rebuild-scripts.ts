import { crowdSku } from '../sale.ts';
import { benchRequest } from './bench-order.ts';
import type { ScriptTimer, ScriptTimes } from './script-timer.ts';

const claimsOfChunk = 100;
const chunks = 8;
const renewals = 20;
const firstBuyer = 2_000_000;

/** The scripts of a rebuild: the gate is made anew, with some claims spread over all units as the shards of a sku are. */
export async function timeRebuild(
  timer: ScriptTimer,
  round: number,
): Promise<Pick<ScriptTimes, 'beginRebuild' | 'renew' | 'load' | 'publish'>> {
  const { subject, saleId, units } = timer;
  const { gate } = subject;
  const token = `bench-${round}`;
  const chunkOf = (chunk: number) =>
    Array.from({ length: claimsOfChunk }, (_, index) => {
      const { orderId, customerId } = benchRequest(subject, saleId, firstBuyer + chunk * claimsOfChunk + index, 1).order;
      return { sku: crowdSku, unit: (index * units) / claimsOfChunk + chunk, orderId, version: 1, customerId };
    });
  const kept = (is: boolean): void => {
    if (!is) throw new Error('the bench lost the lock of its own rebuild');
  };

  const loaded = Array.from({ length: chunks }, (_, chunk) => chunkOf(chunk));
  const highest = chunkOf(chunks);
  const beginRebuild = await timer.timed(() => gate.beginRebuild(saleId, token, [crowdSku], { remake: true, lanes: 1, gateVersion: 1 }));
  const renew = await timer.timed(async () => {
    for (let count = 0; count < renewals; count++) kept(await gate.renew(saleId, token));
  });
  // The highest units first: the string of owners has its full length from then on.
  kept(await gate.load(saleId, token, crowdSku, highest));
  const load = await timer.timed(async () => {
    for (const claims of loaded) kept(await gate.load(saleId, token, crowdSku, claims));
  });
  const publish = await timer.timed(async () =>
    kept(await gate.publish({ saleId, gateVersion: 1 }, token, chunks + 1, { [crowdSku]: units })),
  );
  return { beginRebuild, renew, load, publish };
}
