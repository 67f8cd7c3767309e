import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import { SharedReconcile } from '../../../../lambdas/domain/stock/shared-reconcile.ts';
import { nowMs, saleOf } from '../../../support/builders.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { done, scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';

const asker = { sinceMs: nowMs, incarnation: 'one' };

/** Each comparison begins with setCapacity, and goes on when the test ends that call. */
function system() {
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const calls = scriptedGate({
    setCapacity: () => new Promise<void>((resolve, reject) => void ends.push({ resolve, reject })),
    owners: () => Promise.resolve([]),
  });
  const shared = new SharedReconcile({ gate: calls.gate, ledger: new InMemoryLedger(), clock: new ManualClock() });
  /** The arguments of the comparisons begun. */
  const begun = () => calls.argsOf('setCapacity');
  const finish = async (index: number, error?: Error) => {
    if (error) ends[index]?.reject(error);
    else ends[index]?.resolve();
    await settled();
  };
  /** Whether each of these promises has ended. */
  const ended = async (promises: readonly Promise<unknown>[]) => {
    const states = promises.map(() => false);
    for (const [index, promise] of promises.entries())
      void promise.then(
        () => (states[index] = true),
        () => (states[index] = true),
      );
    await settled();
    return states;
  };
  return { shared, begun, finish, ended };
}

/** Lets everything run that waits for nothing from outside. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a comparison shared by many', () => {
  test('begins at once for the first; those who come meanwhile share one that begins when it has ended', async () => {
    const { shared, begun, finish, ended } = system();
    const waiting = [1, 2, 3, 4].map(() => shared.run(saleOf(), { sku: 'shirt', capacity: 10 }, asker));
    expect(begun()).toHaveLength(1);
    await finish(0);
    expect(begun()).toHaveLength(2);
    expect(await ended(waiting)).toEqual([true, false, false, false]);
    const late = shared.run(saleOf(), { sku: 'shirt', capacity: 10 }, asker);
    await finish(1);
    expect(await ended([...waiting, late])).toEqual([true, true, true, true, false]);
    await finish(2);
    expect(begun()).toHaveLength(3);
    expect(await ended([late])).toEqual([true]);
    const alone = shared.run(saleOf(), { sku: 'shirt', capacity: 10 }, asker);
    expect(begun()).toHaveLength(4);
    await finish(3);
    await alone;
  });

  test('its fault is told to those who asked for it, and the next one begins all the same', async () => {
    const { shared, begun, finish } = system();
    const first = shared.run(saleOf(), { sku: 'shirt', capacity: 10 }, asker);
    const second = shared.run(saleOf(), { sku: 'shirt', capacity: 10 }, asker);
    const third = shared.run(saleOf(), { sku: 'shirt', capacity: 10 }, asker);
    const faults = Promise.allSettled([first, second, third]);
    const away = new UnavailableError('gate', 'away');
    await finish(0, away);
    expect(begun()).toHaveLength(2);
    await finish(1);
    expect((await faults).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    await expect(first).rejects.toBe(away);
  });

  test('another sku, or the same of another sale, waits for nothing', async () => {
    const { shared, begun, finish } = system();
    const all = [
      shared.run(saleOf(), { sku: 'shirt', capacity: 10 }, asker),
      shared.run(saleOf(), { sku: 'cap', capacity: 10 }, asker),
      shared.run(saleOf({ saleId: 'other' }), { sku: 'shirt', capacity: 10 }, asker),
    ];
    expect(begun()).toHaveLength(3);
    for (const index of [0, 1, 2]) await finish(index);
    await Promise.all(all);
  });

  test('is made up to the highest capacity that anybody who waits for it has read', async () => {
    const { shared, begun, finish } = system();
    const all = [10, 12, 15, 11].map((capacity) => shared.run(saleOf(), { sku: 'shirt', capacity }, asker));
    await finish(0);
    await finish(1);
    await Promise.all(all);
    expect(begun().map(([, , capacity]) => capacity)).toEqual([10, 15]);
  });
});

describe('a sku of three times as many units as a call has time for', () => {
  const sku = { sku: 'shirt', capacity: 3 * limits.reconcileUnits };
  const slow = () => {
    const clock = new ManualClock();
    const calls = scriptedGate({
      setCapacity: done,
      owners: () => {
        clock.advance((limits.reconcileMs * limits.gateBulkUnits) / limits.reconcileUnits + 1);
        return Promise.resolve([]);
      },
    });
    const shared = new SharedReconcile({ gate: calls.gate, ledger: new InMemoryLedger(), clock });
    const firstUnits = () => calls.argsOf('owners').map(([, , unit]) => unit);
    return { clock, firstUnits, run: (sinceMs: number, incarnation = 'one') => shared.run(saleOf(), sku, { sinceMs, incarnation }) };
  };

  test('is compared by three calls, for all orders that were accepted before the first of them', async () => {
    const { run, clock } = slow();
    expect([await run(nowMs), await run(nowMs), await run(nowMs)]).toEqual([false, false, true]);
    expect(await run(nowMs - 1)).toBe(true);
    // One that was accepted since has a round of its own.
    const later = clock.nowMs();
    expect([await run(later), await run(later), await run(later)]).toEqual([false, false, true]);
  });

  test('is compared from its first unit on where the gate has failed over meanwhile, and not for who knew another gate', async () => {
    const { run, firstUnits } = slow();
    await run(nowMs);
    await run(nowMs, 'two');
    expect(firstUnits().filter((unit) => unit === 0)).toHaveLength(2);
    expect([await run(nowMs, 'two'), await run(nowMs, 'two')]).toEqual([false, true]);
    expect(await run(nowMs, 'one')).toBe(false);
  });
});
