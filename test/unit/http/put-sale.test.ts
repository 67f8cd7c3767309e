import { limits } from '../../../lambdas/contracts/limits.ts';
import { describe, expect, test } from '@jest/globals';
import type { Expected, PutSaleOutcome, SaleDraft } from '../../../lambdas/domain/sales/put-sale.ts';
import { putSale } from '../../../lambdas/http/put-sale.ts';
import { nowMs, saleOf } from '../../support/builders.ts';
import { answerOf, pointersOf, type RequestWish } from '../../support/builders-request.ts';
import { ManualClock } from '../../support/fakes-clock.ts';
import { seatedItem } from '../../support/fakes-seats.ts';

const item = { sku: 'shirt', name: 'Shirt', unitPrice: 4999, capacity: 10, orderLimit: 4, seating: 'general' };
const body = {
  name: 'Drop',
  opensAt: '2026-11-22T09:00:00Z',
  closesAt: '2026-11-22T11:00:00.000Z',
  currency: 'EUR',
  holdSeconds: 600,
  customerLimit: 0,
  items: [item],
};

async function call(wish: RequestWish = {}, outcome: PutSaleOutcome = { kind: 'created', sale: saleOf() }) {
  const puts: [SaleDraft, Expected][] = [];
  const put = (draft: SaleDraft, expected: Expected) => {
    puts.push([draft, expected]);
    return Promise.resolve(outcome);
  };
  const response = await answerOf(putSale({ put, clock: new ManualClock() }), { body, caller: { kind: 'operator' }, ...wish });
  return { response, puts };
}

describe('PUT a sale', () => {
  test('hands the draft to the domain, with what is usual where nothing is said', async () => {
    const { response, puts } = await call();
    const { version: _, gateVersion: ______, tag: __, highestCustomerLimit: ___, halt: ____, stockInUse: _____, ...draft } = saleOf();
    expect(puts).toEqual([[{ ...draft, items: draft.items.map((one) => ({ ...one, seating: 'general' })) }, 'any']]);
    expect(response).toEqual({
      status: 201,
      headers: { etag: '"v1"', location: '/v1/sales/drop' },
      body: {
        ...body,
        saleId: 'drop',
        state: 'open',
        opensAt: '2026-11-22T09:00:00.000Z',
        lanes: 1,
        waitingRoom: { enabled: false, admitPerSecond: 50, maxActive: 10_000, admissionSeconds: 600 },
      },
    });
  });

  test('hands seats on as they were named, and does not answer them back: a list of their own has them', async () => {
    const stored = saleOf({ items: [seatedItem(['B', 'A'], 'shirt')] });
    const { response, puts } = await call({ body: { ...body, items: [seated(['B', 'A'])] } }, { kind: 'created', sale: stored });
    const terms = { sku: 'shirt', name: 'Shirt', unitPriceMinor: 4999, orderLimit: 4, seating: 'assigned' };
    expect(puts[0]?.[0].items).toEqual([{ ...terms, seats: ['B', 'A'] }]);
    expect('status' in response && response.body).toMatchObject({ items: [{ ...item, capacity: 2, seating: 'assigned' }] });
    const kept = await call({ body: { ...body, items: [{ ...item, seating: 'assigned' }] } });
    expect(kept.puts[0]?.[0].items).toEqual([{ ...terms, capacity: 10 }]);
  });

  test('keeps what is said of the waiting room, and answers 200 with the new version where it replaced', async () => {
    const waitingRoom = { enabled: false, admitPerSecond: 1, maxActive: 2, admissionSeconds: 30 };
    const { response, puts } = await call({ body: { ...body, waitingRoom, lanes: 1 } }, { kind: 'replaced', sale: saleOf({ version: 7 }) });
    expect(puts[0]?.[0].waitingRoom).toEqual(waitingRoom);
    expect(response).toMatchObject({ status: 200, headers: { etag: '"v7"' } });
  });

  test.each<[PutSaleOutcome, object]>([
    [
      { kind: 'precondition-failed', version: 3 },
      { problem: 'precondition-failed', headers: { etag: '"v3"' } },
    ],
    [{ kind: 'precondition-failed' }, { problem: 'precondition-failed', headers: {} }],
    [
      { kind: 'sale-already-opened', members: ['currency', 'lanes'] },
      { problem: 'sale-already-opened', members: { members: ['currency', 'lanes'] } },
    ],
    [
      { kind: 'sale-already-opened', members: ['opensAtMs', 'waitingRoom.enabled', 'items.shirt.unitPriceMinor', 'items.cap'] },
      {
        problem: 'sale-already-opened',
        detail: 'these may not change any more: opensAt, waitingRoom.enabled, items.shirt.unitPrice, items.cap',
        members: { members: ['opensAt', 'waitingRoom.enabled', 'items.shirt.unitPrice', 'items.cap'] },
      },
    ],
    [
      { kind: 'capacity-in-use', sku: 'shirt', capacity: 10 },
      { problem: 'capacity-in-use', members: { sku: 'shirt', capacity: 10 } },
    ],
    [
      { kind: 'seats-missing', item: 3 },
      { problem: 'invalid-request', members: { errors: [{ pointer: '/items/3/seats', message: expect.any(String) }] } },
    ],
    [
      { kind: 'seats-miscounted', item: 2, seats: 7 },
      { problem: 'invalid-request', members: { errors: [{ pointer: '/items/2/capacity', message: 'the item has 7 seats' }] } },
    ],
  ])('%j is the problem that api.md names', async (outcome, expected) => {
    expect((await call({}, outcome)).response).toMatchObject(expected);
  });
});

describe('what must hold of the stored sale', () => {
  test.each<[Record<string, string>, Expected]>([
    [{}, 'any'],
    [{ 'if-match': '*' }, 'present'],
    [{ 'if-match': '"v12"' }, { version: 12 }],
    [{ 'if-match': ' "v12" ' }, { version: 12 }],
    [{ 'if-match': 'W/"v12"' }, { version: 0 }],
    [{ 'if-match': 'v12' }, { version: 0 }],
    [{ 'if-match': '"something"' }, { version: 0 }],
    [{ 'if-none-match': '*' }, 'absent'],
    [{ 'if-none-match': '*', 'if-match': '"v1"' }, 'absent'],
  ])('%j means %j', async (headers, expected) => {
    expect((await call({ headers })).puts[0]?.[1]).toEqual(expected);
  });

  test('If-None-Match with an ETag is refused', async () => {
    const { response, puts } = await call({ headers: { 'if-none-match': '"v1"' } });
    expect(pointersOf(response)).toEqual(['#header/If-None-Match']);
    expect(puts).toEqual([]);
  });
});

const labels = (count: number) => Array.from({ length: count }, (_, index) => `R${index}`);
const seated = (seats: readonly string[]) => ({ ...item, capacity: undefined, seating: 'assigned', seats });
const items = (count: number) => Array.from({ length: count }, (_, index) => ({ ...item, sku: `s${index}` }));
const room = (changes: object) => ({ waitingRoom: { enabled: false, ...changes } });

describe('the body, at its bounds', () => {
  test.each<[string, object]>([
    ['a name of 1 character', { name: 'D' }],
    ['a name of 200 characters', { name: 'D'.repeat(200) }],
    ['an end 1 ms after the opening', { opensAt: '2026-11-22T10:00:00.000Z', closesAt: '2026-11-22T10:00:00.001Z' }],
    ['the 29th of February 2028', { opensAt: '2026-02-28T00:00:00Z', closesAt: '2028-02-29T23:59:59.9Z' }],
    ['30 s of hold', { holdSeconds: 30 }],
    ['86,400 s of hold', { holdSeconds: 86_400 }],
    ['a limit of 10,000,000', { customerLimit: 10_000_000 }],
    ['1 item', { items: items(1) }],
    ['100 items', { items: items(100) }],
    ['1 seat', { items: [seated(['A'])] }],
    ['2,000 seats', { items: [seated(labels(2000))] }],
    ['seats and their number', { items: [{ ...seated(['A1', 'A2']), capacity: 2 }] }],
    ['assigned seating without seats', { items: [{ ...item, seating: 'assigned' }] }],
    [
      'seats of 40 characters, of other scripts, with signs',
      { items: [seated(['s'.repeat(40), 'Loge Süd 3', '座席-１', 'R1/"7"', '♿ 4'])] },
    ],
    ['a price of 0', { items: [{ ...item, unitPrice: 0 }] }],
    ['a price of 1,000,000,000', { items: [{ ...item, unitPrice: 1_000_000_000 }] }],
    ['1 unit', { items: [{ ...item, capacity: 1 }] }],
    ['10,000,000 units', { items: [{ ...item, capacity: 10_000_000 }] }],
    ['an order limit of 1', { items: [{ ...item, orderLimit: 1 }] }],
    ['an order limit of 50', { items: [{ ...item, orderLimit: 50 }] }],
    ['an item name of 200 characters', { items: [{ ...item, name: 'S'.repeat(200) }] }],
    ['the least admission', room({ admitPerSecond: 1, maxActive: 1, admissionSeconds: 30 })],
    ['the most admission', room({ admitPerSecond: 100_000, maxActive: 10_000_000, admissionSeconds: 86_400 })],
  ])('%s is taken', async (_, changes) => {
    expect((await call({ body: { ...body, ...changes } })).response).toMatchObject({ status: 201 });
  });

  test.each<[string, object, string[]]>([
    ['an empty name', { name: '' }, ['/name']],
    ['a name of 201 characters', { name: 'D'.repeat(201) }, ['/name']],
    ['no opening', { opensAt: undefined }, ['/opensAt']],
    ['a time without zone', { opensAt: '2026-11-22T10:00:00' }, ['/opensAt']],
    ['a time with an offset', { opensAt: '2026-11-22T10:00:00+01:00' }, ['/opensAt']],
    ['the 30th of February', { opensAt: '2026-02-30T00:00:00Z' }, ['/opensAt']],
    ['an hour 24', { opensAt: '2026-11-21T24:00:00Z' }, ['/opensAt']],
    ['a month 13', { opensAt: '2026-13-01T00:00:00Z' }, ['/opensAt']],
    ['an end at the opening', { closesAt: '2026-11-22T09:00:00.000Z' }, ['/closesAt']],
    ['a currency in small letters', { currency: 'eur' }, ['/currency']],
    ['a currency of 4 letters', { currency: 'EURO' }, ['/currency']],
    ['29 s of hold', { holdSeconds: 29 }, ['/holdSeconds']],
    ['86,401 s of hold', { holdSeconds: 86_401 }, ['/holdSeconds']],
    ['30.5 s of hold', { holdSeconds: 30.5 }, ['/holdSeconds']],
    ['a limit of −1', { customerLimit: -1 }, ['/customerLimit']],
    ['a limit of 10,000,001', { customerLimit: 10_000_001 }, ['/customerLimit']],
    ['17 lanes', { lanes: limits.lanesPerSale + 1 }, ['/lanes']],
    ['no lane', { lanes: 0 }, ['/lanes']],
    ['a waiting room, which is not there yet', { waitingRoom: { enabled: true } }, ['/waitingRoom/enabled']],
    [
      'admission below its bounds',
      room({ admitPerSecond: 0, maxActive: 0, admissionSeconds: 29 }),
      ['admitPerSecond', 'maxActive', 'admissionSeconds'].map((name) => `/waitingRoom/${name}`),
    ],
    [
      'admission beyond its bounds',
      room({ admitPerSecond: 100_001, maxActive: 10_000_001, admissionSeconds: 86_401 }),
      ['admitPerSecond', 'maxActive', 'admissionSeconds'].map((name) => `/waitingRoom/${name}`),
    ],
    ['no items', { items: [] }, ['/items']],
    ['101 items', { items: items(101) }, ['/items']],
    ['a sku twice', { items: [item, item] }, ['/items/1']],
    ['an empty item name', { items: [{ ...item, name: '' }] }, ['/items/0/name']],
    ['an item name of 201 characters', { items: [{ ...item, name: 'S'.repeat(201) }] }, ['/items/0/name']],
    ['a price of −1', { items: [{ ...item, unitPrice: -1 }] }, ['/items/0/unitPrice']],
    ['a price of 1,000,000,001', { items: [{ ...item, unitPrice: 1_000_000_001 }] }, ['/items/0/unitPrice']],
    ['a price with cents', { items: [{ ...item, unitPrice: 49.99 }] }, ['/items/0/unitPrice']],
    ['0 units', { items: [{ ...item, capacity: 0 }] }, ['/items/0/capacity']],
    ['10,000,001 units', { items: [{ ...item, capacity: 10_000_001 }] }, ['/items/0/capacity']],
    ['an order limit of 0', { items: [{ ...item, orderLimit: 0 }] }, ['/items/0/orderLimit']],
    ['an order limit of 51', { items: [{ ...item, orderLimit: 51 }] }, ['/items/0/orderLimit']],
    ['a seating that is none', { items: [{ ...item, seating: 'standing' }] }, ['/items/0/seating']],
    ['general seating without a capacity', { items: [{ ...item, capacity: undefined }] }, ['/items/0/capacity']],
    ['seats of general seating', { items: [{ ...item, capacity: 1, seats: ['A1'] }] }, ['/items/0/seats']],
    ['no seats', { items: [seated([])] }, ['/items/0/seats']],
    ['2,001 seats', { items: [seated(labels(2001))] }, ['/items/0/seats']],
    ['a seat twice', { items: [seated(['A1', 'A2', 'A1'])] }, ['/items/0/seats/2']],
    ['one seat more than the capacity', { items: [{ ...seated(['A1', 'A2']), capacity: 1 }] }, ['/items/0/capacity']],
    ['a seat that is a number', { items: [{ ...seated([]), seats: [1] }] }, ['/items/0/seats/0']],
    ['an empty seat', { items: [seated([''])] }, ['/items/0/seats/0', '/items/0/seats/0']],
    ['a seat of 41 characters', { items: [seated(['s'.repeat(41)])] }, ['/items/0/seats/0']],
    ['a seat with two spaces', { items: [seated(['A  1'])] }, ['/items/0/seats/0']],
    ['a seat that ends in a space', { items: [seated(['A1 '])] }, ['/items/0/seats/0']],
    ['a seat with a line break', { items: [seated(['A\n1'])] }, ['/items/0/seats/0', '/items/0/seats/0']],
    ['a seat with half a surrogate pair', { items: [seated(['A\ud800'])] }, ['/items/0/seats/0']],
    ['a seat with an invisible character', { items: [seated(['A\u200b1'])] }, ['/items/0/seats/0']],
    ['a seat whose ü is two characters', { items: [seated(['Su\u0308d'])] }, ['/items/0/seats/0']],
    ['a member that is not known', { title: 'Drop' }, ['/title']],
    ['a version, which is ours to count', { version: 2 }, ['/version']],
  ])('%s is refused, and names where', async (_, changes, pointers) => {
    const { response, puts } = await call({ body: { ...body, ...changes } });
    expect(pointersOf(response)).toEqual(pointers);
    expect(puts).toEqual([]);
  });

  test('tells of every fault at once', async () => {
    const { response } = await call({ body: { ...body, name: '', holdSeconds: 1, items: [{ ...item, capacity: 0 }] } });
    expect(pointersOf(response)).toEqual(['/name', '/holdSeconds', '/items/0/capacity']);
    expect(response).toMatchObject({ detail: '/name: too small: at least 1 characters (and 2 more)' });
  });

  test.each(['a', 'a'.repeat(63), '0-9'])('the sale id %j is taken', async (saleId) => {
    expect((await call({ params: { saleId } })).puts[0]?.[0].saleId).toBe(saleId);
  });

  test.each(['A', 'a'.repeat(64), '-a', 'a b', 'a/b'])('the sale id %j is refused', async (saleId) => {
    expect(pointersOf((await call({ params: { saleId } })).response)).toEqual(['#path/saleId']);
  });

  test('the state that is answered is that of the moment', async () => {
    const { response } = await call({}, { kind: 'created', sale: saleOf({ opensAtMs: nowMs + 1 }) });
    expect(response).toMatchObject({ body: { state: 'scheduled' } });
  });
});
