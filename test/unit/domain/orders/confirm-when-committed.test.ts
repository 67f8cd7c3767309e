import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { confirmWhenCommitted } from '../../../../lambdas/domain/orders/confirm-when-committed.ts';
import type { StockGate } from '../../../../lambdas/domain/stock/ports.ts';
import { acceptedOrder, heldOrder, ids, nowMs, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { done, scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';
import { CountingMeter } from '../../../support/fakes-meter.ts';

const accepted = acceptedOrder();
const held = heldOrder();
const payment = { provider: 'bank', id: 'pay-1', amountMinor: 4999, currency: 'EUR' };

function system({ places = true }: { readonly places?: boolean } = {}) {
  const ledger = new InMemoryLedger();
  const clock = new ManualClock();
  const answers: Partial<StockGate> = {
    apply: done,
    order: () => Promise.resolve({ version: 0, order: ledger.stored.get(accepted.orderId) ?? accepted }),
    summary: () => Promise.resolve({ state: 'ready', available: {}, pendingOrders: 1, oldestPendingAtMs: nowMs }),
    enterWait: () => Promise.resolve(places),
    leaveWait: done,
  };
  const gate = scriptedGate(answers);
  const deps = {
    ledger,
    gate: gate.gate,
    sales: new InMemoryCatalog(saleOf()),
    ids,
    clock,
    meter: new CountingMeter(),
    newWaitId: () => 'w',
  };
  return { ledger, clock, gate, confirm: () => confirmWhenCommitted(deps, accepted.orderId, payment) };
}

describe('a payment of an accepted order', () => {
  test('waits for the commit, looking each 100 ms, then is taken', async () => {
    const { ledger, clock, gate, confirm } = system();
    clock.onSleep = (sleeps) => {
      if (sleeps === 3) ledger.put(held);
    };
    expect(await confirm()).toMatchObject({ kind: 'confirmed', order: { version: 2 } });
    expect(clock.sleptMs).toEqual([100, 100, 100]);
    expect(gate.argsOf('leaveWait')).toHaveLength(1);
  });

  test(`is answered after ${limits.preferWaitSeconds} s without a commit, and changes nothing`, async () => {
    const { ledger, clock, confirm } = system();
    expect(await confirm()).toEqual({ kind: 'accepted', order: accepted });
    expect(clock.nowMs() - nowMs).toBe(limits.preferWaitSeconds * 1000);
    expect(ledger.stored.size).toBe(0);
  });

  test('does not wait where all places are taken, nor where there is nothing to wait for', async () => {
    const full = system({ places: false });
    expect((await full.confirm()).kind).toBe('accepted');
    const committed = system();
    committed.ledger.put(held);
    expect((await committed.confirm()).kind).toBe('confirmed');
    expect([...full.clock.sleptMs, ...committed.clock.sleptMs]).toEqual([]);
  });
});
