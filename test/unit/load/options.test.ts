import { describe, expect, test } from '@jest/globals';
import { parseCrowdOptions } from '../../../load/options.ts';

const faultsOf = (...args: string[]): readonly string[] => {
  const command = parseCrowdOptions(args, {});
  return command.kind === 'usage' ? command.faults : [];
};

describe('crowd options', () => {
  test('without arguments: 2,000 buyers for 200 units at 1,000/s on the local system', () => {
    const command = parseCrowdOptions([], {});
    expect(command).toMatchObject({
      kind: 'run',
      options: { buyers: 2000, stock: 200, ratePerSecond: 1000, quantity: 1, key: 'psk_local' },
    });
    expect(command.kind === 'run' && command.options.url.href).toBe('http://127.0.0.1:3000/');
  });

  test('the address comes from --url, else from the PORT of npm start, which must then be one', () => {
    const urlOf = (args: readonly string[], PORT: string) => {
      const command = parseCrowdOptions(args, { PORT });
      return command.kind === 'run' ? command.options.url.href : command;
    };
    expect(urlOf([], '3100')).toBe('http://127.0.0.1:3100/');
    expect(urlOf([], '')).toBe('http://127.0.0.1:3000/');
    expect(urlOf(['--url', 'https://shop.example/'], 'none')).toBe('https://shop.example/');
    for (const wrong of ['none', '0', '65536'])
      expect(urlOf([], wrong)).toEqual({ kind: 'usage', faults: [`PORT: got ${wrong}, expected a number from 1 to 65535, or --url`] });
  });

  test('the key comes from --key, else from PENSTOCK_OPERATOR_KEY', () => {
    const environment = { PENSTOCK_OPERATOR_KEY: 'psk_environment' };
    expect(parseCrowdOptions([], environment)).toMatchObject({ options: { key: 'psk_environment' } });
    expect(parseCrowdOptions(['--key', 'psk_given'], environment)).toMatchObject({ options: { key: 'psk_given' } });
  });

  test.each([
    ['--buyers', '1'],
    ['--buyers', '1000000'],
    ['--stock', '1'],
    ['--stock', '10000000'],
    ['--quantity', '1'],
    ['--quantity', '50'],
    ['--rate', '0.5'],
    ['--rate', '20000'],
    ['--url', 'https://shop.example/base/'],
  ])('%s %s is taken', (name, value) => {
    expect(faultsOf(name, value)).toEqual([]);
  });

  test.each([
    ['--buyers', '0'],
    ['--buyers', '1000001'],
    ['--buyers', '1e3'],
    ['--buyers', '2.5'],
    ['--buyers', ''],
    ['--stock', '0'],
    ['--stock', '10000001'],
    ['--quantity', '0'],
    ['--quantity', '51'],
    ['--rate', '0'],
    ['--rate', '20001'],
    ['--rate', 'fast'],
    ['--url', 'shop.example'],
    ['--url', 'ftp://shop.example'],
    ['--url', 'http://shop.example/?a=1'],
    ['--key', 'secret'],
    ['--key', 'psk_with space'],
    ['--json', ''],
  ])('%s %j is one fault that names the option', (name, value) => {
    const faults = faultsOf(name, value);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(name);
  });

  test('all faults are told at once, and unknown options and words are faults', () => {
    expect(faultsOf('--buyers', '0', '--stock', '0', '--rate', '0')).toHaveLength(3);
    expect(faultsOf('--buyer', '5')).toHaveLength(1);
    expect(faultsOf('5')).toHaveLength(1);
  });

  test('--help is help whatever else is asked', () => {
    expect(parseCrowdOptions(['--buyers', '0', '--help'], {}).kind).toBe('help');
  });
});
