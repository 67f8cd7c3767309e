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

describe('POST open or close', () => {
  test.each(['changed', 'unchanged'] as const)('%s: 200 with the sale and its ETag', async (kind) => {
    const { response, changed } = await call({ kind, sale: saleOf({ version: 5 }) });
    expect(response).toMatchObject({ status: 200, headers: { etag: '"v5"' }, body: { saleId: 'drop', state: 'open', lanes: 1 } });
    expect(changed).toEqual(['drop']);
  });

  test('not possible: sale-state, with the state', async () => {
    expect((await call({ kind: 'sale-state', state: 'closed' })).response).toMatchObject({
      problem: 'sale-state',
      members: { state: 'closed' },
    });
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
