import { describe, expect, test } from '@jest/globals';
import { parseAuditOptions } from '../../../load/audit-options.ts';
import { auditText, reportText } from '../../../load/books-text.ts';
import type { WholeAudit, WholeReport } from '../../../load/shapes.ts';

const report: WholeReport = {
  asOf: '2026-11-22T10:00:00.000Z',
  orders: { accepted: null, held: 3, confirmed: 1 },
  items: [
    { sku: 'shirt', capacity: 100, free: 90, held: 9, confirmed: 1, withdrawn: 0 },
    { sku: 'cap', capacity: 5, free: 5, held: 0, confirmed: 0, withdrawn: 0 },
  ],
  revenue: 4999,
  queue: { depth: 2, oldestSeconds: null, deadLetters: 0 },
};
const audit: WholeAudit = { ok: true, asOf: report.asOf, checked: { orders: 4, claims: 10 }, findingCount: 0, findings: [] };

describe('the audit command', () => {
  test('needs a sale; the rest has defaults', () => {
    expect(parseAuditOptions(['--sale', 'drop'], {})).toMatchObject({ kind: 'run', options: { saleId: 'drop', key: 'psk_local' } });
    expect(parseAuditOptions([], {})).toEqual({ kind: 'usage', faults: ['--sale: got nothing, expected the id of a sale'] });
    expect(parseAuditOptions(['--help'], {})).toEqual({ kind: 'help' });
  });

  test.each([
    [['--sale', 'Drop'], '--sale: got Drop'],
    [['--sale', 'drop', '--url', 'nowhere'], '--url: got nowhere'],
    [['--sale', 'drop', '--key', 'secret'], '--key: an operator key begins with psk_'],
    [['--sale', 'drop', '--json', ''], '--json: got an empty name'],
    [['--sale', 'drop', '--verbose'], 'Unknown option'],
    [['drop'], 'Unexpected argument'],
  ])('%j is wrong use, and says why', (args, fault) => {
    const command = parseAuditOptions(args, {});
    expect(command.kind === 'usage' && command.faults.join()).toContain(fault);
  });

  test('prints a row a sku in columns, their sums, and what only the gate knows as not known', () => {
    expect(reportText(report).split('\n')).toEqual([
      'sku    capacity  free  held  confirmed  withdrawn',
      'shirt       100    90     9          1          0',
      'cap           5     5     0          0          0',
      'sum         105    95     9          1          0',
      '',
      'orders   accepted not known · held 3 · confirmed 1',
      'revenue  4999 in minor units, of confirmed orders',
      'queue    2 waiting, the oldest for an unknown time, 0 dead letters',
      'as of    2026-11-22T10:00:00.000Z',
    ]);
  });

  test('prints what was looked at, each finding with its keys, and how many more there are', () => {
    expect(auditText(audit)).toBe('audit    ok: no finding (4 orders, 10 claims)');
    expect(auditText({ ...audit, checked: { orders: 1, claims: 1, units: 0 } })).toBe(
      'audit    ok: no finding (1 order, 1 claim, 0 units)',
    );
    const finding = { kind: 'order-without-claim', invariant: 3, detail: 'claimed by nobody', keys: ['claims pk=a sk=1', 'redis b bit 1'] };
    expect(auditText({ ...audit, ok: false, findingCount: 3, findings: [finding] }).split('\n')).toEqual([
      'audit    3 findings (4 orders, 10 claims)',
      '',
      '  order-without-claim (invariant 3): claimed by nobody',
      '    claims pk=a sk=1',
      '    redis b bit 1',
      '',
      '  and 2 more',
    ]);
  });
});
