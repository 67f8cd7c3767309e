import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import { type ItemDraft } from '../../../../lambdas/domain/sales/draft-items.ts';
import { type Expected, hasOpened, putSale, type SaleDraft } from '../../../../lambdas/domain/sales/put-sale.ts';
import type { Sale } from '../../../../lambdas/domain/sales/sale.ts';
import type { StockGate } from '../../../../lambdas/domain/stock/ports.ts';
import { draftOf, heldOrder, ids, itemOf, nowMs, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { done, gateOf, scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';
import { CountingMeter } from '../../../support/fakes-meter.ts';
import { RecordingQueue } from '../../../support/fakes-queue.ts';
import { InMemorySeatMaps, seatedItem } from '../../../support/fakes-seats.ts';

const yes = () => Promise.resolve(true);
const future = { opensAtMs: nowMs + 60_000 };

function system(stored: readonly Sale[], answers: Partial<StockGate> = {}, seatMaps = new InMemorySeatMaps()) {
  const catalog = new InMemoryCatalog(...stored);
  let isReady = catalog.stored.size > 0;
  const calls = scriptedGate({
    beginRebuild: (_, __, ___, { remake }) => {
      if (remake) isReady = false;
      return Promise.resolve(isReady ? 'ready' : 'started');
    },
    publish: () => Promise.resolve((isReady = true)),
    renew: yes,
    load: yes,
    setCapacity: done,
    ...answers,
  });
  const parts = { seatMaps, ledger: new InMemoryLedger(), queue: new RecordingQueue(), clock: new ManualClock() };
  const deps = {
    ...parts,
    meter: new CountingMeter(),
    catalog,
    gate: calls.gate,
    newToken: () => 'token',
    tagOf: (saleId: string) => ids.saleTag(saleId),
  };
  return { ...parts, catalog, calls, put: (draft: SaleDraft, expected: Expected = 'any') => putSale(deps, draft, expected) };
}

describe('creating a sale', () => {
  test('only if it is new, and again after the first try died before its gate was made: refused, and the gate is made all the same', async () => {
    let ready = false;
    const { put, calls } = system([], {
      beginRebuild: () => Promise.resolve(ready ? 'ready' : 'started'),
      publish: () =>
        calls.argsOf('publish').length === 1 ? Promise.reject(new UnavailableError('gate', 'away')) : Promise.resolve((ready = true)),
    });
    await expect(put(draftOf(), 'absent')).rejects.toThrow(UnavailableError);
    expect(await put(draftOf(), 'absent')).toEqual({ kind: 'precondition-failed', version: 1 });
    expect(ready).toBe(true);
  });

  test('locks an empty gate, writes version 1 with its tag, then opens the gate; nothing is waited for', async () => {
    const { put, catalog, calls, clock } = system([]);
    expect(await put(draftOf())).toEqual({ kind: 'created', sale: saleOf() });
    expect(calls.calls).toEqual([
      { method: 'beginRebuild', args: ['drop', 'token', ['shirt'], { remake: false, lanes: 1, gateVersion: 1 }] },
      { method: 'publish', args: [gateOf(), 'token', 0, { shirt: 10 }] },
    ]);
    expect(catalog.effects).toEqual(['read drop', 'write v1']);
    expect(clock.sleptMs).toEqual([]);
  });

  test('a limit lowered from 4 to 2 keeps 4 as the highest, to which the audit holds what was sold before', async () => {
    const { put, catalog } = system([saleOf({ customerLimit: 4 })]);
    expect(await put(draftOf({ customerLimit: 2 }))).toMatchObject({ kind: 'replaced' });
    expect(catalog.stored.get('drop')).toMatchObject({ customerLimit: 2, highestCustomerLimit: 4 });
  });

  test('that somebody else is creating is 503, and writes nothing', async () => {
    const { put, catalog } = system([], { beginRebuild: () => Promise.resolve('locked') });
    await expect(put(draftOf())).rejects.toMatchObject({ name: 'UnavailableError', retryAfterSeconds: 5 });
    expect(catalog.stored.size).toBe(0);
  });

  test('that somebody else just created replaces that one, its gate kept', async () => {
    const { put, catalog, calls } = system([], { beginRebuild: () => Promise.resolve('ready') });
    catalog.beforeWrite = () => {
      catalog.beforeWrite = () => {};
      catalog.stored.set('drop', saleOf({ name: 'First' }));
    };
    expect(await put(draftOf())).toMatchObject({ kind: 'replaced', sale: { version: 2, name: 'Drop' } });
    expect(calls.methods()).not.toContain('publish');
  });
});

describe('what must hold of the stored version', () => {
  test.each<[string, readonly Sale[], Expected, string]>([
    ['none stored, none wanted', [], 'absent', 'created'],
    ['one stored, none wanted', [saleOf(future)], 'absent', 'precondition-failed'],
    ['none stored, some wanted', [], 'present', 'precondition-failed'],
    ['one stored, some wanted', [saleOf(future)], 'present', 'replaced'],
    ['version 3 stored, 3 wanted', [saleOf({ ...future, version: 3 })], { version: 3 }, 'replaced'],
    ['version 3 stored, 2 wanted', [saleOf({ ...future, version: 3 })], { version: 2 }, 'precondition-failed'],
    ['none stored, 1 wanted', [], { version: 1 }, 'precondition-failed'],
    ['none stored, 0 wanted', [], { version: 0 }, 'precondition-failed'],
  ])('%s', async (_, stored, expected, kind) => {
    const { put, catalog } = system(stored);
    const outcome = await put(draftOf(future), expected);
    expect(outcome.kind).toBe(kind);
    if (kind === 'precondition-failed') {
      expect(outcome).toEqual({ kind, ...(stored[0] ? { version: stored[0].version } : {}) });
      expect(catalog.effects).toEqual(['read drop']);
    }
  });

  test('an exact version that is overtaken in between fails instead of being retried over the other', async () => {
    const { put, catalog } = system([saleOf(future)]);
    catalog.beforeWrite = () => void catalog.stored.set('drop', saleOf({ ...future, version: 2, name: 'Other' }));
    expect(await put(draftOf(future), { version: 1 })).toEqual({ kind: 'precondition-failed', version: 2 });
    expect(catalog.stored.get('drop')?.name).toBe('Other');
  });
});

describe('replacing a sale that has not opened', () => {
  test('may change everything: the gate is emptied of old and new skus, then written, then opened', async () => {
    const stored = saleOf({ ...future, items: [itemOf(), itemOf({ sku: 'cap' })] });
    const { put, catalog, calls } = system([stored]);
    const draft = draftOf({ opensAtMs: nowMs + 5000, currency: 'USD', items: [itemOf({ capacity: 2 }), itemOf({ sku: 'sock' })] });
    expect(await put(draft)).toMatchObject({
      kind: 'replaced',
      sale: { ...draft, version: 2, items: [itemOf({ capacity: 2 }), itemOf({ sku: 'sock' })] },
    });
    expect(calls.calls).toEqual([
      { method: 'beginRebuild', args: ['drop', 'token', ['shirt', 'cap', 'sock'], { remake: true, lanes: 1, gateVersion: 2 }] },
      { method: 'publish', args: [gateOf('drop', 2), 'token', 0, { shirt: 2, sock: 10 }] },
    ]);
    expect(catalog.effects).toEqual(['read drop', 'write v2']);
  });

  test('that died between the write and the gate is finished by the same put', async () => {
    let lives = false;
    const { put, catalog, calls } = system([saleOf(future)], {
      publish: () => (lives ? yes() : Promise.reject(new UnavailableError('gate', 'died'))),
    });
    const draft = draftOf({ ...future, items: [itemOf({ capacity: 7 })] });
    await expect(put(draft)).rejects.toThrow(UnavailableError);
    expect(catalog.stored.get('drop')?.version).toBe(2);
    lives = true;
    expect(await put(draft)).toMatchObject({ kind: 'replaced', sale: { version: 3 } });
    expect(calls.argsOf('publish').at(-1)).toEqual([gateOf('drop', 3), 'token', 0, { shirt: 7 }]);
  });

  test('that is overtaken by another write makes the gate of that one whole again, and tries anew', async () => {
    const { put, catalog, calls, queue } = system([saleOf(future)]);
    catalog.beforeWrite = () => {
      catalog.beforeWrite = () => {};
      catalog.stored.set('drop', saleOf({ ...future, version: 2, items: [itemOf({ capacity: 5 })] }));
    };
    expect(await put(draftOf(future))).toMatchObject({ kind: 'replaced', sale: { version: 3 } });
    expect(calls.argsOf('publish')).toEqual([
      [gateOf(), 'token', 0, { shirt: 5 }],
      [gateOf('drop', 3), 'token', 0, { shirt: 10 }],
    ]);
    expect(queue.looks).toBe(3);
  });

  test('that takes so long to empty the gate that the sale counts as opened writes nothing: the gate is loaded as it was', async () => {
    const late = system([saleOf({ opensAtMs: nowMs + limits.openingGuardMs + 1 })], {
      beginRebuild: async () => {
        await late.clock.sleep(1);
        return 'started';
      },
    });
    const changed = draftOf({ opensAtMs: nowMs + limits.openingGuardMs + 1, items: [itemOf({ capacity: 3 })] });
    expect(await late.put(changed)).toMatchObject({ kind: 'capacity-in-use', capacity: 10 });
    expect(late.calls.argsOf('publish')[0]?.[3]).toEqual({ shirt: 10 });
    expect(late.clock.nowMs()).toBeGreaterThanOrEqual(nowMs + limits.takeMs);
    expect(late.catalog.stored.get('drop')?.version).toBe(1);
  });

  test('that loses every time gives up after 5 tries', async () => {
    const { put, catalog } = system([saleOf(future)]);
    catalog.beforeWrite = (sale) => void catalog.stored.set('drop', saleOf({ ...future, version: sale.version }));
    await expect(put(draftOf(future))).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'catalog' });
    expect(catalog.effects.filter((effect) => effect === 'conflict')).toHaveLength(5);
  });
});

describe('changing a sale that has not opened, whose stock is in use', () => {
  const inUse = saleOf({ ...future, stockInUse: true });

  test('may change what only an opened sale may not, more units included; the gate is raised, never emptied', async () => {
    const { put, catalog, calls } = system([inUse]);
    const items = [itemOf({ capacity: 12, name: 'X' })];
    const draft = draftOf({ opensAtMs: nowMs + 90_000, currency: 'USD', items });
    expect(await put(draft)).toMatchObject({ kind: 'replaced', sale: { ...draft, items, stockInUse: true } });
    expect(calls.argsOf('beginRebuild')[0]?.[3]).toEqual({ remake: false, lanes: 1, gateVersion: 1 });
    expect(calls.argsOf('setCapacity')).toEqual([[gateOf(), 'shirt', 12]]);
    expect(catalog.stored.get('drop')?.stockInUse).toBe(true);
  });

  test('may not be cut anew', async () => {
    const { put, calls } = system([inUse]);
    expect(await put(draftOf({ ...future, lanes: 2 }))).toEqual({ kind: 'sale-already-opened', members: ['lanes'] });
    expect(calls.calls).toEqual([]);
  });

  test.each<[string, Partial<Sale>]>([
    ['9 units of 10', { items: [itemOf({ capacity: 9 })] }],
    ['an item gone', { items: [itemOf({ sku: 'cap' })] }],
  ])('may not have less: %s', async (_, changes) => {
    const { put, calls } = system([inUse]);
    expect(await put(draftOf({ ...future, ...changes }))).toEqual({ kind: 'capacity-in-use', sku: 'shirt', capacity: 10 });
    expect(calls.calls).toEqual([]);
  });

  test('a put that began before the first operation makes the gate it had emptied as the sale is, claims included, then is refused', async () => {
    const { put, catalog, calls, ledger } = system([saleOf(future)]);
    ledger.put(heldOrder({ customerId: '', units: [3], changes: { state: 'withdrawn' } }));
    catalog.beforeWrite = () => {
      catalog.beforeWrite = () => {};
      catalog.stored.set('drop', { ...inUse, version: 2 });
    };
    const draft = draftOf({ ...future, lanes: 3, items: [itemOf({ capacity: 2 })] });
    expect(await put(draft)).toEqual({ kind: 'sale-already-opened', members: ['lanes'] });
    expect(calls.methods()).toEqual(['beginRebuild', 'beginRebuild', ...Array<string>(4).fill('renew'), 'load', 'publish']);
    expect(calls.argsOf('beginRebuild').map(([, , , options]) => options)).toEqual([
      { remake: true, lanes: 3, gateVersion: 2 },
      { remake: false, lanes: 1, gateVersion: 1 },
    ]);
    expect(calls.argsOf('publish')).toEqual([[gateOf(), 'token', 1, { shirt: 10 }]]);
  });
});

describe('changing a sale that has opened', () => {
  const opened = saleOf();

  test.each<[string, Partial<Sale>]>([
    ['name', { name: 'Other' }],
    ['closesAt', { closesAtMs: nowMs + 1 }],
    ['customerLimit', { customerLimit: 3 }],
    ['admitPerSecond and maxActive', { waitingRoom: { ...opened.waitingRoom, admitPerSecond: 9, maxActive: 9 } }],
    ['new items', { items: [itemOf(), itemOf({ sku: 'cap' })] }],
    ['a higher capacity', { items: [itemOf({ capacity: 11 })] }],
  ])('%s may change: ledger first, then the gate’s capacities', async (_, changes) => {
    const { put, catalog, calls } = system([opened]);
    const draft = draftOf(changes);
    expect(await put(draft)).toEqual({ kind: 'replaced', sale: { ...saleOf(changes), version: 2 } });
    expect(catalog.effects).toEqual(['read drop', 'write v2']);
    expect(calls.methods()).toEqual([...draft.items.map(() => 'setCapacity'), 'beginRebuild']);
    expect(calls.argsOf('setCapacity')).toEqual(draft.items.map(({ sku, capacity }) => [gateOf(), sku, capacity]));
    expect(calls.argsOf('beginRebuild')[0]?.[3]).toEqual({ remake: false, lanes: 1, gateVersion: 1 });
  });

  test.each<[string, Partial<Sale>, readonly string[]]>([
    ['currency', { currency: 'USD' }, ['currency']],
    ['holdSeconds', { holdSeconds: 601 }, ['holdSeconds']],
    ['lanes', { lanes: 2 }, ['lanes']],
    ['opensAt', { opensAtMs: opened.opensAtMs + 1 }, ['opensAtMs']],
    ['waitingRoom.enabled', { waitingRoom: { ...opened.waitingRoom, enabled: true } }, ['waitingRoom.enabled']],
    ['admissionSeconds', { waitingRoom: { ...opened.waitingRoom, admissionSeconds: 30 } }, ['waitingRoom.admissionSeconds']],
    ['an item gone', { items: [itemOf({ sku: 'cap' })] }, ['items.shirt']],
    ['an item’s name', { items: [itemOf({ name: 'X' })] }, ['items.shirt.name']],
    ['a price', { items: [itemOf({ unitPriceMinor: 1 })] }, ['items.shirt.unitPriceMinor']],
    ['an order limit', { items: [itemOf({ orderLimit: 1 })] }, ['items.shirt.orderLimit']],
    [
      'two at once, before a lower capacity',
      { currency: 'USD', items: [itemOf({ capacity: 1, name: 'X' })] },
      ['currency', 'items.shirt.name'],
    ],
  ])('%s may not', async (_, changes, members) => {
    const { put, catalog, calls } = system([opened]);
    expect(await put(draftOf(changes))).toEqual({ kind: 'sale-already-opened', members });
    expect(catalog.effects).toEqual(['read drop']);
    expect(calls.calls).toEqual([]);
  });

  test('remembers the highest customer limit it ever had: 3, then 5, then 2', async () => {
    const { put, catalog } = system([opened]);
    for (const [customerLimit, highest] of [
      [3, 3],
      [5, 5],
      [2, 5],
    ] as const) {
      await put(draftOf({ customerLimit }));
      expect(catalog.stored.get('drop')).toMatchObject({ customerLimit, highestCustomerLimit: highest });
    }
  });

  test('a lower capacity may not: 9 of 10', async () => {
    const { put } = system([opened]);
    expect(await put(draftOf({ items: [itemOf({ capacity: 9 })] }))).toEqual({ kind: 'capacity-in-use', sku: 'shirt', capacity: 10 });
  });

  test('that is overtaken is judged again by the newer one', async () => {
    const { put, catalog } = system([opened]);
    catalog.beforeWrite = () => {
      catalog.beforeWrite = () => {};
      catalog.stored.set('drop', saleOf({ version: 2, items: [itemOf({ capacity: 20 })] }));
    };
    expect(await put(draftOf({ items: [itemOf({ capacity: 15 })] }))).toEqual({ kind: 'capacity-in-use', sku: 'shirt', capacity: 20 });
  });

  test('that died before the gate was told is finished by the same put', async () => {
    let lives = false;
    const { put, calls } = system([opened], { setCapacity: () => (lives ? done() : Promise.reject(new UnavailableError('gate', 'died'))) });
    const draft = draftOf({ items: [itemOf({ capacity: 30 })] });
    await expect(put(draft)).rejects.toThrow(UnavailableError);
    lives = true;
    expect((await put(draft)).kind).toBe('replaced');
    expect(calls.argsOf('setCapacity').at(-1)).toEqual([gateOf(), 'shirt', 30]);
  });

  test.each(['paused', 'closed'] as const)('a sale that is %s stays so, whatever end is put', async (halt) => {
    const { put, catalog } = system([saleOf({ halt })]);
    expect(await put(draftOf({ closesAtMs: nowMs + 1 }))).toMatchObject({ kind: 'replaced' });
    expect(catalog.stored.get('drop')?.halt).toBe(halt);
  });

  test('counts as opened from 7 s before the time, and stays so after the end', () => {
    expect(limits.openingGuardMs).toBe(7000);
    expect(hasOpened(saleOf({ opensAtMs: nowMs + 7001 }), nowMs)).toBe(false);
    expect(hasOpened(saleOf({ opensAtMs: nowMs + 7000 }), nowMs)).toBe(true);
    expect(hasOpened(saleOf({ opensAtMs: nowMs - 2, closesAtMs: nowMs - 1 }), nowMs)).toBe(true);
  });
});

describe('the seats of a sale', () => {
  const rows = ['A1', 'A2', 'B1'];
  const more = [...rows, 'B2'];
  const put = (seats?: readonly string[], capacity?: number): ItemDraft => {
    const { capacity: _, ...terms } = itemOf({ sku: 'stalls' });
    return { ...terms, seating: 'assigned', ...(seats ? { seats } : {}), ...(capacity === undefined ? {} : { capacity }) };
  };
  const draft = (item: ItemDraft, changes: Partial<Sale> = {}): SaleDraft => ({ ...draftOf(changes), items: [item] });
  const storedWith = (changes: Partial<Sale> = {}) => saleOf({ ...changes, items: [seatedItem(rows)] });
  const maps = () => new InMemorySeatMaps([seatedItem(rows), rows]);

  test('are written before the sale that names them, and are its capacity', async () => {
    const { put: call, catalog, seatMaps, calls } = system([]);
    catalog.beforeWrite = () => expect(seatMaps.effects).toEqual(['write stalls v1']);
    expect(await call(draft(put(rows)))).toEqual({ kind: 'created', sale: saleOf({ items: [seatedItem(rows)] }) });
    expect(calls.argsOf('publish')[0]?.[3]).toEqual({ stalls: 3 });
  });

  test('that are the stored ones, or are not said, stay as they are: nothing is written', async () => {
    for (const item of [put(), put(undefined, 3), put(rows), put(rows, 3)]) {
      const { put: call, catalog, seatMaps } = system([storedWith()], {}, maps());
      expect(await call(draft(item, { name: 'Other' }))).toMatchObject({ kind: 'replaced' });
      expect(catalog.stored.get('drop')).toMatchObject({ version: 2, name: 'Other', items: [seatedItem(rows)] });
      expect(seatMaps.effects).toEqual(['prune v1']);
    }
  });

  test('may all change before the sale opens; the old ones stay for one version, for those who have just read it', async () => {
    const { put: call, catalog, seatMaps } = system([storedWith(future)], {}, maps());
    expect(await call(draft(put(['X']), future))).toMatchObject({ kind: 'replaced' });
    expect(catalog.stored.get('drop')?.items).toEqual([seatedItem(['X'], 'stalls', 2)]);
    expect([...seatMaps.stored.values()]).toEqual([rows, ['X']]);
    await call(draft(put(), future));
    expect([...seatMaps.stored.values()]).toEqual([['X']]);
  });

  test('may only be added to once it has opened: ledger first, then the gate', async () => {
    const { put: call, catalog, calls, seatMaps } = system([storedWith()], {}, maps());
    expect(await call(draft(put(more)))).toMatchObject({ kind: 'replaced' });
    expect(catalog.stored.get('drop')?.items).toEqual([seatedItem(more, 'stalls', 2)]);
    expect(seatMaps.effects).toEqual(['read stalls', 'prune v1', 'write stalls v2']);
    expect(calls.argsOf('setCapacity')).toEqual([[gateOf(), 'stalls', 4]]);
  });

  test.each<[string, readonly Sale[], ItemDraft, object]>([
    ['renamed', [storedWith()], put(['A1', 'A3', 'B1']), { kind: 'sale-already-opened', members: ['items.stalls.seats'] }],
    ['moved', [storedWith()], put(['A2', 'A1', 'B1', 'B2']), { kind: 'sale-already-opened', members: ['items.stalls.seats'] }],
    [
      'moved before the opening, with stock in use',
      [storedWith({ ...future, stockInUse: true })],
      put(['A2', 'A1', 'B1', 'B2']),
      { kind: 'sale-already-opened', members: ['items.stalls.seats'] },
    ],
    ['removed from the end', [storedWith()], put(['A1', 'A2']), { kind: 'capacity-in-use', sku: 'stalls', capacity: 3 }],
    ['removed from the front', [storedWith()], put(['A2', 'B1']), { kind: 'sale-already-opened', members: ['items.stalls.seats'] }],
    [
      'given up for general seating',
      [storedWith()],
      { ...itemOf({ sku: 'stalls', capacity: 3 }), seating: 'general' },
      { kind: 'sale-already-opened', members: ['items.stalls.seating'] },
    ],
    [
      'put in place of general seating',
      [saleOf({ items: [itemOf({ sku: 'stalls', capacity: 3 })] })],
      put(rows),
      { kind: 'sale-already-opened', members: ['items.stalls.seating'] },
    ],
  ])('may not be %s once it has opened, and nothing is written', async (_, stored, item, refusal) => {
    const { put: call, catalog, calls, seatMaps } = system(stored, {}, maps());
    expect(await call(draft(item))).toEqual(refusal);
    expect([catalog.stored.get('drop'), calls.calls]).toEqual([stored[0], []]);
    expect([...seatMaps.stored.values()]).toEqual([rows]);
  });

  test('are needed where there are none, and must be as many as is said', async () => {
    expect(await system([]).put(draft(put()))).toEqual({ kind: 'seats-missing', item: 0 });
    expect(await system([saleOf(future)]).put(draft(put(), future))).toEqual({ kind: 'seats-missing', item: 0 });
    const kept = await system([storedWith()], {}, maps()).put(draft(put(undefined, 4)));
    expect(kept).toEqual({ kind: 'seats-miscounted', item: 0, seats: 3 });
  });

  test('left by a put that died before its sale are named by nobody, and gone one version later', async () => {
    const { put: call, catalog, seatMaps } = system([storedWith(future)], {}, maps());
    catalog.write = () => Promise.reject(new UnavailableError('catalog', 'died'));
    await expect(call(draft(put(['dead']), future))).rejects.toThrow('died');
    const { put: again, catalog: alive } = system([storedWith(future)], {}, seatMaps);
    await again(draft(put(more), future));
    expect(alive.stored.get('drop')?.items).toEqual([seatedItem(more, 'stalls', 2)]);
    expect([...seatMaps.stored.values()]).toEqual([rows, ['dead'], more]);
    await again(draft(put(), future));
    expect([...seatMaps.stored.values()]).toEqual([more]);
  });

  test('of a put that is overtaken are written anew under the next version; those of the winner stay', async () => {
    const { put: call, catalog, seatMaps } = system([storedWith(future)], {}, maps());
    catalog.beforeWrite = () => {
      catalog.beforeWrite = () => {};
      const winner = seatedItem(['W'], 'stalls', 2);
      seatMaps.stored.set(`stalls ${winner.seatMap}`, ['W']);
      catalog.stored.set('drop', { ...storedWith(future), version: 2, items: [winner] });
    };
    expect(await call(draft(put(more), future))).toMatchObject({ kind: 'replaced', sale: { version: 3 } });
    expect(catalog.stored.get('drop')?.items).toEqual([seatedItem(more, 'stalls', 3)]);
    expect([...seatMaps.stored.values()]).toEqual([['W'], more]);
  });

  test('that take so long to write that the sale opens meanwhile leave its gate alone, and are judged as a change of an open sale', async () => {
    const { put: call, calls, clock, seatMaps } = system([storedWith(future)], {}, maps());
    seatMaps.beforeWrite = () => clock.advance(60_000);
    expect(await call(draft(put(['X', 'Y', 'Z']), future))).toEqual({ kind: 'sale-already-opened', members: ['items.stalls.seats'] });
    expect(calls.calls).toEqual([]);
  });
});
