import { describe, expect, test } from '@jest/globals';
import { type Asked, fingerprintOf } from '../../../../lambdas/domain/orders/fingerprint.ts';

const asked: Asked = {
  lines: [
    { sku: 'shirt', quantity: 2 },
    { sku: 'cap', quantity: 1 },
  ],
  reference: 'r',
  metadata: { a: '1', b: '2' },
};

describe('the fingerprint of a request', () => {
  test('is 22 characters that never change', () => {
    expect(fingerprintOf(asked)).toBe('oTyn7tfxI7ewagobKzOM39');
  });

  test('ignores the order of metadata, and members that are undefined', () => {
    expect(fingerprintOf({ ...asked, metadata: { b: '2', a: '1' } })).toBe(fingerprintOf(asked));
    expect(fingerprintOf({ lines: asked.lines, reference: undefined, metadata: undefined })).toBe(fingerprintOf({ lines: asked.lines }));
  });

  test.each<[string, Partial<Asked>]>([
    [
      'another quantity',
      {
        lines: [
          { sku: 'shirt', quantity: 1 },
          { sku: 'cap', quantity: 1 },
        ],
      },
    ],
    [
      'another order of lines',
      {
        lines: [
          { sku: 'cap', quantity: 1 },
          { sku: 'shirt', quantity: 2 },
        ],
      },
    ],
    ['one line less', { lines: [{ sku: 'shirt', quantity: 2 }] }],
    ['no reference', { reference: undefined }],
    ['an empty reference', { reference: '' }],
    ['another reference', { reference: 'R' }],
    ['another value', { metadata: { a: '1', b: '3' } }],
    ['values changed about', { metadata: { a: '2', b: '1' } }],
    ['no metadata', { metadata: undefined }],
    ['a pair more', { metadata: { a: '1', b: '2', c: '' } }],
  ])('differs by %s', (_, changes) => {
    expect(fingerprintOf({ ...asked, ...changes })).not.toBe(fingerprintOf(asked));
  });

  test('tells seats apart: none, one, another, and the same two the other way round', () => {
    const of = (seats?: string[]) => fingerprintOf({ lines: [{ sku: 'stalls', quantity: 2, ...(seats ? { seats } : {}) }] });
    const seen = [of(), of(['A1']), of(['A2']), of(['A1', 'A2']), of(['A2', 'A1']), of(['A1,A2'])];
    expect(new Set(seen).size).toBe(seen.length);
  });
});
