import { describe, expect, test } from '@jest/globals';
import { figureLine, isWithin } from '../../../load/bench/figure.ts';

const figure = { name: 'cold import', value: 76.4, unit: 'ms' };

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
    expect(figureLine(figure)).not.toMatch(/met|MISSED/);
  });

  test('the line tells value, unit, bound, and how many times the floor it is', () => {
    const line = figureLine({ ...figure, bound: { atMost: 90 }, floor: { value: 38.2, why: 'the SDK alone' } });
    expect(line).toMatch(/cold import +76\.40 ms +≤ 90 met +floor 38\.20 \(2\.00 ×\): the SDK alone$/);
    expect(figureLine({ ...figure, value: 91, bound: { atMost: 90 } })).toContain('≤ 90 MISSED');
  });

  test('a floor of 0 has no multiple', () => {
    expect(figureLine({ ...figure, floor: { value: 0, why: 'none needed' } })).toMatch(/floor 0: none needed$/);
  });
});
