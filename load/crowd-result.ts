import type { ArrivalsDone } from './arrivals.ts';
import type { LatencySummary } from './latency.ts';
import type { CrowdOptions } from './options.ts';
import type { Tally } from './tally.ts';
import { type Check, type Evidence, isClean, judge, soldUnits } from './verdict.ts';

/** Raised when a member changes its meaning or goes; new members do not raise it. */
export const crowdResultVersion = 1;

/** Everything one run measured and judged; what `--json` writes. Times in ms, rates per second. */
export interface CrowdResult {
  readonly schema: `penstock.crowd/${typeof crowdResultVersion}`;
  readonly saleId: string;
  readonly startedAt: string;
  readonly url: string;
  readonly asked: { readonly buyers: number; readonly stock: number; readonly quantity: number; readonly ratePerSecond: number };
  readonly interrupted: boolean;
  readonly arrivals: { readonly sent: number; readonly ratePerSecond: number; readonly worstLagMs: number };
  readonly sold: number;
  readonly accepted: number;
  readonly refused: number;
  readonly unresolved: number;
  readonly retries: number;
  readonly acceptedPerSecond: number;
  readonly settledPerSecond: number;
  readonly firstAnswer: LatencySummary;
  readonly finalAnswer: LatencySummary;
  readonly refusals: Evidence['refusals'];
  readonly statuses: Evidence['statuses'];
  /** Problem codes of every answer that was one, retried ones too. */
  readonly codes: Readonly<Record<string, number>>;
  readonly orders: Evidence['settlement'];
  readonly report: Evidence['report'] | null;
  readonly audit: Evidence['audit'] | null;
  readonly checks: readonly Check[];
  readonly clean: boolean;
}

/** What the parts of a run hand over. */
export interface CrowdMeasured {
  readonly options: CrowdOptions;
  readonly saleId: string;
  readonly startedAt: string;
  readonly interrupted: boolean;
  readonly arrivals: ArrivalsDone;
  readonly tally: Tally;
  readonly evidence: Evidence;
}

/** Puts one run's measurements together and judges them. */
export function crowdResult(measured: CrowdMeasured): CrowdResult {
  const { options, tally, evidence, arrivals } = measured;
  const checks = judge(evidence);
  return {
    schema: `penstock.crowd/${crowdResultVersion}`,
    saleId: measured.saleId,
    startedAt: measured.startedAt,
    url: options.url.href,
    asked: { buyers: options.buyers, stock: options.stock, quantity: options.quantity, ratePerSecond: options.ratePerSecond },
    interrupted: measured.interrupted,
    arrivals: { sent: arrivals.launched, ratePerSecond: perSecond(arrivals.launched, arrivals.tookMs), worstLagMs: arrivals.worstLagMs },
    sold: soldUnits(evidence),
    accepted: evidence.accepted,
    refused: tally.refused,
    unresolved: tally.unresolved,
    retries: tally.retries,
    acceptedPerSecond: perSecond(evidence.accepted, tally.acceptingMs),
    settledPerSecond: settledPerSecond(evidence),
    firstAnswer: tally.firstAnswer.summary(),
    finalAnswer: tally.finalAnswer.summary(),
    refusals: evidence.refusals,
    statuses: evidence.statuses,
    codes: Object.fromEntries(tally.codes),
    orders: evidence.settlement,
    report: evidence.report ?? null,
    audit: evidence.audit ?? null,
    checks,
    clean: isClean(checks),
  };
}

const perSecond = (count: number, ms: number): number => (ms > 0 ? (count * 1000) / ms : 0);

/** By the system's own times of holding: how fast the ledger took orders, whatever the rate at which we read them. */
function settledPerSecond({ settlement }: Evidence): number {
  const { heldFromMs, heldToMs, held } = settlement;
  return heldFromMs === undefined || heldToMs === undefined ? 0 : perSecond(held, heldToMs - heldFromMs);
}
