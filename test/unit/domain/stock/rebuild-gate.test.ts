import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { metrics } from '../../../../lambdas/contracts/metrics.ts';
import { claimsOf } from '../../../../lambdas/domain/orders/claims-of.ts';
import type { Claim } from '../../../../lambdas/domain/orders/ports.ts';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import type { StockGate } from '../../../../lambdas/domain/stock/ports.ts';
import { finishRebuild, publishEmpty, rebuildGate } from '../../../../lambdas/domain/stock/rebuild-gate.ts';
import { heldOrder, itemOf, nowMs, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { gateOf, scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';
import { CountingMeter } from '../../../support/fakes-meter.ts';
import { RecordingQueue } from '../../../support/fakes-queue.ts';

const yes = () => Promise.resolve(true);
const no = () => Promise.resolve(false);
const sale = saleOf({ items: [itemOf(), itemOf({ sku: 'cap', capacity: 3 })] });
const empty = { visible: 0, inFlight: 0, delayed: 0 };

function system(answers: Partial<StockGate> = {}) {
  const calls = scriptedGate({ beginRebuild: () => Promise.resolve('started'), renew: yes, load: yes, publish: yes, ...answers });
  const engines = {
    catalog: new InMemoryCatalog(sale),
    ledger: new InMemoryLedger(),
    queue: new RecordingQueue(),
    clock: new ManualClock(),
  };
  const parts = { ...engines, meter: new CountingMeter(), newToken: () => 'token' };
  return { ...parts, calls, deps: { ...parts, gate: calls.gate } };
}

/** A sale of shirts, each of them claimed. */
function soldOut(units: number, answers: Partial<StockGate> = {}) {
  const parts = system(answers);
  for (let unit = 0; unit < units; unit += 1)
    parts.ledger.claimed.set(`drop#shirt#${unit}`, { sku: 'shirt', unit, orderId: 'ord', version: 1 });
  parts.catalog.stored.set('drop', saleOf({ items: [itemOf({ capacity: units })] }));
  return parts;
}

describe('rebuilding a gate', () => {
  test('locks, waits T_take + 1 s, looks three times at an empty queue, loads every sku, publishes', async () => {
    const { deps, calls, ledger, queue, clock, meter } = system();
    const order = heldOrder({
      lines: [
        { sku: 'shirt', units: [1, 2] },
        { sku: 'cap', units: [0] },
      ],
    });
    ledger.put(order);
    expect(await rebuildGate(deps, sale)).toBe('rebuilt');
    const [shirts, caps] = [claimsOf(order).slice(0, 2), claimsOf(order).slice(2)];
    expect(calls.calls).toEqual([
      { method: 'beginRebuild', args: ['drop', 'token', ['shirt', 'cap'], { remake: false, lanes: 1, gateVersion: 1 }] },
      { method: 'renew', args: ['drop', 'token'] },
      { method: 'renew', args: ['drop', 'token'] },
      { method: 'renew', args: ['drop', 'token'] },
      { method: 'renew', args: ['drop', 'token'] },
      { method: 'load', args: ['drop', 'token', 'shirt', shirts] },
      { method: 'renew', args: ['drop', 'token'] },
      { method: 'load', args: ['drop', 'token', 'cap', caps] },
      { method: 'publish', args: [gateOf(), 'token', 2, { shirt: 10, cap: 3 }] },
    ]);
    expect(clock.sleptMs[0]).toBe(limits.takeMs + 1000);
    expect(queue.looks).toBe(3);
    expect(meter.counts).toEqual({});
  });

  test('loads and publishes the sale as it is after the beginning: units and skus that came meanwhile are in', async () => {
    const { deps, catalog, ledger, calls } = system();
    const late = heldOrder({ lines: [{ sku: 'shirt', units: [11] }] });
    catalog.stored.set('drop', saleOf({ version: 2, items: [itemOf({ capacity: 12 }), itemOf({ sku: 'sock', capacity: 1 })] }));
    ledger.put(late);
    await rebuildGate(deps, sale);
    expect(calls.argsOf('load')).toEqual([['drop', 'token', 'shirt', claimsOf(late)]]);
    expect(calls.argsOf('publish')).toEqual([[gateOf(), 'token', 1, { shirt: 12, sock: 1 }]]);
  });

  test('leaves a ready gate as it is', async () => {
    const { deps, calls, clock } = system({ beginRebuild: () => Promise.resolve('ready') });
    expect(await rebuildGate(deps, sale)).toBe('ready');
    expect(calls.methods()).toEqual(['beginRebuild']);
    expect(clock.sleptMs).toEqual([]);
  });

  test('does not join a rebuild that is under way', async () => {
    const { deps, clock } = system({ beginRebuild: () => Promise.resolve('locked') });
    await expect(rebuildGate(deps, sale)).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'gate', retryAfterSeconds: 5 });
    expect(clock.sleptMs).toEqual([]);
  });

  test.each([
    ['visible', { ...empty, visible: 1 }],
    ['in flight', { ...empty, inFlight: 1 }],
  ])('begins its three looks again at one message %s', async (_, busy) => {
    const { deps, queue } = system();
    queue.depths.splice(0, 1, empty, empty, busy, empty, empty, empty);
    await rebuildGate(deps, sale);
    expect(queue.looks).toBe(6);
  });

  test('does not wait for delayed messages: the parked ones wait for it (CE-11)', async () => {
    const { deps, queue } = system();
    queue.depths.splice(0, 1, { ...empty, delayed: 40 });
    await rebuildGate(deps, sale);
    expect(queue.looks).toBe(3);
  });

  test('gives up on a queue that does not drain within its bound, having published nothing, and counts it for the alarm', async () => {
    const { deps, queue, calls, clock, meter } = system();
    queue.depths.splice(0, 1, { ...empty, inFlight: 1 });
    await expect(rebuildGate(deps, sale)).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'queue' });
    const spentMs = clock.nowMs() - nowMs;
    expect(spentMs).toBeGreaterThan(limits.takeMs + limits.rebuildDrainMs);
    expect(spentMs).toBeLessThanOrEqual(limits.takeMs + limits.rebuildDrainMs + limits.rebuildDrainPollMs);
    expect(new Set(calls.methods())).toEqual(new Set(['beginRebuild', 'renew']));
    expect(meter.counts).toEqual({ [metrics.rebuildsGivenUp]: 1 });
  });

  test('publishes nothing where the sale was put anew meanwhile: its gate is another', async () => {
    const { deps, calls } = system();
    await expect(finishRebuild(deps, saleOf({ gateVersion: 2 }), 'token')).rejects.toMatchObject({ name: 'UnavailableError' });
    expect(calls.methods()).not.toContain('publish');
  });

  test('counts a chunk for each 500 claims, and one for each page that begins', async () => {
    const { deps, ledger, calls } = soldOut(1000);
    ledger.pageSize = 501;
    await finishRebuild(deps, saleOf(), 'token');
    expect(calls.argsOf('load').map(([, , , rows]) => (rows as Claim[]).length)).toEqual([500, 1, 499]);
    expect(calls.argsOf('publish')).toEqual([[gateOf(), 'token', 3, { shirt: 1000 }]]);
  });

  test('has 2 chunks on their way, reads on meanwhile, and publishes when the last has arrived', async () => {
    const arrivals: (() => void)[] = [];
    const { deps, calls } = soldOut(2500, { load: () => new Promise((resolve) => arrivals.push(() => resolve(true))) });
    const rebuilt = finishRebuild(deps, saleOf(), 'token');
    for (const sent of [2, 3, 4, 5, 5]) {
      await new Promise(setImmediate);
      expect(calls.argsOf('load')).toHaveLength(sent);
      expect(calls.argsOf('publish')).toEqual([]);
      arrivals.shift()?.();
    }
    await rebuilt;
    const units = calls.argsOf('load').flatMap(([, , , rows]) => (rows as Claim[]).map(({ unit }) => unit));
    expect(units).toEqual(Array.from({ length: 2500 }, (_, unit) => unit));
    expect(calls.argsOf('publish')).toEqual([[gateOf(), 'token', 5, { shirt: 2500 }]]);
  });

  test('a chunk that fails ends the listing; it is told when the other chunk has ended, and nothing is published', async () => {
    const other = Promise.withResolvers<boolean>();
    const { deps, calls } = soldOut(2500, {
      load: () => (calls.argsOf('load').length === 1 ? Promise.reject(new UnavailableError('gate', 'away')) : other.promise),
    });
    let told = false;
    const rebuilt = finishRebuild(deps, saleOf(), 'token').finally(() => {
      told = true;
    });
    await new Promise(setImmediate);
    expect(told).toBe(false);
    other.resolve(true);
    await expect(rebuilt).rejects.toThrow('away');
    expect(calls.argsOf('load')).toHaveLength(2);
    expect(calls.argsOf('publish')).toEqual([]);
  });

  test('a ledger that cannot be read any further is told as it is, and nothing is published', async () => {
    const { deps, ledger, calls } = soldOut(2000);
    ledger.claims = async function* (...args) {
      for await (const page of InMemoryLedger.prototype.claims.apply(ledger, args)) {
        yield page.slice(0, 500);
        throw new UnavailableError('ledger', 'away');
      }
    };
    await expect(finishRebuild(deps, saleOf(), 'token')).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'ledger' });
    expect(calls.argsOf('load')).toHaveLength(1);
    expect(calls.argsOf('publish')).toEqual([]);
  });

  test.each<[string, Partial<StockGate>, string[]]>([
    ['while it waits', { renew: no }, ['beginRebuild', 'renew']],
    ['while it loads', { load: no }, ['beginRebuild', 'renew', 'load']],
    ['at the end', { publish: no }, ['beginRebuild', 'renew', 'load', 'publish']],
  ])('stops at once when the token is lost %s', async (_, answers, methods) => {
    const { deps, ledger, calls } = system(answers);
    ledger.put(heldOrder());
    await expect(rebuildGate(deps, sale)).rejects.toMatchObject({ name: 'UnavailableError', message: 'another rebuild took over' });
    expect([...new Set(calls.methods())]).toEqual(methods);
    expect(calls.argsOf('load').length).toBeLessThanOrEqual(1);
  });

  test('of a sale that nobody can have ordered from waits for nothing', async () => {
    const { deps, calls, clock } = system();
    await publishEmpty(deps, sale, 'token');
    expect(calls.calls).toEqual([{ method: 'publish', args: [gateOf(), 'token', 0, { shirt: 10, cap: 3 }] }]);
    expect(clock.sleptMs).toEqual([]);
  });
});
