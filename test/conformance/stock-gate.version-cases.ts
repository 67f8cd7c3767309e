import { describe, expect, test } from '@jest/globals';
import type { CommitRequest } from '../../lambdas/domain/orders/order.ts';
import type { GateContext } from './stock-gate.context.ts';
import { claimOf } from './stock-gate-fixtures.ts';

/** Rule 7: a gate is of one version of its sale. A failover may bring back that of an older one, with more units or cut otherwise. */
export function versionCases(context: GateContext): void {
  const { open, ask, kindOf, owners, available } = context;
  const begin = (token: string, gateVersion: number) =>
    context.gate.beginRebuild(context.saleId, token, ['a'], { remake: false, lanes: 1, gateVersion });
  const of = (request: CommitRequest, gateVersion: number): CommitRequest => ({ ...request, gateVersion });

  describe('a gate of version 1 of a sale that is put anew as version 2', () => {
    test('gives no unit to an order of version 2, and 1 to one of version 1', async () => {
      await open({ a: 2 });
      expect(await kindOf(of(ask('A', { a: 1 }), 2))).toBe('busy');
      expect(await owners('a')).toEqual({});
      expect(await kindOf(of(ask('A', { a: 1 }), 1))).toBe('reserved');
    });

    test('puts off an order of version 2 that collided', async () => {
      await open({ a: 2 });
      expect(await context.gate.draw(of(ask('A', { a: 1 }), 2), [claimOf('a', 0, 'B')])).toEqual({ kind: 'park' });
      expect(await owners('a')).toEqual({});
    });

    test('is made again for version 2, and then left as it is by who still has read version 1', async () => {
      await open({ a: 2 });
      expect(await begin('of-2', 2)).toBe('started');
      expect(await context.gate.publish({ saleId: context.saleId, gateVersion: 2 }, 'of-2', 0, { a: 1 })).toBe(true);
      expect(await begin('of-1', 1)).toBe('ready');
      expect(await available('a')).toEqual({ a: 1 });
      expect(await kindOf(of(ask('A', { a: 1 }), 1))).toBe('busy');
    });

    test.each(['ready', 'rebuilding'])('made again for version 2 and %s, it learns no capacity of version 1', async (state) => {
      await open({ a: 2 });
      await begin('of-2', 2);
      if (state === 'ready') await context.gate.publish({ saleId: context.saleId, gateVersion: 2 }, 'of-2', 0, { a: 1 });
      await context.gate.setCapacity({ saleId: context.saleId, gateVersion: 1 }, 'a', 2);
      if (state === 'rebuilding') await context.gate.publish({ saleId: context.saleId, gateVersion: 2 }, 'of-2', 0, { a: 1 });
      expect(await available('a')).toEqual({ a: 1 });
      await context.gate.setCapacity({ saleId: context.saleId, gateVersion: 2 }, 'a', 5);
      expect(await available('a')).toEqual({ a: 5 });
    });
  });
}
