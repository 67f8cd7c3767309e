import { benchRequest } from './bench-order.ts';
import { crowdSku } from '../sale.ts';
import type { ScriptTimer, ScriptTimes } from './script-timer.ts';

const calls = 100;
/** A place to wait is taken this long, and asked for this often: 20 are taken at any time. */
const waitMs = 200;
const everyMs = 10;

/** The scripts that touch no order. */
export async function timeOthers(
  timer: ScriptTimer,
  round: number,
): Promise<Pick<ScriptTimes, 'setCapacity' | 'resend' | 'drop' | 'incarnation' | 'doubtful' | 'enterWait' | 'takeRate'>> {
  const { subject, saleId, units } = timer;
  const { gate, limiter } = subject;
  const nowMs = Date.now();
  const repeat = async (work: (index: number) => Promise<unknown>): Promise<void> => {
    for (let index = 0; index < calls; index++) await work(index);
  };
  return {
    setCapacity: await timer.timed(() => repeat(() => gate.setCapacity({ saleId, gateVersion: 1 }, crowdSku, units))),
    resend: await timer.timed(() =>
      repeat((index) => gate.resend(saleId, benchRequest(subject, saleId, round * calls + index, 1).order.orderId, nowMs)),
    ),
    drop: await timer.timed(() => repeat(() => gate.drop(`${saleId}-none`, [crowdSku]))),
    incarnation: await timer.timed(() => repeat(() => gate.incarnation(saleId))),
    doubtful: await timer.timed(() => repeat(() => gate.doubtfulOrders(saleId)[Symbol.asyncIterator]().next())),
    enterWait: await timer.timed(() =>
      repeat((index) =>
        gate.enterWait(
          saleId,
          { customerId: `buyer-${index}`, waitId: `wait-${round}-${index}` },
          nowMs + index * everyMs,
          nowMs + index * everyMs + waitMs,
        ),
      ),
    ),
    takeRate: await timer.timed(() => repeat(() => limiter.take('bench', calls * 100, 60, nowMs))),
  };
}
