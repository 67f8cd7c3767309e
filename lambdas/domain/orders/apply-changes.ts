import { limits } from '../../contracts/limits.ts';
import { metrics } from '../../contracts/metrics.ts';
import { UnavailableError } from '../kernel/faults.ts';
import { atOnce } from '../kernel/at-once.ts';
import type { Meter } from '../kernel/ports.ts';
import type { StockGate } from '../stock/ports.ts';
import type { Order } from './order.ts';

/**
 * Tells the gate of changed orders, the newest image of each (protocol.md rule 30): what a worker that died between
 * ledger and gate left undone is done within a second. It is healing beside the way, so it holds up nothing: when the
 * gate is away the rest of the images is counted and left to the sweeper. Images may come twice, late and in any order.
 */
export async function applyChanges(
  { openGate, meter }: { readonly openGate: () => Promise<Pick<StockGate, 'apply'>>; readonly meter: Meter },
  images: readonly Order[],
): Promise<void> {
  const newest = new Map<string, Order>();
  for (const image of images) if (image.version > (newest.get(image.orderId)?.version ?? 0)) newest.set(image.orderId, image);
  const untold = new Set(newest.values());
  let away = false;
  try {
    await atOnce(limits.imagesAtOnce, newest.values(), async (image) => {
      if (away) return;
      try {
        await (await openGate()).apply(image);
        untold.delete(image);
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        away = true;
      }
    });
  } finally {
    if (untold.size > 0) meter.count(metrics.imagesNotApplied, untold.size);
  }
}
