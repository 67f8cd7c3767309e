import { describe, expect, test } from '@jest/globals';
import { commandStats, scriptStat } from '../../../load/bench/command-stats.ts';
import { median } from '../../../load/bench/median.ts';
import { sumRounds } from '../../../load/bench/script-timer.ts';
import { unitsText } from '../../../load/bench/units-text.ts';

/** As Redis 7.0 writes it. */
const info = [
  '# Commandstats',
  'cmdstat_evalsha:calls=200,usec=9300,usec_per_call=46.50,rejected_calls=0,failed_calls=0',
  'cmdstat_config|resetstat:calls=1,usec=80,usec_per_call=80.00,rejected_calls=0,failed_calls=0',
  '',
].join('\r\n');

describe('numbers of the bench', () => {
  test('calls and time of each command, and of the scripts', () => {
    expect(commandStats(info)).toEqual([
      { name: 'evalsha', calls: 200, us: 9300 },
      { name: 'config|resetstat', calls: 1, us: 80 },
    ]);
    expect(scriptStat(info)).toEqual({ name: 'evalsha', calls: 200, us: 9300 });
    expect(scriptStat('# Commandstats\r\n')).toEqual({ name: 'evalsha', calls: 0, us: 0 });
  });

  test('rounds add up script by script, each round knowing its number', async () => {
    const sum = await sumRounds(3, (round) => Promise.resolve({ reserve: { calls: 10, us: 100 * round }, peek: { calls: 1, us: 1 } }));
    expect(sum).toEqual({ reserve: { calls: 30, us: 300 }, peek: { calls: 3, us: 3 } });
  });

  test.each([
    [[3, 1, 2], 2],
    [[10, 9], 10],
    [[], 0],
  ])('the median of %j is %d', (values, middle) => {
    expect(median(values)).toBe(middle);
  });

  test.each([
    [999, '999'],
    [1000, '1 K'],
    [100_000, '100 K'],
    [1_000_000, '1 M'],
    [2_500_000, '2.5 M'],
  ])('%d is %s', (count, text) => {
    expect(unitsText(count)).toBe(text);
  });
});
