import { describe, expect, test } from '@jest/globals';
import type { CommitRequest } from '../../../lambdas/domain/orders/order.ts';
import { commitOrders } from '../../../lambdas/workers/commit-orders.ts';
import { requestOf } from '../../support/builders.ts';

function system(commit: () => Promise<unknown> = () => Promise.resolve('settled')) {
  const committed: CommitRequest[] = [];
  const handle = commitOrders((request) => {
    committed.push(request);
    return commit();
  });
  return { committed, handle };
}

const request = requestOf({ units: [1], changes: { reference: 'r', metadata: { a: '1' } } });

describe('a message of the orders queue', () => {
  test('is committed as it was sent', async () => {
    const { committed, handle } = system();
    await handle(JSON.stringify(request));
    expect(committed).toEqual([request]);
  });

  test('that is parked is done with: its copy comes back', async () => {
    await expect(system(() => Promise.resolve('parked')).handle(JSON.stringify(request))).resolves.toBeUndefined();
  });

  test('that cannot be committed comes back', async () => {
    const fault = new Error('away');
    await expect(system(() => Promise.reject(fault)).handle(JSON.stringify(request))).rejects.toBe(fault);
  });

  test.each<[string, string]>([
    ['no JSON', 'hello'],
    ['nothing', ''],
    ['null', 'null'],
    ['no order', JSON.stringify({ customerLimit: 0, holdSeconds: 600, gateVersion: 1 })],
    ['a member too many', JSON.stringify({ ...request, extra: 1 })],
    ['an order with a member too many', JSON.stringify({ ...request, order: { ...request.order, extra: 1 } })],
    ['a state that is none', JSON.stringify({ ...request, order: { ...request.order, state: 'open' } })],
    ['a unit of −1', JSON.stringify(requestOf({ units: [-1] }))],
  ])('with %s is a fault, and commits nothing', async (_, body) => {
    const { committed, handle } = system();
    await expect(handle(body)).rejects.toThrow(Error);
    expect(committed).toEqual([]);
  });
});
