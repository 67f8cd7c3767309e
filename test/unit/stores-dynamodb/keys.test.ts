import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { limits } from '../../../lambdas/contracts/limits.ts';
import { OrderIds } from '../../../lambdas/domain/orders/order-id.ts';
import { allowanceKey, claimKey, orderIndexKey, orderIndexPartitions, orderKey } from '../../../lambdas/stores/dynamodb/keys.ts';
import { range } from '../../conformance/order-ledger.samples.ts';

const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/);
const customerId = fc.stringMatching(/^[\x21-\x7e]{1,128}$/);

describe('keys', () => {
  test('rule 40: an order lies under its customer’s 10 characters, the other 16 behind', () => {
    expect(orderKey('ord_G052B6JBCDTT4YWFVSWPPMKWPV')).toEqual({ pk: { S: 'G052B6JBCD' }, sk: { S: 'TT4YWFVSWPPMKWPV' } });
    for (const bad of ['ord_G052B6JBCDTT4YWFVSWPPMKWP', 'ord_g052b6jbcdtt4ywfvswppmkwpv', 'xyz_G052B6JBCDTT4YWFVSWPPMKWPV']) {
      expect(() => orderKey(bad)).toThrow('order id: expected');
    }
  });

  test('3,200 orders of one sale, of one customer or of many, spread over the 32 index shards: 60 to 150 in each', () => {
    const ids = new OrderIds(new TextEncoder().encode('a key for tests'));
    for (const customer of [() => 'ann', (index: number) => `customer-${index}`]) {
      const counts = new Map<string | undefined, number>();
      for (const index of range(3200)) {
        const { ipk } = orderIndexKey('spring-drop', ids.derive('spring-drop', customer(index), `k${index}`), 0);
        counts.set(ipk?.S, (counts.get(ipk?.S) ?? 0) + 1);
      }
      expect(new Set(counts.keys())).toEqual(new Set(orderIndexPartitions('spring-drop')));
      expect(Math.min(...counts.values())).toBeGreaterThan(60);
      expect(Math.max(...counts.values())).toBeLessThan(150);
    }
  });

  test('a claim lies in the shard of its unit modulo 64, under the unit as a number', () => {
    expect(claimKey('s', 'k', 0)).toEqual({ pk: { S: 's#k#0' }, sk: { N: '0' } });
    expect(claimKey('s', 'k', 63)).toEqual({ pk: { S: 's#k#63' }, sk: { N: '63' } });
    expect(claimKey('s', 'k', 64)).toEqual({ pk: { S: 's#k#0' }, sk: { N: '64' } });
    expect(claimKey('s', 'k', limits.capacityUnits - 1)).toEqual({ pk: { S: 's#k#63' }, sk: { N: '9999999' } });
  });

  test('two customers or sales never share an allowance, and no allowance is where an order is', () => {
    fc.assert(
      fc.property(id, customerId, id, customerId, (saleA, customerA, saleB, customerB) => {
        const same = saleA === saleB && customerA === customerB;
        expect(allowanceKey(saleA, customerA)['pk']?.S === allowanceKey(saleB, customerB)['pk']?.S).toBe(same);
      }),
    );
    expect(allowanceKey('s', 'c')['pk']?.S?.length).not.toBe(10);
    expect(allowanceKey('s', 'c')['pk']?.S).toMatch(/^allow#/);
  });
});
