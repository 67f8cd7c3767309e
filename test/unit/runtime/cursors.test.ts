import { describe, expect, test } from '@jest/globals';
import { RefusedError } from '../../../lambdas/runtime/api.ts';
import { Cursors } from '../../../lambdas/runtime/cursors.ts';

const cursors = new Cursors(new Uint8Array(32).fill(7));

describe('a paging cursor', () => {
  test.each(['a', 'spring-drop', 'é|🎟', ''])('brings back the position %j', (position) => {
    const cursor = cursors.seal('sales', position);
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(cursors.open('sales', cursor)).toBe(position);
  });

  test('with any character of its proof changed, or another position put in, is refused', () => {
    const cursor = cursors.seal('sales', 'spring-drop');
    for (let at = 0; at < 22; at += 1) {
      const tampered = cursor.slice(0, at) + (cursor.charAt(at) === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
      expect(() => cursors.open('sales', tampered)).toThrow(RefusedError);
    }
    for (const position of ['spring-drop2', 'spring-dro', '', 'a'])
      expect(() => cursors.open('sales', cursor.slice(0, 22) + Buffer.from(position).toString('base64url'))).toThrow(RefusedError);
  });

  test.each([
    ['of another list', cursors.seal('orders', 'a')],
    ['of another deployment', new Cursors(new Uint8Array(32).fill(8)).seal('sales', 'a')],
    ['cut off', cursors.seal('sales', 'a').slice(0, 21)],
    ['empty', ''],
    ['not ASCII', 'é'.repeat(30)],
    ['whose list and position join to the same', cursors.seal('sale', 'sa').slice(0, 22) + Buffer.from('a').toString('base64url')],
  ])('%s is refused', (_, cursor) => {
    expect(() => cursors.open('sales', cursor)).toThrow(RefusedError);
  });
});
