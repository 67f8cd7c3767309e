import { describe, expect, test } from '@jest/globals';
import { OrderIds, saleTagOf } from '../../../../lambdas/domain/orders/order-id.ts';

const ids = new OrderIds(new TextEncoder().encode('frozen key of the test vectors'));
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

describe('order ids', () => {
  test.each([
    ['drop', 'ann', 'k1', 'ord_SSN5KKTK0EKB7QN3GF6BTKPZB8'],
    ['drop', 'ann', 'k2', 'ord_SSN5KKTK0EKB7VTQECHXRQJ88C'],
    ['spring-sale-2026', 'gst_01JD5ZJ0000000000000000000', '~'.repeat(255), 'ord_A1WT1Z7D874W2A2MR1HJ96DY8Z'],
  ])('of sale %s, customer %s and key %s never change', (saleId, customerId, key, orderId) => {
    expect(ids.derive(saleId, customerId, key)).toBe(orderId);
  });

  test('are minted, for their customer only, and name their sale', () => {
    const orderId = ids.derive('drop', 'ann', 'k1');
    expect(orderId).toMatch(/^ord_[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(ids.isMinted(orderId)).toBe(true);
    expect(ids.isOf(orderId, 'ann')).toBe(true);
    expect(ids.isOf(orderId, 'bob')).toBe(false);
    expect(saleTagOf(orderId)).toBe(ids.saleTag('drop'));
    expect(ids.saleTag('drop')).not.toBe(ids.saleTag('drip'));
  });

  test('with any one of the 26 characters changed are not minted', () => {
    const orderId = ids.derive('drop', 'ann', 'k1');
    for (let at = 4; at < orderId.length; at += 1) {
      const other = alphabet[(alphabet.indexOf(orderId.charAt(at)) + 1) % 32];
      const tampered = `${orderId.slice(0, at)}${other}${orderId.slice(at + 1)}`;
      expect([at, ids.isMinted(tampered), ids.isOf(tampered, 'ann')]).toEqual([at, false, false]);
    }
  });

  test('of another deployment are not minted', () => {
    const foreign = new OrderIds(new TextEncoder().encode('another key')).derive('drop', 'ann', 'k1');
    expect(ids.isMinted(foreign)).toBe(false);
  });

  test.each(['', 'ord_', 'ORD_', 'ord_0', `ord_${'0'.repeat(26)}`, `ord_${'U'.repeat(26)}`, `ord_${'é'.repeat(26)}`])(
    '%j is not minted',
    (text) => {
      expect(ids.isMinted(text)).toBe(false);
    },
  );

  test('in lower case, with a tail or with a line end are not minted', () => {
    const orderId = ids.derive('drop', 'ann', 'k1');
    for (const text of [orderId.toLowerCase(), `${orderId}0`, `${orderId}\n`, ` ${orderId}`]) expect(ids.isMinted(text)).toBe(false);
  });

  test('differ where sale, customer or key differ, also where their texts join to the same', () => {
    const made = [
      ids.derive('drop', 'ann', 'k1'),
      ids.derive('drop', 'ann', 'k2'),
      ids.derive('drop', 'annk', '1'),
      ids.derive('dropann', 'k', '1'),
      ids.derive('drop2', 'ann', 'k1'),
    ];
    expect(new Set(made).size).toBe(made.length);
  });
});
