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
const paused = saleOf({ halt: 'paused' });
const closed = saleOf({ closesAtMs: nowMs, halt: 'closed' });
/** Closed by an operator, and a later end put since. */
const reopenable = saleOf({ halt: 'closed' });
const ended = saleOf({ closesAtMs: nowMs });

describe('the state of a sale', () => {
  test.each<[number, number, Sale['halt'], SaleState]>([
    [nowMs + 1, nowMs + 2, 'none', 'scheduled'],
    [nowMs, nowMs + 1, 'none', 'open'],
    [nowMs - 1, nowMs, 'none', 'closed'],
    [nowMs + 1, nowMs, 'none', 'closed'],
    [nowMs, nowMs + 1, 'paused', 'paused'],
    [nowMs - 1, nowMs, 'paused', 'closed'],
    [nowMs + 1, nowMs + 2, 'paused', 'scheduled'],
    [nowMs, nowMs + 1, 'closed', 'closed'],
  ])('opening at %i, closing at %i, halt %s is %s by then', (opensAtMs, closesAtMs, halt, state) => {
    expect(saleState({ opensAtMs, closesAtMs, halt }, nowMs)).toBe(state);
  });
});

describe('changing the state of a sale', () => {
  test.each<[string, Sale, SaleTransition, Partial<Sale>]>([
    ['opening a scheduled sale moves its opening to now', scheduled, 'open', { opensAtMs: nowMs }],
    ['opening a closed sale whose end is ahead ends its halt', reopenable, 'open', { halt: 'none' }],
    ['pausing an open sale halts it', open, 'pause', { halt: 'paused' }],
    ['resuming a paused sale ends its halt', paused, 'resume', { halt: 'none' }],
    ['closing an open sale moves its end to now and halts it', open, 'close', { closesAtMs: nowMs, halt: 'closed' }],
    ['closing a paused sale too', paused, 'close', { closesAtMs: nowMs, halt: 'closed' }],
    [
      'closing a scheduled sale keeps its opening before its end',
      scheduled,
      'close',
      { closesAtMs: nowMs, opensAtMs: nowMs - 1, halt: 'closed' },
    ],
  ])('%s', async (_, sale, transition, changes) => {
    const { catalog, change } = system(sale);
    const expected = { ...sale, ...changes, version: 2 };
    expect(await change(transition)).toEqual({ kind: 'changed', sale: expected });
    expect(catalog.stored.get('drop')).toEqual(expected);
    const states = { open: 'open', pause: 'paused', resume: 'open', close: 'closed' } as const;
    expect(saleState(expected, nowMs)).toBe(states[transition]);
  });

  test.each<[string, Sale, SaleTransition]>([
    ['opening an open sale', open, 'open'],
    ['resuming an open sale', open, 'resume'],
    ['pausing a paused sale', paused, 'pause'],
    ['closing a closed sale', closed, 'close'],
    ['closing a sale that ended by itself', ended, 'close'],
    ['closing a closed sale whose end is ahead', reopenable, 'close'],
  ])('%s changes nothing', async (_, sale, transition) => {
    const { catalog, change } = system(sale);
    expect(await change(transition)).toEqual({ kind: 'unchanged', sale });
    expect(catalog.effects).toEqual(['read drop']);
  });

  test.each<[SaleState, SaleTransition, Sale]>([
    ['scheduled', 'pause', scheduled],
    ['scheduled', 'resume', scheduled],
    ['paused', 'open', paused],
    ['closed', 'open', closed],
    ['closed', 'open', ended],
    ['closed', 'pause', closed],
    ['closed', 'resume', reopenable],
  ])('a sale that is %s cannot %s', async (state, transition, sale) => {
    const { catalog, calls, change } = system(sale);
    expect(await change(transition)).toEqual({ kind: 'sale-state', state });
    expect(catalog.effects).toEqual(['read drop']);
    // Opening and resuming heal a lost gate whatever comes of them.
    expect(calls.methods()).toEqual(transition === 'pause' ? [] : ['beginRebuild']);
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

  test.each(['pause', 'close'] as const)('%s leaves the gate alone', async (transition) => {
    const { calls, change } = system(open);
    await change(transition);
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
