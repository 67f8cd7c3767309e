import { ulid } from 'ulid';
import { runArrivals, type ArrivalsDone } from './arrivals.ts';
import { buy } from './buy.ts';
import { ApiClient } from './client.ts';
import type { Clock } from './clock.ts';
import { crowdResult, type CrowdResult } from './crowd-result.ts';
import { loadLimits } from './limits.ts';
import type { CrowdOptions } from './options.ts';
import { progressLine, settleLine } from './report.ts';
import { readBooks } from './read-books.ts';
import { closeSale, crowdSku, openSale } from './sale.ts';
import { Settlement } from './settlement.ts';
import { settleOrders } from './settle.ts';
import { Tally } from './tally.ts';

/** What the run tells its user, and how the user may cut it short. */
export interface RunControl {
  readonly print: (line: string) => void;
  /** Called once every buyer who was sent is done: from then on the waiting is what may be stopped. */
  readonly arrivalsDone: () => void;
  readonly stops: Stops;
  readonly clock: Clock;
}

/** What the user may stop: each signal ends one phase early, the report still follows. */
export interface Stops {
  readonly arrivals: AbortSignal;
  readonly waiting: AbortSignal;
}

/**
 * One whole run: opens a sale, sends the crowd, waits for the commits, reads the books, closes the sale and judges.
 * Throws UnreachableError, UnexpectedAnswerError, SaleNotReadyError when the system does not let it get that far.
 */
export async function runCrowd(options: CrowdOptions, control: RunControl): Promise<CrowdResult> {
  const { print, stops, clock } = control;
  const client = new ApiClient({ url: options.url, key: options.key, sockets: loadLimits.sockets });
  try {
    const saleId = `crowd-${ulid().toLowerCase()}`;
    print(`opening sale ${saleId} at ${options.url.href}`);
    await openSale(client, saleId, options.stock, clock);
    print(`${options.buyers} buyers for ${options.stock} units, ${options.ratePerSecond} arrivals/s`);
    const startedAt = new Date().toISOString();
    const tally = new Tally();
    const arrivals = await sendBuyers({ client, clock, options, saleId, tally, print, stop: stops.arrivals });
    control.arrivalsDone();
    const settlement = await awaitSettled({ client, clock, options, tally, print, stop: stops.waiting });
    const books = await readBooks(client, clock, saleId, settlement.seen().units);
    if (!(await closeSale(client, saleId))) print(`sale ${saleId} could not be closed; close it by hand`);
    const evidence = {
      stock: options.stock,
      quantity: options.quantity,
      accepted: tally.acceptedIds.length,
      unresolved: tally.unresolved,
      refusals: Object.fromEntries(tally.refusals),
      statuses: Object.fromEntries(tally.statuses),
      settlement: settlement.seen(),
      waitStopped: stops.waiting.aborted,
      ...books,
    };
    const interrupted = stops.arrivals.aborted || stops.waiting.aborted;
    return crowdResult({ options, saleId, startedAt, interrupted, arrivals, tally, evidence });
  } finally {
    await client.close();
  }
}

interface Phase {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly options: CrowdOptions;
  readonly tally: Tally;
  readonly print: (line: string) => void;
  readonly stop: AbortSignal;
}

/** Resolves when every buyer who was sent is done. */
async function sendBuyers({
  client,
  clock,
  options,
  saleId,
  tally,
  print,
  stop,
}: Phase & { readonly saleId: string }): Promise<ArrivalsDone> {
  const startedMs = clock.nowMs();
  const { promise: allDone, resolve, reject } = Promise.withResolvers<void>();
  // A fault of ours in a buyer surfaces where everybody is awaited, also when it comes first.
  allDone.catch(() => {});
  let arrived: ArrivalsDone | undefined;
  const launch = (index: number, intendedMs: number): void => {
    tally.sent++;
    const order = { saleId, idempotencyKey: `${saleId}-${index}`, customerId: `buyer-${index}`, sku: crowdSku, quantity: options.quantity };
    buy(() => client.placeOrder(order), intendedMs, { clock, tally, random: Math.random, stop })
      .then((outcome) => {
        tally.done(outcome, clock.nowMs());
        if (arrived && tally.underway === 0) resolve();
      })
      .catch(reject);
  };
  const every = setInterval(() => print(progressLine(Math.round((clock.nowMs() - startedMs) / 1000), tally)), loadLimits.progressMs);
  try {
    const room = (): number => loadLimits.buyersUnderway - tally.underway;
    arrived = await runArrivals({ count: options.buyers, ratePerSecond: options.ratePerSecond, clock, launch, room, stop });
    if (tally.underway === 0) resolve();
    await allDone;
    return arrived;
  } finally {
    clearInterval(every);
  }
}

/** Reads every accepted order until it is committed, showing progress. */
async function awaitSettled({ client, clock, options, tally, print, stop }: Phase): Promise<Settlement> {
  const settlement = new Settlement(options);
  let seen = { settled: 0, of: tally.acceptedIds.length };
  const every = setInterval(() => print(settleLine(seen.settled, seen.of)), loadLimits.progressMs);
  try {
    const progress = (settled: number, of: number): void => {
      seen = { settled, of };
    };
    await settleOrders(tally.acceptedIds, { client, clock, settlement, stop, progress });
    print(settleLine(seen.settled, seen.of));
    return settlement;
  } finally {
    clearInterval(every);
  }
}
