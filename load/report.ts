import type { CrowdResult } from './crowd-result.ts';
import type { LatencySummary } from './latency.ts';
import { loadLimits } from './limits.ts';
import type { Tally } from './tally.ts';
import type { Check } from './verdict.ts';

const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
const counts = (entries: Readonly<Record<string, number>>): string =>
  Object.entries(entries)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(' · ') || 'none';
const latencies = (name: string, { p50Ms, p90Ms, p99Ms, p999Ms, maxMs }: LatencySummary): string =>
  `${name}  p50 ${ms(p50Ms)} · p90 ${ms(p90Ms)} · p99 ${ms(p99Ms)} · p99.9 ${ms(p999Ms)} · max ${ms(maxMs)}`;

/** One line of progress while the buyers come. */
export function progressLine(seconds: number, tally: Tally): string {
  const fields = [
    `sent ${tally.sent}`,
    `answered ${tally.finished}`,
    `accepted ${tally.acceptedIds.length}`,
    `refused ${tally.refused}`,
    `in flight ${tally.underway}`,
    `p99 ${ms(tally.finalAnswer.percentileMs(99))}`,
  ];
  return `${String(seconds).padStart(4)} s  ${fields.join('  ')}`;
}

/** One line of progress while accepted orders are being committed. */
export function settleLine(settled: number, of: number): string {
  return `settled ${settled} of ${of}`;
}

const marks: Readonly<Record<Check['verdict'], string>> = { holds: 'ok', broken: 'BROKEN', unknown: 'unknown' };

function checkLine({ name, invariant, verdict, detail }: Check): string {
  return `  ${marks[verdict].padEnd(7)}  ${name}${invariant === undefined ? '' : ` [${invariant}]`}: ${detail}`;
}

/** The report for people. The numbers in brackets are the invariants of the design. */
export function reportText(result: CrowdResult): string {
  const { asked, arrivals } = result;
  const findings = result.audit?.findings.slice(0, loadLimits.examples) ?? [];
  return [
    '',
    `sale ${result.saleId} at ${result.url}${result.interrupted ? ' (interrupted)' : ''}`,
    `sold ${result.sold} of ${asked.stock}`,
    `p99 ${ms(result.finalAnswer.p99Ms)} from the intended start to the final answer`,
    '',
    `arrivals      ${arrivals.sent} of ${asked.buyers} at ${arrivals.ratePerSecond.toFixed(0)}/s (asked ${asked.ratePerSecond}/s), latest ${ms(arrivals.worstLagMs)} late`,
    `outcomes      accepted ${result.accepted} · refused ${result.refused} · no final answer ${result.unresolved} · retries ${result.retries}`,
    `throughput    accepted ${result.acceptedPerSecond.toFixed(0)}/s · settled ${result.settledPerSecond.toFixed(0)}/s`,
    latencies('first answer', result.firstAnswer),
    latencies('final answer', result.finalAnswer),
    `refusals      ${counts(result.refusals)}`,
    `answers       ${counts(result.statuses)}`,
    `orders        ${counts(result.orders.byState)}`,
    '',
    'verdict',
    ...result.checks.map(checkLine),
    ...findings.map((finding) => `  finding  ${JSON.stringify(finding)}`),
    '',
    result.clean ? 'every invariant that could be judged holds' : 'AN INVARIANT IS BROKEN',
    '',
  ].join('\n');
}
