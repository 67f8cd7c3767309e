import { describe, expect, test } from '@jest/globals';
import { Settlement, type SettlementFinding } from '../../../load/settlement.ts';
import { type Evidence, isClean, judge, soldUnits } from '../../../load/verdict.ts';

const held = (index: number, units: number[] = [index]) => ({
  orderId: `ord_${index}`,
  state: 'held' as const,
  lines: [{ sku: 'unit', quantity: 1, units }],
  heldAt: '2026-11-22T10:00:00.000Z',
});

function settlementOf(change: (settlement: Settlement) => void = () => {}, orders = 10) {
  const settlement = new Settlement({ stock: 10, quantity: 1 });
  for (let index = 0; index < orders; index++) settlement.settled(held(index));
  change(settlement);
  return settlement.seen();
}

const item = (changes = {}) => ({ sku: 'unit', capacity: 10, free: 0, held: 10, confirmed: 0, withdrawn: 0, ...changes });
const reportOf = (changes = {}, orders: Record<string, number | null> = { accepted: 0, held: 10 }) => ({
  asOf: '2026-11-22T10:00:00.000Z',
  orders,
  items: [item(changes)],
});

/** A run in which 30 buyers met 10 units and all was well. */
const clean: Evidence = {
  stock: 10,
  quantity: 1,
  accepted: 10,
  unresolved: 0,
  refusals: { 'sold-out': 20 },
  statuses: { '202': 10, '409': 20, '503': 3, 'lost ECONNRESET': 1 },
  settlement: settlementOf(),
  waitStopped: false,
  report: reportOf(),
  audit: { ok: true, checked: {}, findings: [] },
};

const withFinding = (finding: SettlementFinding): Evidence => ({
  ...clean,
  settlement: settlementOf((settlement) => settlement.found(finding, 'ord_x')),
});

const verdicts = (evidence: Evidence, verdict: 'broken' | 'unknown'): string[] =>
  judge(evidence)
    .filter((check) => check.verdict === verdict)
    .map(({ name }) => name);

describe('verdict', () => {
  test('a run in which 30 buyers share 10 units, with 503s and a lost answer, holds in all eleven checks', () => {
    const checks = judge(clean);
    expect(checks).toHaveLength(11);
    expect(checks.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
    expect(isClean(checks)).toBe(true);
    expect(soldUnits(clean)).toBe(10);
  });

  const books = "the system's report agrees with the buyers";
  const met = 'demand met: all is sold that can be';
  test.each<[string, Evidence, string[]]>([
    [
      'a unit in two live orders',
      { ...clean, settlement: settlementOf((s) => s.settled(held(11, [3]))) },
      ['no unit is sold twice', 'never more sold than the stock'],
    ],
    ['a unit that the sale does not have', withFinding('unit-unknown'), ['each live order lists just its units']],
    ['an order with more units than it was sold', withFinding('unit-count'), ['each live order lists just its units']],
    ['books that do not add up', { ...clean, report: reportOf({ free: 1 }) }, ['capacity = free + held + confirmed + withdrawn']],
    [
      'a capacity that is not the sale’s',
      { ...clean, report: reportOf({ capacity: 11, free: 1 }) },
      ['capacity = free + held + confirmed + withdrawn'],
    ],
    ['an accepted order that is 404', withFinding('vanished'), ['no accepted order vanished']],
    ['an accepted order that never settles', withFinding('unsettled'), ['no accepted order vanished']],
    ['a rejection without a reason', withFinding('no-reason'), ['no accepted order vanished']],
    ['two buyers with one order', withFinding('id-twice'), ['one key makes one order']],
    ['more orders than buyers', { ...clean, report: reportOf({}, { held: 10, cancelled: 1 }) }, ['one key makes one order']],
    [
      'a rejection while a unit is free',
      {
        ...clean,
        settlement: settlementOf((s) => s.settled({ orderId: 'ord_9', state: 'rejected', reason: 'sold-out', lines: [] }), 9),
        report: reportOf({ free: 1, held: 9 }),
      },
      ['none rejected while units are free', met],
    ],
    ['11 held of 10', { ...clean, report: reportOf({ held: 11, free: -1 }) }, ['never more sold than the stock', books]],
    [
      'one unit kept back from 20 refused buyers',
      { ...clean, settlement: settlementOf(() => {}, 9), report: reportOf({ free: 1, held: 9 }) },
      [met],
    ],
    ['a report of 9 where buyers hold 10', { ...clean, report: reportOf({ free: 1, held: 9 }) }, [met, books]],
    ['an audit with a finding', { ...clean, audit: { ok: false, checked: {}, findings: [{}] } }, ["the system's audit is clean"]],
    [
      'an audit that is ok but lists a finding',
      { ...clean, audit: { ok: true, checked: {}, findings: [{}] } },
      ["the system's audit is clean"],
    ],
    ['no audit', { ...clean, audit: undefined }, ["the system's audit is clean"]],
    ['no report', { ...clean, report: undefined }, ['capacity = free + held + confirmed + withdrawn']],
    ['one answer 500', { ...clean, statuses: { ...clean.statuses, '500': 1 } }, ['no unexpected answer']],
    ['one answer 504', { ...clean, statuses: { ...clean.statuses, '504': 1 } }, ['no unexpected answer']],
    ['a refusal that no crowd should meet', { ...clean, refusals: { 'sold-out': 19, 'sale-not-open': 1 } }, ['no unexpected answer']],
    ['a 202 without a Location', { ...clean, refusals: { ...clean.refusals, 'accepted-without-location': 1 } }, ['no unexpected answer']],
  ])('%s breaks just what it breaks', (_, evidence, broken) => {
    expect(verdicts(evidence, 'broken')).toEqual(broken);
    expect(isClean(judge(evidence))).toBe(false);
  });

  test('a rejection when nothing is free, as after a failover, is no fault', () => {
    const settlement = settlementOf((s) => s.settled({ orderId: 'ord_r', state: 'rejected', reason: 'sold-out', lines: [] }));
    const report = reportOf({}, { held: 10, rejected: 1 });
    expect(verdicts({ ...clean, accepted: 11, settlement, report }, 'broken')).toEqual([]);
  });

  test('10 units in lots of 3 are sold out at 9', () => {
    const settlement = new Settlement({ stock: 10, quantity: 3 });
    for (const first of [0, 3, 6])
      settlement.settled({ ...held(first), lines: [{ sku: 'unit', quantity: 3, units: [first, first + 1, first + 2] }] });
    const evidence = {
      ...clean,
      quantity: 3,
      accepted: 3,
      settlement: settlement.seen(),
      report: reportOf({ free: 1, held: 9 }, { held: 3 }),
    };
    expect(judge(evidence).every(({ verdict }) => verdict === 'holds')).toBe(true);
  });

  test('orders without a final answer may own up to their units: a report of 10 over 9 seen holds with one in doubt, not with none', () => {
    const settlement = settlementOf(() => {}, 9);
    expect(verdicts({ ...clean, accepted: 9, unresolved: 1, settlement }, 'broken')).toEqual([]);
    expect(verdicts({ ...clean, accepted: 9, unresolved: 0, settlement }, 'broken')).toContain(books);
  });

  test('a unit set aside for a buyer whose answers were lost leaves the sell-out unknown', () => {
    const evidence = {
      ...clean,
      accepted: 9,
      unresolved: 1,
      settlement: settlementOf(() => {}, 9),
      report: reportOf({ free: 1, held: 9 }),
    };
    expect(verdicts(evidence, 'broken')).toEqual([]);
    expect(verdicts(evidence, 'unknown')).toEqual([met]);
  });

  test('a wait that the user stopped leaves open orders undecided', () => {
    const evidence = { ...withFinding('unsettled'), waitStopped: true };
    expect(verdicts(evidence, 'broken')).toEqual([]);
    expect(verdicts(evidence, 'unknown')).toContain('no accepted order vanished');
  });

  test('5 buyers for 10 units leave the sell-out unknown', () => {
    const evidence = {
      ...clean,
      accepted: 5,
      refusals: {},
      settlement: settlementOf(() => {}, 5),
      report: reportOf({ free: 5, held: 5 }, { held: 5 }),
    };
    expect(verdicts(evidence, 'broken')).toEqual([]);
    expect(verdicts(evidence, 'unknown')).toEqual([met]);
  });
});
