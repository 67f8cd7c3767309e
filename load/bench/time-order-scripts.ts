import { limits } from '../../lambdas/contracts/limits.ts';
import type { CommitRequest, Order } from '../../lambdas/contracts/messages.ts';
import { benchRequest, heldOrder } from './bench-order.ts';
import type { ScriptTimer, ScriptTimes } from './script-timer.ts';
import type { Subject } from './subject/open-subject.ts';

const orders = 100;
/** Buyers of one round, among them those who never order. */
const buyersOfRound = 1000;
const strangers = 500;

/** The scripts of an order's life, each on orders of one unit; the units are given back at the end. */
export async function timeOrders(
  timer: ScriptTimer,
  round: number,
): Promise<Pick<ScriptTimes, 'reserve' | 'peek' | 'apply' | 'retake' | 'endRetake'>> {
  const { subject, saleId } = timer;
  const { gate } = subject;
  const first = round * buyersOfRound;
  const requests = Array.from({ length: orders }, (_, index) => benchRequest(subject, saleId, first + index, 1));
  const unknown = Array.from({ length: orders }, (_, index) => benchRequest(subject, saleId, first + strangers + index, 1).order);

  const held: Order[] = [];
  const reserve = await timer.timed(async () => {
    for (const request of requests) held.push(committed(await reserved(gate, request)));
  });
  const peek = await timer.timed(async () => {
    for (const { orderId, customerId } of unknown) await gate.peek(saleId, orderId, customerId);
  });
  const apply = await timer.timed(async () => {
    for (const order of held) await gate.apply(order);
  });
  const late = held.map((order): Order => ({ ...order, state: 'expired', version: 2 }));
  const retakenMs = Date.now();
  const retake = await timer.timed(async () => {
    for (const order of late) {
      const outcome = await gate.retake(order, retakenMs);
      if (outcome !== 'taken') throw new Error(`expected a retake to take its units, got ${outcome}`);
    }
  });
  const endRetake = await timer.timed(async () => {
    for (const order of late) {
      if (!(await gate.endRetake(order, retakenMs + limits.retakeProtectMs))) throw new Error('expected a retake to be ended');
    }
  });
  return { reserve, peek, apply, retake, endRetake };
}

/** Sets the units of an order aside. Throws when the gate has none. */
export async function reserved(gate: Subject['gate'], request: CommitRequest): Promise<CommitRequest> {
  const outcome = await gate.reserve(request);
  if (outcome.kind !== 'reserved') throw new Error(`expected units, got ${outcome.kind}`);
  return outcome.request;
}

const committed = (request: CommitRequest): Order => heldOrder(request, request.order.lines[0]?.units ?? []);
