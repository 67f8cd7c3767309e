import { describe, expect, test } from '@jest/globals';
import type { ChangeSaleStateOutcome } from '../../../lambdas/domain/sales/change-sale-state.ts';
import { changeSaleState } from '../../../lambdas/http/change-sale-state.ts';
import { saleOf } from '../../support/builders.ts';
import { answerOf, pointersOf, type RequestWish } from '../../support/builders-request.ts';
import { ManualClock } from '../../support/fakes-clock.ts';

async function call(outcome: ChangeSaleStateOutcome, wish: RequestWish = {}) {
  const changed: string[] = [];
  const change = (saleId: string) => {
    changed.push(saleId);
    return Promise.resolve(outcome);
  };
  return { changed, response: await answerOf(changeSaleState({ change, clock: new ManualClock() }), wish) };
}

describe('POST open, pause, resume or close', () => {
  test.each(['changed', 'unchanged'] as const)('%s: 200 with the sale and its ETag', async (kind) => {
    const { response, changed } = await call({ kind, sale: saleOf({ version: 5 }) });
    expect(response).toMatchObject({ status: 200, headers: { etag: '"v5"' }, body: { saleId: 'drop', state: 'open', lanes: 1 } });
    expect(changed).toEqual(['drop']);
  });

  test.each([
    ['scheduled', 'opened or closed'],
    ['open', 'paused or closed'],
    ['paused', 'resumed or closed'],
    ['closed', 'put a closesAt that is ahead'],
  ] as const)('not possible while %s: sale-state, with the state and what leads on: %s', async (state, advice) => {
    const { response } = await call({ kind: 'sale-state', state });
    expect(response).toMatchObject({ problem: 'sale-state', members: { state } });
    expect(response).toMatchObject({ detail: expect.stringContaining(advice) });
  });

  test('no such sale; and none is asked for by a name that no sale can have', async () => {
    expect((await call({ kind: 'sale-not-found' })).response).toMatchObject({ problem: 'sale-not-found' });
    const { response, changed } = await call({ kind: 'sale-not-found' }, { params: { saleId: 'DROP' } });
    expect(response).toMatchObject({ problem: 'sale-not-found' });
    expect(changed).toEqual([]);
  });

  test('takes an empty object, and refuses a member', async () => {
    expect((await call({ kind: 'changed', sale: saleOf() }, { body: {} })).response).toMatchObject({ status: 200 });
    const { response, changed } = await call({ kind: 'changed', sale: saleOf() }, { body: { at: 'now' } });
    expect(pointersOf(response)).toEqual(['/at']);
    expect(changed).toEqual([]);
  });
});
