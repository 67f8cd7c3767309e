import { expect } from '@jest/globals';
import { systemClock } from '../../load/clock.ts';
import type { CrowdResult } from '../../load/crowd-result.ts';
import { runCrowd } from '../../load/run-crowd.ts';
import { operatorKey } from './running-system.ts';

/** How large a sale is. */
export interface SaleUnderFaults {
  readonly url: string;
  readonly buyers: number;
  readonly stock: number;
  readonly ratePerSecond: number;
}

/**
 * A whole sale of one sku, each buyer sending its order again under its key until it has an answer, while `faults` do
 * their worst: they begin with the first order, and their signal is aborted when the last buyer has an answer. Then the orders are followed to
 * where they rest, and the books are read.
 */
export async function crowdUnder(
  { url, buyers, stock, ratePerSecond }: SaleUnderFaults,
  faults: (stop: AbortSignal, saleId: string) => Promise<void>,
): Promise<CrowdResult> {
  const never = new AbortController().signal;
  const answered = new AbortController();
  let working: Promise<void> | undefined;
  let saleId = '';
  const print = (line: string) => {
    saleId = /^opening sale (\S+)/.exec(line)?.[1] ?? saleId;
    if (line.includes('arrivals/s') && working === undefined) working = faults(answered.signal, saleId);
  };
  const options = { url: new URL(url), key: operatorKey, buyers, stock, ratePerSecond, quantity: 1 };
  const control = { print, arrivalsDone: () => answered.abort(), stops: { arrivals: never, waiting: never }, clock: systemClock };
  try {
    return await runCrowd(options, control);
  } finally {
    answered.abort();
    await working;
  }
}

/** Answers that the contract has for an order in a crowd, and those that a load balancer makes when an environment dies under its request. */
const contract = ['202', '409', '429', '503'];
const exempt = ['502', '504'];

/**
 * Nothing lost, nothing sold twice, the books balance, and no answer but those of the contract and of the load balancer.
 * @param what Said before the figures of the run on standard error: how to play it again.
 */
export function expectNothingLost(what: string, result: CrowdResult): void {
  const { statuses, codes, refusals, unresolved, retries, checks, orders } = result;
  const balancers = exempt.reduce((sum, status) => sum + (statuses[status] ?? 0), 0);
  process.stderr.write(
    `faults: ${what}; answers ${JSON.stringify(statuses)}, ${balancers} of them the load balancer's own, problems ${JSON.stringify(codes)}, ` +
      `${retries} retries, orders ${JSON.stringify(orders.byState)}\n`,
  );
  expect(Object.keys(statuses).filter((status) => ![...contract, ...exempt].includes(status))).toEqual([]);
  expect(Object.keys(refusals).filter((code) => code !== 'sold-out')).toEqual([]);
  expect(Object.keys(orders.byState).filter((state) => !['held', 'confirmed', 'rejected', 'cancelled'].includes(state))).toEqual([]);
  // The balancer's own answers, judged above, are the one thing that this check does not know.
  const others = checks.filter(({ name }) => name !== 'no unexpected answer');
  expect(others.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
  expect(unresolved).toBe(0);
}
