import { describe, expect, test } from '@jest/globals';
import { benchHelp, parseBenchOptions, sections } from '../../../load/bench/options.ts';

const names = Object.keys(sections);

describe('command line of the bench', () => {
  test('nothing asked for: every section, in their order', () => {
    expect(parseBenchOptions([])).toEqual({ kind: 'run', sections: names });
    expect(names).toEqual(['sizes', 'imports', 'calls', 'in-process', 'throughput', 'growth', 'rebuild', 'scripts']);
  });

  test('--only, once or several times, in the order of the sections, each once', () => {
    expect(parseBenchOptions(['--only', 'growth'])).toEqual({ kind: 'run', sections: ['growth'] });
    expect(parseBenchOptions(['--only', 'scripts', '--only', 'sizes', '--only', 'sizes', '--json', 'out.json'])).toEqual({
      kind: 'run',
      sections: ['sizes', 'scripts'],
      json: 'out.json',
    });
  });

  test.each([
    [['--only', 'bundles'], /--only: got bundles, expected one of sizes, .*, scripts/],
    [['--only', 'toString'], /--only: got toString/],
    [['--json', ''], /--json: got an empty name/],
    [['--json'], /--json/],
    [['--fast'], /--fast/],
    [['sizes'], /sizes/],
  ])('%j is wrong use', (args, fault) => {
    expect(parseBenchOptions(args)).toEqual({ kind: 'usage', fault: expect.stringMatching(fault) });
  });

  test.each(names)('the help tells of %s', (name) => {
    expect(parseBenchOptions(['-h', '--only', 'nothing'])).toEqual({ kind: 'help' });
    expect(benchHelp).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
  });
});
