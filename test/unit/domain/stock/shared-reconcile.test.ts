import { describe, expect, test } from '@jest/globals';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import { SharedReconcile } from '../../../../lambdas/domain/stock/shared-reconcile.ts';
import { saleOf } from '../../../support/builders.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';

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
  const ended = async (promises: readonly Promise<void>[]) => {
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
    const waiting = [1, 2, 3, 4].map(() => shared.run(saleOf(), 'shirt', 10));
    expect(begun()).toHaveLength(1);
    await finish(0);
    expect(begun()).toHaveLength(2);
    expect(await ended(waiting)).toEqual([true, false, false, false]);
    const late = shared.run(saleOf(), 'shirt', 10);
    await finish(1);
    expect(await ended([...waiting, late])).toEqual([true, true, true, true, false]);
    await finish(2);
    expect(begun()).toHaveLength(3);
    expect(await ended([late])).toEqual([true]);
    const alone = shared.run(saleOf(), 'shirt', 10);
    expect(begun()).toHaveLength(4);
    await finish(3);
    await alone;
  });

  test('its fault is told to those who asked for it, and the next one begins all the same', async () => {
    const { shared, begun, finish } = system();
    const first = shared.run(saleOf(), 'shirt', 10);
    const second = shared.run(saleOf(), 'shirt', 10);
    const third = shared.run(saleOf(), 'shirt', 10);
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
    const all = [shared.run(saleOf(), 'shirt', 10), shared.run(saleOf(), 'cap', 10), shared.run(saleOf({ saleId: 'other' }), 'shirt', 10)];
    expect(begun()).toHaveLength(3);
    for (const index of [0, 1, 2]) await finish(index);
    await Promise.all(all);
  });

  test('is made up to the highest capacity that anybody who waits for it has read', async () => {
    const { shared, begun, finish } = system();
    const all = [10, 12, 15, 11].map((capacity) => shared.run(saleOf(), 'shirt', capacity));
    await finish(0);
    await finish(1);
    await Promise.all(all);
    expect(begun().map(([, , capacity]) => capacity)).toEqual([10, 15]);
  });
});
