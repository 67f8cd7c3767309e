import type { WholeAudit, WholeReport } from './shapes.ts';

const columns = ['capacity', 'free', 'held', 'confirmed', 'withdrawn'] as const;

/** The books of a sale as a table with a row a sku and their sums, then orders, revenue and queue. */
export function reportText({ asOf, items, orders, revenue, queue }: WholeReport): string {
  const rows = items.map((item) => [item.sku, ...columns.map((column) => String(item[column]))]);
  const sums = columns.map((column) => String(items.reduce((sum, item) => sum + item[column], 0)));
  const table = align([['sku', ...columns], ...rows, ...(rows.length > 1 ? [['sum', ...sums]] : [])]);
  const states = Object.entries(orders).map(([state, count]) => `${state} ${count ?? 'not known'}`);
  return [
    ...table,
    '',
    `orders   ${states.join(' · ')}`,
    `revenue  ${revenue} in minor units, of confirmed orders`,
    `queue    ${queue.depth} waiting, the oldest for ${queue.oldestSeconds === null ? 'an unknown time' : `${queue.oldestSeconds} s`}, ${queue.deadLetters} dead letters`,
    `as of    ${asOf}`,
  ].join('\n');
}

/** The verdict of an audit: what was looked at, and each finding with the keys it is at. */
export function auditText({ ok, checked, findingCount, findings }: WholeAudit): string {
  const looked = Object.entries(checked).map(([what, count]) => counted(count, what.replace(/s$/, '')));
  if (ok) return `audit    ok: no finding (${looked.join(', ')})`;
  const listed = findings.flatMap(({ kind, invariant, detail, keys }) => [
    '',
    `  ${kind} (invariant ${invariant}): ${detail}`,
    ...keys.map((key) => `    ${key}`),
  ]);
  const more = findingCount > findings.length ? ['', `  and ${findingCount - findings.length} more`] : [];
  return [`audit    ${counted(findingCount, 'finding')} (${looked.join(', ')})`, ...listed, ...more].join('\n');
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** The first column to the left, numbers to the right. */
function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '),
  );
}
