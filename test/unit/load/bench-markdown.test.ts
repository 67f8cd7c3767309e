import { describe, expect, test } from '@jest/globals';
import { type Figure, isWithin } from '../../../load/bench/figure.ts';
import { measurementMarkdown } from '../../../load/bench/markdown.ts';

const figure = { name: 'cold import', value: 76.4, unit: 'ms' };
const rowsOf = (...figures: Figure[]): string[] => measurementMarkdown({ name: 'imports', figures, comparisons: [] }).split('\n').slice(4);

describe('figure', () => {
  test.each([
    [90, { atMost: 90 }, true],
    [90.1, { atMost: 90 }, false],
    [3000, { atLeast: 3000 }, true],
    [2999, { atLeast: 3000 }, false],
  ])('%d within %j: %s', (value, bound, within) => {
    expect(isWithin({ ...figure, value, bound })).toBe(within);
  });

  test('a figure without a bound is never missed', () => {
    expect(isWithin(figure)).toBe(true);
    expect(rowsOf(figure).join()).not.toMatch(/met|missed/);
  });
});

describe('measurement as markdown', () => {
  test('a heading, then a table whose columns are as wide as their widest cell', () => {
    expect(measurementMarkdown({ name: 'imports', figures: [{ ...figure, bound: { atMost: 90 } }], comparisons: [] })).toBe(
      [
        '### imports',
        '',
        '| figure      | measured | bound    | floor |',
        '| ----------- | -------- | -------- | ----- |',
        '| cold import | 76.40 ms | ≤ 90 met |       |',
      ].join('\n'),
    );
  });

  test('a row tells the bound that was missed, and how many times the floor the figure is', () => {
    const floor = { value: 38.2, why: 'the SDK alone' };
    expect(rowsOf({ ...figure, value: 95.5, bound: { atMost: 90 }, floor })).toEqual([
      '| cold import | 95.50 ms | ≤ 90 **missed** | 38.20 (2.50 ×): the SDK alone |',
    ]);
  });

  test('a floor of 0 has no multiple', () => {
    expect(rowsOf({ ...figure, floor: { value: 0, why: 'none needed' } }).join()).toContain('| 0: none needed |');
  });

  test.each([
    [5, '5'],
    [337.4, '337'],
    [26.125, '26.13'],
    [0.1, '0.10'],
    [0.015, '0.0150'],
    [1_000_000, '1000000'],
  ])('%d is written %s', (value, text) => {
    expect(rowsOf({ ...figure, value, unit: '' }).join()).toContain(`| ${text} `);
  });

  test('a comparison has a column for each condition, and marks only the values beyond their bound', () => {
    const rows = [
      { name: 'order', values: [1, 2, null], atMost: [1, 1], expected: 'one decision' },
      { name: 'audit', unit: 's', values: [3, 30, 300], expected: 'linear' },
    ];
    const comparisons = [{ of: 'request', columns: ['1 K', '10 K', '1 M'], rows }];
    expect(measurementMarkdown({ name: 'growth', figures: [], comparisons })).toBe(
      [
        '### growth',
        '',
        '| request  | 1 K | 10 K              | 1 M | expected     |',
        '| -------- | --- | ----------------- | --- | ------------ |',
        '| order    | 1   | 2 **missed: ≤ 1** |     | one decision |',
        '| audit, s | 3   | 30                | 300 | linear       |',
      ].join('\n'),
    );
  });
});
