import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { assert, unreachable } from '../../../../lambdas/domain/kernel/assert.ts';
import { crockford } from '../../../../lambdas/domain/kernel/crockford.ts';

describe('Crockford’s base 32', () => {
  test.each<[number[], number, string]>([
    [[0], 1, '0'],
    [[0xff], 1, 'Z'],
    [[0b00001_000, 0b10_00011_0, 0b0100_0010, 0b1_00110_00, 0b111_01000], 8, '12345678'],
    [[0xff, 0xff, 0xff, 0xff, 0xff], 8, 'ZZZZZZZZ'],
    [[0xff, 0xff], 3, 'ZZZ'],
    [[], 4, ''],
  ])('of the bytes %j, %i characters, is %s', (bytes, characters, text) => {
    expect(crockford(Uint8Array.from(bytes), characters)).toBe(text);
  });

  test('agrees with the bits of a digest read as one number', () => {
    const digest = createHash('sha256').update('a').digest();
    const bits = BigInt(`0x${digest.toString('hex')}`);
    const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    const expected = Array.from({ length: 51 }, (_, at) => alphabet[Number((bits >> BigInt(256 - 5 * (at + 1))) & 31n)]).join('');
    expect(crockford(digest, 51)).toBe(expected);
  });
});

test('an assertion that does not hold says what it expected', () => {
  expect(() => assert(0 === Number('0'), 'fine')).not.toThrow();
  expect(() => assert(undefined, 'a price is known')).toThrow('assertion failed: a price is known');
  expect(() => unreachable('surprise' as never)).toThrow('unexpected "surprise"');
});
