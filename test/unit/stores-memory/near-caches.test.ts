import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { limits } from '../../../lambdas/contracts/limits.ts';
import { UnavailableError } from '../../../lambdas/domain/kernel/faults.ts';
import type { Sale } from '../../../lambdas/domain/sales/sale.ts';
import type { GateState, GateSummary } from '../../../lambdas/domain/stock/ports.ts';
import type { SeatedItem } from '../../../lambdas/domain/sales/ports.ts';
import { NearAvailability } from '../../../lambdas/stores/memory/near-availability.ts';
import { NearSales } from '../../../lambdas/stores/memory/near-sales.ts';
import { NearSeatMaps } from '../../../lambdas/stores/memory/near-seat-maps.ts';
import { NearSoldOut } from '../../../lambdas/stores/memory/near-sold-out.ts';
import { NearTakenSeats } from '../../../lambdas/stores/memory/near-taken-seats.ts';
import { nowMs, saleOf } from '../../support/builders.ts';
import { InMemoryCatalog } from '../../support/fakes-catalog.ts';
import { ManualClock } from '../../support/fakes-clock.ts';
import { scriptedGate } from '../../support/fakes-gate.ts';
import { InMemorySeatMaps, seatedItem } from '../../support/fakes-seats.ts';

let ageMs = 1;
beforeEach(() => {
  ageMs = 1;
  jest.useFakeTimers({ doNotFake: ['performance', 'nextTick', 'queueMicrotask'] });
  // The caches measure age by it.
  jest.spyOn(performance, 'now').mockImplementation(() => ageMs);
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** Lets so much time pass for the caches. */
function pass(ms: number): void {
  ageMs += ms;
  jest.advanceTimersByTime(Math.max(2, ms));
}

describe('the near cache of sales', () => {
  test('reads a sale once in 700 ms, and again after', async () => {
    const catalog = new InMemoryCatalog(saleOf());
    const near = new NearSales(catalog);
    expect(await near.sale('drop')).toEqual(saleOf());
    catalog.stored.set('drop', saleOf({ version: 2 }));
    pass(limits.saleCacheMs);
    expect((await near.sale('drop'))?.version).toBe(1);
    pass(1);
    expect((await near.sale('drop'))?.version).toBe(2);
    expect(catalog.effects).toEqual(['read drop', 'read drop']);
  });

  test('counts the age of a sale from the begin of its read: one that took 600 ms is kept 100 ms, one of 800 ms not', async () => {
    const catalog = new InMemoryCatalog(saleOf());
    let tookMs = 600;
    const read = (saleId: string) => {
      const stored = catalog.read(saleId);
      ageMs += tookMs;
      return stored;
    };
    const near = new NearSales({ read, idsByTag: () => Promise.resolve([]) });
    await near.sale('drop');
    catalog.stored.set('drop', saleOf({ version: 2 }));
    pass(limits.saleCacheMs - tookMs);
    expect((await near.sale('drop'))?.version).toBe(1);
    tookMs = 800;
    pass(1);
    expect((await near.sale('drop'))?.version).toBe(2);
    catalog.stored.set('drop', saleOf({ version: 3 }));
    pass(2);
    expect((await near.sale('drop'))?.version).toBe(3);
  });

  test('a change is seen by each of 20 environments within 700 ms, whenever each of them read last', async () => {
    const catalog = new InMemoryCatalog(saleOf());
    const environments = Array.from({ length: 20 }, () => new NearSales(catalog));
    for (const near of environments) {
      await near.sale('drop');
      pass(limits.saleCacheMs / 20);
    }
    catalog.stored.set('drop', saleOf({ version: 2, halt: 'paused' }));
    expect(new Set((await Promise.all(environments.map((near) => near.sale('drop')))).map((sale) => sale?.halt))).toContain('none');
    pass(limits.saleCacheMs);
    for (const near of environments) expect((await near.sale('drop'))?.halt).toBe('paused');
  });

  test('remembers as long that there is none', async () => {
    const catalog = new InMemoryCatalog();
    const near = new NearSales(catalog);
    expect(await near.sale('drop')).toBeUndefined();
    catalog.stored.set('drop', saleOf());
    expect(await near.sale('drop')).toBeUndefined();
    expect(catalog.effects).toEqual(['read drop']);
    pass(limits.saleCacheMs + 1);
    expect(await near.sale('drop')).toBeDefined();
  });

  test('has one load under way for each sale, whoever asks', async () => {
    const answers: ((sale: Sale) => void)[] = [];
    const read = () => new Promise<Sale>((resolve) => void answers.push(resolve));
    const near = new NearSales({ read, idsByTag: () => Promise.resolve([]) });
    const asked = [near.sale('drop'), near.sale('drop'), near.sale('other')];
    expect(answers).toHaveLength(2);
    for (const answer of answers) answer(saleOf());
    expect(await Promise.all(asked)).toEqual([saleOf(), saleOf(), saleOf()]);
  });

  test('remembers no failure', async () => {
    const catalog = new InMemoryCatalog(saleOf());
    const away = new UnavailableError('catalog', 'away');
    let fails = true;
    const near = new NearSales({
      read: (saleId) => (fails ? Promise.reject(away) : catalog.read(saleId)),
      idsByTag: () => (fails ? Promise.reject(away) : Promise.resolve(['drop'])),
    });
    await expect(near.sale('drop')).rejects.toBe(away);
    await expect(near.idsByTag('AAA')).rejects.toBe(away);
    fails = false;
    expect(await near.sale('drop')).toEqual(saleOf());
    expect(await near.idsByTag('AAA')).toEqual(['drop']);
  });

  test('keeps the sales of a tag for 30 s, and no tag that has none', async () => {
    const looked: string[] = [];
    const ids: Record<string, string[]> = { AAA: ['drop'] };
    const near = new NearSales({
      read: () => Promise.resolve(undefined),
      idsByTag: (tag) => {
        looked.push(tag);
        return Promise.resolve(ids[tag] ?? []);
      },
    });
    expect(await near.idsByTag('AAA')).toEqual(['drop']);
    expect(await near.idsByTag('BBB')).toEqual([]);
    ids['BBB'] = ['late'];
    pass(limits.saleTagCacheMs);
    expect(await near.idsByTag('AAA')).toEqual(['drop']);
    expect(await near.idsByTag('BBB')).toEqual(['late']);
    pass(1);
    await near.idsByTag('AAA');
    expect(looked).toEqual(['AAA', 'BBB', 'BBB', 'AAA']);
  });
});

describe('the near cache of what is left', () => {
  test('asks the gate once a second, and says when it asked', async () => {
    const clock = new ManualClock();
    let left = 3;
    const gate = scriptedGate({ summary: () => Promise.resolve({ state: 'ready', available: { shirt: left }, pendingOrders: 0 }) });
    const near = new NearAvailability(gate.gate, clock);
    expect(await near.available('drop', ['shirt'])).toEqual({ available: { shirt: 3 }, asOfMs: nowMs });
    left = 2;
    clock.advance(500);
    pass(limits.availabilityCacheMs);
    expect(await near.available('drop', ['shirt'])).toEqual({ available: { shirt: 3 }, asOfMs: nowMs });
    pass(1);
    expect(await near.available('drop', ['shirt'])).toEqual({ available: { shirt: 2 }, asOfMs: nowMs + 500 });
    expect(gate.argsOf('summary')).toEqual([
      ['drop', ['shirt']],
      ['drop', ['shirt']],
    ]);
  });

  test('has one question under way for each sale', async () => {
    const gate = scriptedGate({ summary: () => Promise.resolve({ state: 'ready', available: {}, pendingOrders: 0 }) });
    const near = new NearAvailability(gate.gate, new ManualClock());
    await Promise.all([near.available('drop', []), near.available('drop', []), near.available('other', [])]);
    expect(gate.calls).toHaveLength(2);
  });

  test.each(['none', 'rebuilding'] as const)('a gate that is %s is 503 in 2 s, and asked again at once', async (state) => {
    let answer: GateSummary = { state, available: {}, pendingOrders: 0 };
    const near = new NearAvailability(scriptedGate({ summary: () => Promise.resolve(answer) }).gate, new ManualClock());
    await expect(near.available('drop', [])).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'gate', retryAfterSeconds: 2 });
    answer = { state: 'ready', available: { shirt: 1 }, pendingOrders: 0 };
    expect((await near.available('drop', [])).available).toEqual({ shirt: 1 });
  });
});

describe('the near cache of sold-out answers', () => {
  test('lasts a second', () => {
    const near = new NearSoldOut();
    expect(near.recall('drop')).toBeUndefined();
    near.remember('drop', { shirt: 0 });
    pass(limits.soldOutCacheMs);
    expect(near.recall('drop')).toEqual({ shirt: 0 });
    expect(near.recall('other')).toBeUndefined();
    pass(1);
    expect(near.recall('drop')).toBeUndefined();
  });

  test('learns of another sku without making the first one younger', () => {
    const near = new NearSoldOut();
    near.remember('drop', { shirt: 0 });
    pass(900);
    near.remember('drop', { cap: 1 });
    expect(near.recall('drop')).toEqual({ shirt: 0, cap: 1 });
    pass(101);
    expect(near.recall('drop')).toBeUndefined();
  });

  test('begins anew when everything it knows was told again', () => {
    const near = new NearSoldOut();
    near.remember('drop', { shirt: 0 });
    pass(900);
    near.remember('drop', { shirt: 2, cap: 0 });
    pass(1000);
    expect(near.recall('drop')).toEqual({ shirt: 2, cap: 0 });
    pass(1);
    expect(near.recall('drop')).toBeUndefined();
  });

  test('told of another sku in the very moment of its end does not last for ever', () => {
    const near = new NearSoldOut();
    near.remember('drop', { shirt: 0 });
    pass(limits.soldOutCacheMs);
    near.remember('drop', { cap: 0 });
    pass(limits.soldOutCacheMs + 1);
    expect(near.recall('drop')).toBeUndefined();
  });
});

describe('the near cache of seat maps', () => {
  const rows = ['A1', 'A2', 'B1'];

  test('finds the unit of a label and the label of a unit, and reads a map once for ever', async () => {
    const maps = new InMemorySeatMaps([seatedItem(rows), rows]);
    const near = new NearSeatMaps(maps);
    const { labels, unitOf } = await near.seats('drop', seatedItem(rows));
    expect([labels, unitOf('A1'), unitOf('B1'), unitOf('b1')]).toEqual([rows, 0, 2, undefined]);
    pass(86_400_000);
    await near.seats('drop', seatedItem(rows));
    expect(maps.effects).toEqual(['read stalls']);
  });

  test('has one load under way for each map: another sale, sku or version is another map', async () => {
    const asked: string[] = [];
    const near = new NearSeatMaps({
      read: (saleId, { sku, seatMap }) => {
        asked.push(`${saleId} ${sku} ${seatMap.slice(0, 2)}`);
        return Promise.resolve(rows);
      },
    });
    const item = seatedItem(rows);
    const wanted: [string, SeatedItem][] = [
      ['drop', item],
      ['drop', item],
      ['other', item],
      ['drop', seatedItem(rows, 'boxes')],
      ['drop', seatedItem(rows, 'stalls', 2)],
    ];
    await Promise.all(wanted.map(([saleId, one]) => near.seats(saleId, one)));
    expect(asked).toEqual(['drop stalls v1', 'other stalls v1', 'drop boxes v1', 'drop stalls v2']);
  });

  test(`keeps ${limits.seatCacheLabels} labels, and lets the map go that was not asked for longest`, async () => {
    const half = Array.from({ length: limits.seatCacheLabels / 2 }, (_, index) => `S${index}`);
    const maps = new InMemorySeatMaps(...['a', 'b', 'c'].map((sku) => [seatedItem(half, sku), half] as const));
    const near = new NearSeatMaps(maps);
    for (const sku of ['a', 'b', 'a', 'c', 'a', 'b']) await near.seats('drop', seatedItem(half, sku));
    expect(maps.effects).toEqual(['read a', 'read b', 'read c', 'read b']);
  });

  test('answers also from a map that is too large to be kept', async () => {
    const large = Array.from({ length: limits.seatCacheLabels + 1 }, (_, index) => `S${index}`);
    const near = new NearSeatMaps(new InMemorySeatMaps([seatedItem(large), large]));
    expect((await near.seats('drop', seatedItem(large))).unitOf(`S${limits.seatCacheLabels}`)).toBe(limits.seatCacheLabels);
  });

  test('remembers no failure', async () => {
    const maps = new InMemorySeatMaps();
    const near = new NearSeatMaps(maps);
    await expect(near.seats('drop', seatedItem(rows))).rejects.toThrow(UnavailableError);
    await maps.write('drop', seatedItem(rows), rows);
    expect((await near.seats('drop', seatedItem(rows))).labels).toEqual(rows);
  });
});

describe('the near cache of taken seats', () => {
  const taken = (state: GateState, ...units: number[]) => ({ state, isTaken: (unit: number) => units.includes(unit) });

  test('asks the gate once a second for each sku, however many ask, and says when it asked', async () => {
    const clock = new ManualClock();
    let now = taken('ready', 3);
    const gate = scriptedGate({ takenSeats: () => Promise.resolve(now) });
    const near = new NearTakenSeats(gate.gate, clock);
    const [first] = await Promise.all([near.takenSeats('drop', 'stalls', 9), near.takenSeats('drop', 'stalls', 9)]);
    expect([first?.asOfMs, first?.isTaken(3), first?.isTaken(4)]).toEqual([nowMs, true, false]);
    now = taken('ready', 3, 4);
    pass(limits.availabilityCacheMs);
    expect((await near.takenSeats('drop', 'stalls', 9)).isTaken(4)).toBe(false);
    pass(1);
    expect((await near.takenSeats('drop', 'stalls', 9)).isTaken(4)).toBe(true);
    await near.takenSeats('drop', 'boxes', 2);
    await near.takenSeats('other', 'stalls', 9);
    expect(gate.argsOf('takenSeats')).toEqual([
      ['drop', 'stalls', 9],
      ['drop', 'stalls', 9],
      ['drop', 'boxes', 2],
      ['other', 'stalls', 9],
    ]);
  });

  test.each(['none', 'rebuilding'] as const)('a gate that is %s is 503 in 2 s, and asked again at once', async (state) => {
    let now = taken(state);
    const near = new NearTakenSeats(scriptedGate({ takenSeats: () => Promise.resolve(now) }).gate, new ManualClock());
    await expect(near.takenSeats('drop', 'stalls', 9)).rejects.toMatchObject({ dependency: 'gate', retryAfterSeconds: 2 });
    now = taken('ready', 0);
    expect((await near.takenSeats('drop', 'stalls', 9)).isTaken(0)).toBe(true);
  });
});
