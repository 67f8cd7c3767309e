import type { CommitRequest } from '../../lambdas/contracts/messages.ts';
import { crowdSku } from '../sale.ts';
import { benchRequest, heldOrder } from './bench-order.ts';
import type { ScriptTimer, ScriptTimes } from './script-timer.ts';
import { reserved } from './time-order-scripts.ts';

const collisions = 50;
/** Buyers of one round, apart from those of the order scripts. */
const buyersOfRound = 1000;
const firstBuyer = 1_000_000;

/** The scripts of a collision: a claim of another order marked, units drawn anew, a unit freed. All is given back at the end. */
export async function timeCollisions(timer: ScriptTimer, round: number): Promise<Pick<ScriptTimes, 'mark' | 'draw' | 'free'>> {
  const { subject, saleId, units } = timer;
  const { gate } = subject;
  const requestOf = (index: number) => benchRequest(subject, saleId, firstBuyer + round * buyersOfRound + index, 1);
  const claimOf = (unit: number, index: number) => {
    const { orderId, customerId, acceptedAtMs } = requestOf(index).order;
    return { sku: crowdSku, unit, orderId, version: 1, customerId, holdExpiresAtMs: acceptedAtMs + 600_000 };
  };
  const freeAll = async (claims: readonly ReturnType<typeof claimOf>[]): Promise<void> => {
    for (const { unit, orderId } of claims)
      if (!(await gate.free(saleId, crowdSku, unit, orderId, 1, Date.now()))) throw new Error(`unit ${unit} could not be freed`);
  };

  // The highest units: clear, for they are handed out last.
  const foreign = Array.from({ length: collisions }, (_, index) => claimOf(units - 1 - index, index));
  const mark = await timer.timed(async () => {
    for (const claim of foreign) await gate.mark(saleId, [claim]);
  });
  const free = await timer.timed(() => freeAll(foreign));

  const losers: CommitRequest[] = [];
  for (let index = 0; index < collisions; index++) losers.push(await reserved(gate, requestOf(collisions + index)));
  const winners = losers.map((request, index) => claimOf(request.order.lines[0]?.units[0] ?? 0, 2 * collisions + index));
  const drawn: CommitRequest[] = [];
  const draw = await timer.timed(async () => {
    for (const [index, request] of losers.entries()) {
      const outcome = await gate.draw(request, winners.slice(index, index + 1));
      if (outcome.kind !== 'drawn') throw new Error(`expected another unit, got ${outcome.kind}`);
      drawn.push(outcome.request);
    }
  });
  for (const request of drawn) await gate.apply({ ...heldOrder(request, request.order.lines[0]?.units ?? []), state: 'cancelled' });
  await freeAll(winners);
  return { mark, draw, free };
}
