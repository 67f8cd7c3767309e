import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import { changeSaleState } from '../../../../lambdas/domain/sales/change-sale-state.ts';
import { putSale } from '../../../../lambdas/domain/sales/put-sale.ts';
import type { StockGate } from '../../../../lambdas/domain/stock/ports.ts';
import { draftOf, itemOf, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';
import { CountingMeter } from '../../../support/fakes-meter.ts';
import { RecordingQueue } from '../../../support/fakes-queue.ts';
import { InMemorySeatMaps } from '../../../support/fakes-seats.ts';

type Rebuilt = Pick<StockGate, 'beginRebuild' | 'renew' | 'load' | 'publish' | 'setCapacity'>;

/** What begin-rebuild.lua, renew.lua, publish.lua and set-capacity.lua keep in `meta` and `lock`, for one sku. */
class CapacityGate implements Rebuilt {
  #meta: { readonly ready: boolean; readonly token: string; readonly capacity: number } | undefined;
  #holder: string | undefined;

  capacity(): number | undefined {
    return this.#meta?.ready === true ? this.#meta.capacity : undefined;
  }

  wipe(): void {
    this.#meta = undefined;
    this.#holder = undefined;
  }

  loseLock(): void {
    this.#holder = undefined;
  }

  beginRebuild(_: string, token: string): Promise<'started' | 'ready' | 'locked'> {
    if (this.#meta?.ready === true) return Promise.resolve('ready');
    if (this.#holder !== undefined && this.#holder !== token) return Promise.resolve('locked');
    this.#holder = token;
    this.#meta = { ready: false, token, capacity: 0 };
    return Promise.resolve('started');
  }

  renew(_: string, token: string): Promise<boolean> {
    const ours = this.#meta?.ready === false && this.#meta.token === token;
    if (ours) this.#holder = token;
    return Promise.resolve(ours);
  }

  load(): Promise<boolean> {
    return Promise.reject(new Error('nobody has bought anything'));
  }

  publish(_: unknown, token: string, __: number, capacities: Readonly<Record<string, number>>): Promise<boolean> {
    if (this.#meta?.token !== token) return Promise.resolve(false);
    if (!this.#meta.ready) {
      this.#meta = { ready: true, token, capacity: Math.max(this.#meta.capacity, capacities['shirt'] ?? 0) };
      this.#holder = undefined;
    }
    return Promise.resolve(true);
  }

  setCapacity(_: unknown, __: string, capacity: number): Promise<void> {
    if (this.#meta) this.#meta = { ...this.#meta, capacity: Math.max(this.#meta.capacity, capacity) };
    return Promise.resolve();
  }
}

/** A sale of 10 units on the gate; its catalog and gate answer when the scheduler lets them. */
function system(gate: CapacityGate, scheduler?: fc.Scheduler) {
  const catalog = new InMemoryCatalog(saleOf());
  const late = <T extends object>(port: T): T =>
    scheduler === undefined
      ? port
      : new Proxy(port, {
          get: (target, name) => {
            const member: unknown = Reflect.get(target, name, target);
            if (typeof member !== 'function') return member;
            // The effect takes place when the call is let go, its answer arrives when it is let go once more.
            return async (...args: readonly unknown[]) => {
              await scheduler.schedule(Promise.resolve(), `${String(name)} begins`);
              const answer: unknown = await Reflect.apply(member, target, args);
              return scheduler.schedule(Promise.resolve(answer), `${String(name)} answers`);
            };
          },
        });
  let tokens = 0;
  const deps = {
    catalog: late(catalog),
    seatMaps: new InMemorySeatMaps(),
    gate: late<Rebuilt>(gate),
    ledger: new InMemoryLedger(),
    queue: new RecordingQueue(),
    clock: new ManualClock(),
    meter: new CountingMeter(),
    newToken: () => `token ${(tokens += 1)}`,
    tagOf: () => 'AAA',
  };
  const draft = draftOf({ items: [itemOf({ capacity: 30 })] });
  return { catalog, open: () => changeSaleState(deps, 'drop', 'open'), raise: () => putSale(deps, draft, 'any') };
}

/** A call that may meet another rebuild; any other fault fails the test. */
async function tolerant(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
  }
}

describe('a capacity raised from 10 to 30 while the gate is made again', () => {
  test('is 503 where another rebuild has the lock, and in the gate once that one is done', async () => {
    const gate = new CapacityGate();
    const { raise, catalog } = system(gate);
    await gate.beginRebuild('drop', 'other');
    await expect(raise()).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'gate', retryAfterSeconds: 5 });
    expect(catalog.stored.get('drop')?.items[0]?.capacity).toBe(30);
    await gate.publish({ saleId: 'drop', gateVersion: 1 }, 'other', 0, { shirt: 10 });
    expect(gate.capacity()).toBe(30);
  });

  test('is in the ready gate whatever the order of the steps of a put and two opens, of a wipe, and of a lock that runs out', async () => {
    const reached = { ready: 0 };
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, dead) => {
        const gate = new CapacityGate();
        if (dead) await gate.beginRebuild('drop', 'dead');
        const { raise, open, catalog } = system(gate, scheduler);
        const accidents = scheduler.scheduleSequence([
          { label: 'lock runs out', builder: async () => gate.loseLock() },
          { label: 'wipe', builder: async () => gate.wipe() },
          { label: 'lock runs out', builder: async () => gate.loseLock() },
        ]);
        await scheduler.waitFor(Promise.all([...[open(), raise(), open()].map(tolerant), accidents.task]));
        expect(catalog.stored.get('drop')?.items[0]?.capacity).toBe(30);
        if (gate.capacity() === undefined) return;
        reached.ready += 1;
        expect(gate.capacity()).toBe(30);
      }),
      { numRuns: 500 },
    );
    expect(reached.ready).toBeGreaterThan(100);
  });
});
