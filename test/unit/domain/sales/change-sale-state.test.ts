import { describe, expect, test } from '@jest/globals';
import { changeSaleState, type SaleTransition } from '../../../../lambdas/domain/sales/change-sale-state.ts';
import { type Sale, saleState, type SaleState } from '../../../../lambdas/domain/sales/sale.ts';
import type { StockGate } from '../../../../lambdas/domain/stock/ports.ts';
import { nowMs, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';
import { CountingMeter } from '../../../support/fakes-meter.ts';
import { RecordingQueue } from '../../../support/fakes-queue.ts';

function system(sale: Sale | undefined, answers: Partial<StockGate> = {}) {
  const catalog = sale ? new InMemoryCatalog(sale) : new InMemoryCatalog();
  const calls = scriptedGate({ beginRebuild: () => Promise.resolve('ready'), ...answers });
  const parts = { ledger: new InMemoryLedger(), queue: new RecordingQueue(), clock: new ManualClock(), newToken: () => 'token' };
  const deps = { ...parts, meter: new CountingMeter(), catalog, gate: calls.gate, tagOf: () => 'AAA' };
  return { catalog, calls, change: (transition: SaleTransition) => changeSaleState(deps, 'drop', transition) };
}

const scheduled = saleOf({ opensAtMs: nowMs + 60_000 });
const open = saleOf();
const closed = saleOf({ closesAtMs: nowMs });

describe('the state of a sale', () => {
  test.each<[number, number, SaleState]>([
    [nowMs + 1, nowMs + 2, 'scheduled'],
    [nowMs, nowMs + 1, 'open'],
    [nowMs - 1, nowMs, 'closed'],
    [nowMs + 1, nowMs, 'closed'],
  ])('opening at %i and closing at %i is %s by then', (opensAtMs, closesAtMs, state) => {
    expect(saleState({ opensAtMs, closesAtMs }, nowMs)).toBe(state);
  });
});

describe('changing the state of a sale', () => {
  test.each<[string, Sale, SaleTransition, Partial<Sale>]>([
    ['opening a scheduled sale moves its opening to now', scheduled, 'open', { opensAtMs: nowMs }],
    ['closing an open sale moves its end to now', open, 'close', { closesAtMs: nowMs }],
    ['closing a scheduled sale keeps its opening before its end', scheduled, 'close', { closesAtMs: nowMs, opensAtMs: nowMs - 1 }],
  ])('%s', async (_, sale, transition, changes) => {
    const { catalog, change } = system(sale);
    const expected = { ...sale, ...changes, version: 2 };
    expect(await change(transition)).toEqual({ kind: 'changed', sale: expected });
    expect(catalog.stored.get('drop')).toEqual(expected);
    expect(saleState(expected, nowMs)).toBe(transition === 'open' ? 'open' : 'closed');
  });

  test.each<[string, Sale, SaleTransition]>([
    ['opening an open sale', open, 'open'],
    ['closing a closed sale', closed, 'close'],
  ])('%s changes nothing', async (_, sale, transition) => {
    const { catalog, change } = system(sale);
    expect(await change(transition)).toEqual({ kind: 'unchanged', sale });
    expect(catalog.effects).toEqual(['read drop']);
  });

  test('a closed sale is not opened', async () => {
    const { catalog, calls, change } = system(closed);
    expect(await change('open')).toEqual({ kind: 'sale-state', state: 'closed' });
    expect(catalog.effects).toEqual(['read drop']);
    expect(calls.methods()).toEqual(['beginRebuild']);
  });

  test('opening a closed sale makes its lost gate again all the same: its polls, its replays and its audit need it', async () => {
    const { catalog, calls, change } = system(closed, {
      beginRebuild: () => Promise.resolve('started'),
      renew: () => Promise.resolve(true),
      publish: () => Promise.resolve(true),
    });
    expect(await change('open')).toEqual({ kind: 'sale-state', state: 'closed' });
    expect(calls.methods().at(-1)).toBe('publish');
    expect(catalog.stored.get('drop')).toEqual(closed);
  });

  test('a sale that nobody knows is not found', async () => {
    expect(await system(undefined).change('open')).toEqual({ kind: 'sale-not-found' });
  });

  test('opening makes a lost gate again before the sale is written, also when it is open already', async () => {
    for (const sale of [scheduled, open]) {
      const { catalog, calls, change } = system(sale, {
        beginRebuild: () => Promise.resolve('started'),
        renew: () => Promise.resolve(true),
        publish: () => Promise.resolve(catalog.effects.every((effect) => !effect.startsWith('write'))),
      });
      await change('open');
      expect(calls.methods()).toEqual(['beginRebuild', 'renew', 'renew', 'renew', 'renew', 'publish']);
    }
  });

  test('closing leaves the gate alone', async () => {
    const { calls, change } = system(open);
    await change('close');
    expect(calls.calls).toEqual([]);
  });

  test('is judged again when another write came first', async () => {
    const { catalog, change } = system(scheduled);
    catalog.beforeWrite = () => {
      catalog.beforeWrite = () => {};
      catalog.stored.set('drop', saleOf({ version: 2, closesAtMs: nowMs }));
    };
    expect(await change('open')).toEqual({ kind: 'sale-state', state: 'closed' });
  });

  test('gives up after 5 writes that came too late', async () => {
    const { catalog, change } = system(open);
    catalog.beforeWrite = ({ version }) => void catalog.stored.set('drop', saleOf({ version }));
    await expect(change('close')).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'catalog' });
    expect(catalog.effects.filter((effect) => effect === 'conflict')).toHaveLength(5);
  });
});
