import { describe, expect, test } from '@jest/globals';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import { findOrder } from '../../../../lambdas/domain/orders/find-order.ts';
import type { GateState, StockGate } from '../../../../lambdas/domain/stock/ports.ts';
import { acceptedOrder, heldOrder, ids, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';
import { scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';

const asked = { saleId: 'drop', customerId: 'ann', idempotencyKey: 'k1' };
const away = () => Promise.reject(new UnavailableError('gate', 'away'));

function find(answers: Partial<StockGate>, { ledger = new InMemoryLedger(), query = asked } = {}) {
  return findOrder({ sales: new InMemoryCatalog(saleOf()), gate: scriptedGate(answers).gate, ledger, ids }, query);
}

const gateIn = (state: GateState): Partial<StockGate> => ({
  order: () => Promise.resolve(undefined),
  summary: () => Promise.resolve({ state, available: {}, pendingOrders: 0 }),
});

describe('finding an order by its idempotency key', () => {
  test('an accepted order is known to the gate alone', async () => {
    const order = acceptedOrder();
    expect(await find({ order: () => Promise.resolve({ version: 0, order }) })).toEqual({ kind: 'found', order });
  });

  test.each<[string, Partial<StockGate>]>([
    ['does not know it', gateIn('ready')],
    ['is being rebuilt', gateIn('rebuilding')],
    ['is away', { order: away }],
  ])('the ledger has it while the gate %s', async (_, answers) => {
    const order = heldOrder();
    expect(await find(answers, { ledger: new InMemoryLedger().put(order) })).toEqual({ kind: 'found', order });
  });

  test('in neither place it is none, if the gate is ready', async () => {
    expect(await find(gateIn('ready'))).toEqual({ kind: 'none' });
  });

  test.each<[string, Partial<StockGate>]>([
    ['rebuilding', gateIn('rebuilding')],
    ['none', gateIn('none')],
    ['away', { order: away }],
  ])('in neither place it is unavailable while the gate is %s', async (_, answers) => {
    await expect(find(answers)).rejects.toThrow(UnavailableError);
  });

  test('an order of another customer with the same hash is none of this one’s', async () => {
    const order = heldOrder({ changes: { customerId: 'ann-by-hash' } });
    expect(await find({ order: () => Promise.resolve({ version: 1, order }) })).toEqual({ kind: 'none' });
  });

  test('of a sale that is not there is sale-not-found', async () => {
    expect(await find({}, { query: { ...asked, saleId: 'no-sale' } })).toEqual({ kind: 'sale-not-found' });
  });
});
