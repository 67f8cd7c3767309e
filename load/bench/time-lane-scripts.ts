import { crowdSku } from '../sale.ts';
import { benchRequest } from './bench-order.ts';
import type { ScriptTimer, ScriptTimes } from './script-timer.ts';

const orders = 100;
const firstBuyer = 3_000_000;
const lanes = 2;

/** The scripts that only a sale of several lanes calls, each on orders of two units, in a sale of two lanes that is empty otherwise. */
export async function timeLanes(
  timer: ScriptTimer,
  round: number,
): Promise<Pick<ScriptTimes, 'take' | 'store' | 'remove' | 'giveBack' | 'drawPart'>> {
  const { subject, units } = timer;
  const saleId = `${timer.saleId}-lanes`;
  const token = `bench-${round}`;
  await subject.gate.beginRebuild(saleId, token, [crowdSku], { remake: true, lanes, gateVersion: 1 });
  if (!(await subject.gate.publish({ saleId, gateVersion: 1 }, token, 0, { [crowdSku]: units })))
    throw new Error('the bench lost the lock of its own rebuild');
  const lent = Array.from({ length: orders }, (_, index) => {
    const request = benchRequest(subject, saleId, firstBuyer + index, 2);
    return { request, order: request.order, ...subject.lanesOf(saleId, lanes, request.order.orderId) };
  });
  const missing = { quantities: new Map([[crowdSku, 1]]), seats: new Map() };

  const drawPart = await timer.timed(async () => {
    for (const { request, other } of lent) await other.drawPart(request, new Map(), new Map(), missing.quantities);
  });
  const take = await timer.timed(async () => {
    // In place of what was drawn, as by the worst of chances.
    for (const { request, other } of lent) await other.take(request, 'attempt', '', missing);
  });
  const giveBack = await timer.timed(async () => {
    for (const { order, other } of lent) await other.giveBack(order.orderId, 'attempt', new Map(), [crowdSku]);
  });
  const store = await timer.timed(async () => {
    for (const { order, home } of lent) await home.store(order.orderId, 'attempt', new Map());
  });
  const remove = await timer.timed(async () => {
    for (const { order, home } of lent) await home.remove(order.orderId, 'attempt', [crowdSku]);
  });
  return { take, store, remove, giveBack, drawPart };
}
