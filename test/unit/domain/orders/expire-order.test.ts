import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { expireOrder, isOverdue } from '../../../../lambdas/domain/orders/expire-order.ts';
import { heldOrder, nowMs } from '../../../support/builders.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { done, scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';

const endMs = nowMs - limits.holdGraceMs;
const overdue = heldOrder({ changes: { holdExpiresAtMs: endMs - 1 } });

function system() {
  const calls = scriptedGate({ apply: done });
  const parts = { ledger: new InMemoryLedger(), gate: calls.gate, clock: new ManualClock() };
  return { ...parts, calls };
}

describe('a hold', () => {
  test.each([
    [endMs, false],
    [endMs - 1, true],
  ])('that ended at %i is overdue at the end of the grace: %s', (holdExpiresAtMs, expected) => {
    expect(isOverdue(heldOrder({ changes: { holdExpiresAtMs } }), nowMs)).toBe(expected);
  });

  test('without an end, or an order that is not held, is never overdue', () => {
    const { holdExpiresAtMs: _, ...endless } = overdue;
    expect(isOverdue(endless, nowMs)).toBe(false);
    expect(isOverdue({ ...overdue, state: 'confirmed' }, nowMs)).toBe(false);
  });
});

describe('ending an overdue hold', () => {
  test('changes the ledger first, then tells the gate the new image', async () => {
    const { calls, ...deps } = system();
    deps.ledger.put(overdue);
    expect(await expireOrder(deps, overdue)).toBe(true);
    expect(deps.ledger.claimed.size).toBe(0);
    expect(calls.argsOf('apply')).toEqual([[{ ...overdue, state: 'expired', version: 2, closedAtMs: nowMs }]]);
  });

  test('that somebody has confirmed meanwhile changes nothing, and the units may be looked at again', async () => {
    const { calls, ...deps } = system();
    deps.ledger.put({ ...overdue, state: 'confirmed', version: 2 });
    expect(await expireOrder(deps, overdue)).toBe(true);
    expect(deps.ledger.claimed.size).toBe(1);
    expect(calls.calls).toEqual([]);
  });

  test('that is not overdue asks nobody', async () => {
    const { calls, ...deps } = system();
    expect(await expireOrder(deps, heldOrder())).toBe(false);
    expect(deps.ledger.effects).toEqual([]);
    expect(calls.calls).toEqual([]);
  });
});
