import type { SettlementFinding, SettlementSeen } from './settlement.ts';
import type { SaleAudit, SaleReport } from './shapes.ts';

/** All that one run saw, as counts: what the verdict is made from. */
export interface Evidence {
  readonly stock: number;
  /** Units each buyer asked for. */
  readonly quantity: number;
  /** Buyers answered 202. */
  readonly accepted: number;
  /** Buyers who never got a final answer: their orders may exist or not. */
  readonly unresolved: number;
  readonly refusals: Readonly<Record<string, number>>;
  /** Every answer to an order by status, retries counted. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly settlement: SettlementSeen;
  /** The user stopped the waiting: what is not settled yet proves nothing. */
  readonly waitStopped: boolean;
  /** Undefined: the system did not answer. */
  readonly report: SaleReport | undefined;
  readonly audit: SaleAudit | undefined;
}

/** One promise, and whether this run shows that it holds. */
export interface Check {
  readonly name: string;
  /** The invariant of docs/protocol.md that this checks, if it is one. */
  readonly invariant?: number;
  readonly verdict: 'holds' | 'broken' | 'unknown';
  readonly detail: string;
}

/** Judges a run. Pure. Every check can fail; `unknown` says that the run could not decide it. */
export function judge(evidence: Evidence): Check[] {
  return [
    unitOnce(evidence),
    booksAddUp(evidence),
    ordersOwnTheirUnits(evidence),
    noneVanished(evidence),
    noneRejectedWhileFree(evidence),
    oneOrderAKey(evidence),
    neverOversold(evidence),
    soldOut(evidence),
    booksAgree(evidence),
    auditClean(evidence),
    onlyKnownAnswers(evidence),
  ];
}

/** True when no check is broken. */
export function isClean(checks: readonly Check[]): boolean {
  return checks.every((check) => check.verdict !== 'broken');
}

/** Units out of stock by the system's own report, the house's withdrawals left out; without a report, those the buyers hold. */
export function soldUnits(evidence: Evidence): number {
  return evidence.report === undefined
    ? evidence.settlement.units
    : evidence.report.items.reduce((sum, item) => sum + item.held + item.confirmed, 0);
}

const freeUnits = (report: SaleReport): number => report.items.reduce((sum, item) => sum + item.free, 0);

const check = (name: string, holds: boolean, detail: string, invariant?: number): Check => ({
  name,
  ...(invariant === undefined ? {} : { invariant }),
  verdict: holds ? 'holds' : 'broken',
  detail,
});

const unknown = (name: string, detail: string, invariant?: number): Check => ({
  name,
  ...(invariant === undefined ? {} : { invariant }),
  verdict: 'unknown',
  detail,
});

const noReport = 'the system gave no report';

function shown({ settlement }: Evidence, ...names: SettlementFinding[]): { count: number; text: string } {
  const found = names.map((name) => ({ name, ...settlement.findings[name] })).filter(({ count }) => count > 0);
  return {
    count: found.reduce((sum, { count }) => sum + count, 0),
    text: found.map(({ name, count, examples }) => `${count} ${name} (${examples.join(', ')})`).join('; '),
  };
}

function unitOnce(evidence: Evidence): Check {
  const { count, text } = shown(evidence, 'unit-twice');
  return check(
    'no unit is sold twice',
    count === 0,
    text || `${evidence.settlement.units} units over ${evidence.settlement.held} orders`,
    1,
  );
}

function booksAddUp({ report, stock }: Evidence): Check {
  const name = 'capacity = free + held + confirmed + withdrawn';
  if (report === undefined) return check(name, false, noReport, 2);
  const wrong = report.items.filter((item) => item.capacity !== item.free + item.held + item.confirmed + item.withdrawn);
  const capacity = report.items.reduce((sum, item) => sum + item.capacity, 0);
  if (capacity !== stock) return check(name, false, `capacity is ${capacity}, the sale was made with ${stock}`, 2);
  const item = wrong[0] ?? report.items[0];
  const detail = item ? `${item.capacity}: ${item.free} + ${item.held} + ${item.confirmed} + ${item.withdrawn}` : 'no items';
  return check(name, wrong.length === 0, detail, 2);
}

function ordersOwnTheirUnits(evidence: Evidence): Check {
  const { count, text } = shown(evidence, 'unit-count', 'unit-unknown');
  return check('each live order lists just its units', count === 0, text || `${evidence.settlement.held} live orders`, 3);
}

function noneVanished(evidence: Evidence): Check {
  const name = 'no accepted order vanished';
  const gone = shown(evidence, 'vanished', 'no-reason');
  const slow = shown(evidence, 'unsettled');
  if (gone.count > 0) return check(name, false, gone.text, 4);
  if (slow.count > 0 && evidence.waitStopped) return unknown(name, `the wait was stopped: ${slow.text}`, 4);
  return check(name, slow.count === 0, slow.text || `${evidence.accepted} answered 202, all came to rest`, 4);
}

function noneRejectedWhileFree(evidence: Evidence): Check {
  const name = 'none rejected while units are free';
  const { count, text } = shown(evidence, 'rejected');
  if (count === 0) return check(name, true, 'none rejected', 4);
  if (evidence.report === undefined) return unknown(name, noReport, 4);
  const free = freeUnits(evidence.report);
  return check(name, free < evidence.quantity, `${text}; ${free} free`, 4);
}

function oneOrderAKey(evidence: Evidence): Check {
  const name = 'one key makes one order';
  const { count, text } = shown(evidence, 'id-twice');
  if (count > 0) return check(name, false, text, 6);
  if (evidence.report === undefined) return unknown(name, noReport, 6);
  const known = Object.values(evidence.report.orders).reduce<number>((sum, number) => sum + (number ?? 0), 0);
  const most = evidence.accepted + evidence.unresolved;
  return check(name, known <= most, `${known} orders known to the system, ${most} buyers may have one`, 6);
}

function neverOversold(evidence: Evidence): Check {
  const sold = Math.max(soldUnits(evidence), evidence.settlement.held * evidence.quantity);
  return check('never more sold than the stock', sold <= evidence.stock, `${sold} of ${evidence.stock}`);
}

/** Judged only where every order came to rest and enough buyers asked for units to take the whole stock. */
function soldOut(evidence: Evidence): Check {
  const name = 'demand met: all is sold that can be';
  const { stock, quantity } = evidence;
  const sellable = stock - (stock % quantity);
  const demand = (evidence.accepted + (evidence.refusals['sold-out'] ?? 0)) * quantity;
  if (shown(evidence, 'unsettled').count > 0) return unknown(name, 'not every order has come to rest');
  if (evidence.report === undefined) return unknown(name, noReport);
  const sold = soldUnits(evidence);
  // A buyer turned away as sold-out also proves that nothing was left for one of that size.
  if (demand < sellable && !evidence.refusals['sold-out']) return unknown(name, `only ${demand} units asked for`);
  const detail = `${sold} of ${sellable} sellable in lots of ${quantity}, ${demand} asked for`;
  // Units set aside for a buyer whose answers were all lost are neither sold nor free until the sweep.
  if (sold < sellable && sold >= sellable - evidence.unresolved * quantity)
    return unknown(name, `${detail}, ${evidence.unresolved} in doubt`);
  return check(name, sold >= sellable, detail);
}

/** The system's own count against the units the buyers were shown; orders without a final answer may make up a difference. */
function booksAgree(evidence: Evidence): Check {
  const name = "the system's report agrees with the buyers";
  if (evidence.report === undefined) return unknown(name, noReport);
  if (shown(evidence, 'unsettled').count > 0) return unknown(name, 'not every order has come to rest');
  const sold = soldUnits(evidence);
  const { units } = evidence.settlement;
  const doubt = evidence.unresolved * evidence.quantity;
  return check(name, sold >= units && sold <= units + doubt, `report ${sold}, buyers ${units}${doubt > 0 ? `, in doubt ${doubt}` : ''}`);
}

function auditClean({ audit }: Evidence): Check {
  const name = "the system's audit is clean";
  if (audit === undefined) return check(name, false, 'the system gave no audit');
  const clean = audit.ok && audit.findings.length === 0;
  return check(name, clean, clean ? 'no findings' : `ok: ${audit.ok}, ${audit.findings.length} findings`);
}

/** 202 and 409 sold-out are what a crowd meets, 503 and 429 what an overload may say; lost answers were tried again. */
function onlyKnownAnswers({ statuses, refusals, unresolved }: Evidence): Check {
  const known = new Set(['202', '409', '429', '503']);
  const strange = [
    ...Object.entries(statuses).filter(([status]) => !known.has(status) && !status.startsWith('lost ')),
    ...Object.entries(refusals).filter(([code]) => code !== 'sold-out'),
  ].map(([name, count]) => `${count} × ${name}`);
  const detail =
    strange.join(', ') || `only what a crowd may meet${unresolved > 0 ? `; ${unresolved} gave up without a final answer` : ''}`;
  return check('no unexpected answer', strange.length === 0, detail);
}
