import { type Comparison, type ComparisonRow, type Figure, isWithin, type Measurement } from './figure.ts';

/** A measurement as docs/performance.md has it: a heading, and its tables. Ready to be pasted, and to be read as it is. */
export function measurementMarkdown({ name, figures, comparisons }: Measurement): string {
  const tables = comparisons.map(comparisonTable);
  if (figures.length > 0) tables.unshift(table(['figure', 'measured', 'bound', 'floor'], figures.map(figureCells)));
  return [`### ${name}`, ...tables].join('\n\n');
}

function figureCells(figure: Figure): string[] {
  const { name, value, unit, bound, floor } = figure;
  const limit = bound === undefined ? '' : 'atMost' in bound ? `≤ ${bound.atMost}` : `≥ ${bound.atLeast}`;
  const verdict = isWithin(figure) ? 'met' : '**missed**';
  return [
    name,
    `${digits(value)} ${unit}`,
    limit === '' ? '' : `${limit} ${verdict}`,
    floor === undefined ? '' : `${digits(floor.value)}${distance(value, floor.value)}: ${floor.why}`,
  ];
}

function comparisonTable({ of, columns, rows }: Comparison): string {
  return table([of, ...columns, 'expected'], rows.map(rowCells));
}

function rowCells({ name, unit, values, atMost, expected }: ComparisonRow): string[] {
  const cells = values.map((value, column) => {
    if (value === null) return '';
    const most = atMost?.[column];
    return most !== undefined && value > most ? `${digits(value)} **missed: ≤ ${most}**` : digits(value);
  });
  return [unit === undefined ? name : `${name}, ${unit}`, ...cells, expected];
}

/** Columns as wide as their widest cell, so that it can be read unrendered too. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(3, ...[title, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** A whole number as it is; else no decimals from 100 on, two from 0.1 on, four below. */
function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(Number.isInteger(value) || size >= 100 ? 0 : size >= 0.1 ? 2 : 4);
}

function distance(value: number, floor: number): string {
  return floor > 0 ? ` (${(value / floor).toFixed(2)} ×)` : '';
}
