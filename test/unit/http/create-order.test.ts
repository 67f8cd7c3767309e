import { describe, expect, test } from '@jest/globals';
import { metrics } from '../../../lambdas/contracts/metrics.ts';
import type { AcceptOutcome, OrderIntent } from '../../../lambdas/domain/orders/accept-order.ts';
import { createOrder } from '../../../lambdas/http/create-order.ts';
import { acceptedOrder, heldOrder, nowMs } from '../../support/builders.ts';
import { answerOf, pointersOf, type RequestWish } from '../../support/builders-request.ts';
import { CountingMeter } from '../../support/fakes-meter.ts';

const order = acceptedOrder({ units: [7], changes: { reference: 'r', metadata: { a: '1' } } });
const accepted: AcceptOutcome = { kind: 'accepted', order, replayed: false };
const line = { sku: 'shirt', quantity: 1 };

async function call(wish: RequestWish = {}, outcome: AcceptOutcome = accepted) {
  const intents: OrderIntent[] = [];
  const meter = new CountingMeter();
  const accept = (intent: OrderIntent) => {
    intents.push(intent);
    return Promise.resolve(outcome);
  };
  const response = await answerOf(createOrder({ accept, meter }), {
    headers: { 'idempotency-key': 'k1' },
    body: { lines: [line] },
    ...wish,
  });
  return { response, intents, meter };
}

describe('POST an order', () => {
  test('hands all of it to the domain and answers 202 with the order, its units not shown yet', async () => {
    const body = { lines: [line], reference: 'r', metadata: { a: '1' } };
    const { response, intents, meter } = await call({ body });
    expect(intents).toEqual([{ saleId: 'drop', customerId: 'ann', idempotencyKey: 'k1', ...body }]);
    expect(response).toEqual({
      status: 202,
      headers: { location: `/v1/orders/${order.orderId}` },
      body: {
        orderId: order.orderId,
        saleId: 'drop',
        customerId: 'ann',
        state: 'accepted',
        lines: [{ sku: 'shirt', quantity: 1, units: [], unitPrice: 4999 }],
        total: 4999,
        currency: 'EUR',
        acceptedAt: '2026-11-22T10:00:00.000Z',
        reference: 'r',
        metadata: { a: '1' },
      },
    });
    expect(meter.counts).toEqual({ [metrics.ordersAccepted]: 1 });
  });

  test('says that it is a replay, and shows the units of a held order', async () => {
    const held = heldOrder({ units: [7] });
    const { response, meter } = await call({}, { kind: 'accepted', order: held, replayed: true });
    expect(response).toMatchObject({
      status: 202,
      headers: { 'idempotency-replayed': 'true' },
      body: { state: 'held', lines: [{ units: [7] }], heldAt: '2026-11-22T10:00:00.000Z', holdExpiresAt: '2026-11-22T10:10:00.000Z' },
    });
    expect(meter.counts).toEqual({ [metrics.ordersReplayed]: 1 });
  });

  test('hands seats on, and shows them beside the units of a held order, and before it is held without units', async () => {
    const lines = [{ ...line, quantity: 2, seats: ['B2', 'Loge Süd 3'] }];
    const held = heldOrder({ units: [7, 3] });
    const seated = { ...held, lines: held.lines.map((one) => ({ ...one, seats: ['B2', 'Loge Süd 3'] })) };
    const { response, intents } = await call({ body: { lines } }, { kind: 'accepted', order: seated, replayed: true });
    expect(intents[0]?.lines).toEqual(lines);
    expect(response).toMatchObject({ body: { lines: [{ units: [7, 3], seats: ['B2', 'Loge Süd 3'] }] } });
    const waiting = await call({}, { kind: 'accepted', order: { ...seated, state: 'accepted' }, replayed: false });
    expect(waiting.response).toMatchObject({ body: { lines: [{ units: [], seats: ['B2', 'Loge Süd 3'] }] } });
  });

  test('by an operator is for the customer they name', async () => {
    const { intents } = await call({ caller: { kind: 'operator' }, body: { lines: [line], customerId: 'cu_9' } });
    expect(intents[0]).toEqual({ saleId: 'drop', customerId: 'cu_9', idempotencyKey: 'k1', lines: [line] });
  });

  test('by an operator who names nobody, or a customer who names somebody, is refused', async () => {
    expect(pointersOf((await call({ caller: { kind: 'operator' } })).response)).toEqual(['/customerId']);
    const named = await call({ body: { lines: [line], customerId: 'ann' } });
    expect(pointersOf(named.response)).toEqual(['/customerId']);
    expect(named.intents).toEqual([]);
  });
});

describe('each refusal of the domain is the problem that api.md names', () => {
  test.each<[AcceptOutcome, object]>([
    [
      {
        kind: 'wrong-seats',
        faults: [
          { kind: 'unknown-seat', line: 0, seat: 1 },
          { kind: 'no-seats', line: 1 },
          { kind: 'seats-needed', line: 2 },
        ],
      },
      {
        problem: 'invalid-request',
        members: {
          errors: [
            { pointer: '/lines/0/seats/1', message: 'the item has no such seat' },
            { pointer: '/lines/1/seats', message: 'the item has general seating: it has no seats' },
            { pointer: '/lines/2/seats', message: 'missing: the item has assigned seating' },
          ],
        },
      },
    ],
    [
      {
        kind: 'seat-taken',
        seats: [
          { line: 0, seat: 1, label: 'B2' },
          { line: 2, seat: 0, label: 'A1' },
        ],
      },
      {
        problem: 'seat-taken',
        members: {
          seats: ['B2', 'A1'],
          errors: [
            { pointer: '/lines/0/seats/1', message: 'taken' },
            { pointer: '/lines/2/seats/0', message: 'taken' },
          ],
        },
      },
    ],
    [{ kind: 'sale-not-found' }, { problem: 'sale-not-found' }],
    [
      { kind: 'unknown-sku', lines: [0, 2] },
      {
        problem: 'unknown-sku',
        members: {
          errors: [
            { pointer: '/lines/0/sku', message: 'not in this sale' },
            { pointer: '/lines/2/sku', message: 'not in this sale' },
          ],
        },
      },
    ],
    [
      { kind: 'over-order-limit', line: 1, orderLimit: 4 },
      { problem: 'invalid-request', members: { errors: [{ pointer: '/lines/1/quantity', message: 'too big: at most 4 in one order' }] } },
    ],
    [{ kind: 'idempotency-key-reused' }, { problem: 'idempotency-key-reused' }],
    [
      { kind: 'sale-not-open', state: 'scheduled', opensAtMs: nowMs },
      { problem: 'sale-not-open', members: { state: 'scheduled', opensAt: '2026-11-22T10:00:00.000Z' } },
    ],
    [
      { kind: 'customer-limit', remaining: 1 },
      { problem: 'customer-limit', members: { remaining: 1 } },
    ],
    [
      { kind: 'sold-out', available: { shirt: 0 } },
      { problem: 'sold-out', members: { available: { shirt: 0 } } },
    ],
  ])('%j', async (outcome, expected) => {
    const refused = await call({}, outcome);
    expect(refused.response).toMatchObject(expected);
    if (outcome.kind !== 'over-order-limit') expect(refused.meter.counts).toEqual({ [metrics.ordersRefused]: 1 });
  });

  test('a sale id that no sale can have is not found, and the domain is not asked; what is wrong with the body comes first', async () => {
    for (const saleId of ['Drop', '-drop', 'a/b', 'x'.repeat(64), 'é', '%']) {
      const { response, intents } = await call({ params: { saleId } });
      expect(response).toMatchObject({ problem: 'sale-not-found' });
      expect(intents).toEqual([]);
    }
    expect((await call({ params: { saleId: 'DROP' }, body: {} })).response).toMatchObject({ problem: 'invalid-request' });
  });
});

describe('the Idempotency-Key', () => {
  test.each<[string, string | undefined, string]>([
    ['missing', undefined, 'idempotency-key-required'],
    ['empty', '', 'idempotency-key-required'],
    ['256 characters', 'k'.repeat(256), 'invalid-request'],
    ['a space', 'a b', 'invalid-request'],
    ['not ASCII', 'ké', 'invalid-request'],
  ])('%s is refused', async (_, key, problem) => {
    const { response, intents } = await call({ headers: key === undefined ? {} : { 'idempotency-key': key } });
    expect(response).toMatchObject({ problem });
    if (problem === 'invalid-request') expect(pointersOf(response)).toEqual(['#header/Idempotency-Key']);
    expect(intents).toEqual([]);
  });

  test.each(['k', '~'.repeat(255), '!"#{}'])('%j is taken as it is', async (key) => {
    expect((await call({ headers: { 'idempotency-key': key } })).intents[0]?.idempotencyKey).toBe(key);
  });
});

const lines = (count: number, quantity = 1) => Array.from({ length: count }, (_, index) => ({ sku: `s${index}`, quantity }));
const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
/** Metadata whose JSON has this many bytes: at least 9 pairs of up to 500 characters. */
function metadataOf(bytes: number): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (let index = 0; JSON.stringify(metadata).length < bytes; index += 1) {
    metadata[`k${index}`] = '';
    const room = bytes - JSON.stringify(metadata).length;
    metadata[`k${index}`] = 'v'.repeat(Math.min(room > 500 && room < 520 ? 400 : 500, room));
  }
  return metadata;
}

describe('the body, at its bounds', () => {
  const operator: RequestWish = { caller: { kind: 'operator' } };
  test.each<[string, unknown, RequestWish?]>([
    ['1 line', { lines: lines(1) }],
    ['20 lines', { lines: lines(20) }],
    ['1 unit', { lines: lines(1, 1) }],
    ['50 units in one line', { lines: lines(1, 50) }],
    ['50 units in 10 lines', { lines: lines(10, 5) }],
    ['a sku of 1 character', { lines: [{ sku: 's', quantity: 1 }] }],
    ['a sku of 63 characters', { lines: [{ sku: 's'.repeat(63), quantity: 1 }] }],
    ['a reference of 1 character', { lines: [line], reference: 'r' }],
    ['a reference of 100 characters', { lines: [line], reference: 'r'.repeat(100) }],
    ['no pair', { lines: [line], metadata: {} }],
    ['20 pairs', { lines: [line], metadata: pairs(20) }],
    ['a key of 40 and an empty value', { lines: [line], metadata: { ['k'.repeat(40)]: '' } }],
    ['a value of 500 characters', { lines: [line], metadata: { k: 'v'.repeat(500) } }],
    ['4,096 bytes of metadata', { lines: [line], metadata: metadataOf(4096) }],
    ['a customer of 1 character', { lines: [line], customerId: '!' }, operator],
    ['a customer of 128 characters', { lines: [line], customerId: '~'.repeat(128) }, operator],
    ['an emoji and a control character', { lines: [line], reference: 'a 🎟 \u0000' }],
  ])('%s is taken', async (...[, body, wish]) => {
    const { response, intents } = await call({ ...wish, body });
    expect(response).toMatchObject({ status: 202 });
    expect(intents).toHaveLength(1);
  });

  test.each<[string, unknown, string[], RequestWish?]>([
    ['no body', undefined, ['']],
    ['null', null, ['']],
    ['a list', [], ['']],
    ['a text', 'lines', ['']],
    ['no lines', {}, ['/lines']],
    ['an empty list of lines', { lines: [] }, ['/lines']],
    ['21 lines', { lines: lines(21) }, ['/lines']],
    ['a line that is null', { lines: [null] }, ['/lines/0']],
    ['0 units', { lines: lines(1, 0) }, ['/lines/0/quantity']],
    ['−1 units', { lines: lines(1, -1) }, ['/lines/0/quantity']],
    ['1.5 units', { lines: lines(1, 1.5) }, ['/lines/0/quantity']],
    ['a quantity as text', { lines: [{ sku: 's', quantity: '1' }] }, ['/lines/0/quantity']],
    ['no quantity', { lines: [{ sku: 's' }] }, ['/lines/0/quantity']],
    ['51 units', { lines: lines(1, 51) }, ['/lines/0/quantity', '/lines']],
    ['51 units in 17 lines', { lines: lines(17, 3) }, ['/lines']],
    ['a sku of 64 characters', { lines: [{ sku: 's'.repeat(64), quantity: 1 }] }, ['/lines/0/sku']],
    ['an empty sku', { lines: [{ sku: '', quantity: 1 }] }, ['/lines/0/sku']],
    ['a sku in capitals', { lines: [{ sku: 'Shirt', quantity: 1 }] }, ['/lines/0/sku']],
    ['a sku that begins with a hyphen', { lines: [{ sku: '-s', quantity: 1 }] }, ['/lines/0/sku']],
    ['a sku twice', { lines: [line, { ...line, quantity: 2 }] }, ['/lines/1']],
    ['no seats', { lines: [{ ...line, seats: [] }] }, ['/lines/0/seats', '/lines/0/seats']],
    ['fewer seats than units', { lines: [{ ...line, quantity: 2, seats: ['A1'] }] }, ['/lines/0/seats']],
    ['more seats than units', { lines: [{ ...line, seats: ['A1', 'A2'] }] }, ['/lines/0/seats']],
    ['a seat twice', { lines: [{ ...line, quantity: 2, seats: ['A1', 'A1'] }] }, ['/lines/0/seats/1']],
    ['a seat that is none', { lines: [{ ...line, seats: [' '] }] }, ['/lines/0/seats/0']],
    ['an empty reference', { lines: [line], reference: '' }, ['/reference']],
    ['a reference of 101 characters', { lines: [line], reference: 'r'.repeat(101) }, ['/reference']],
    ['half a surrogate pair', { lines: [line], reference: '\ud800' }, ['/reference']],
    ['U+FFFF, which the queue refuses', { lines: [line], reference: 'a\uffff' }, ['/reference']],
    ['U+FFFE in a value', { lines: [line], metadata: { k: '\ufffe' } }, ['/metadata/k']],
    ['metadata as a list', { lines: [line], metadata: ['a'] }, ['/metadata']],
    ['21 pairs', { lines: [line], metadata: pairs(21) }, ['/metadata']],
    ['an empty key', { lines: [line], metadata: { '': 'v' } }, ['/metadata/']],
    ['a key of 41 characters', { lines: [line], metadata: { ['k'.repeat(41)]: 'v' } }, [`/metadata/${'k'.repeat(41)}`]],
    ['a value of 501 characters', { lines: [line], metadata: { k: 'v'.repeat(501) } }, ['/metadata/k']],
    ['a value that is a number', { lines: [line], metadata: { k: 1 } }, ['/metadata/k']],
    ['4,097 bytes of metadata', { lines: [line], metadata: metadataOf(4097) }, ['/metadata']],
    ['an empty customer', { lines: [line], customerId: '' }, ['/customerId'], operator],
    ['a customer of 129 characters', { lines: [line], customerId: 'c'.repeat(129) }, ['/customerId'], operator],
    ['a customer with a space', { lines: [line], customerId: 'a b' }, ['/customerId'], operator],
    ['a member that is not known', { lines: [line], couponCode: 'X' }, ['/couponCode']],
    [
      'two members of a line that are not known',
      { lines: [{ ...line, color: 'red', 'a/b~c': 1 }] },
      ['/lines/0/color', '/lines/0/a~1b~0c'],
    ],
    ['a member __proto__', JSON.parse('{"lines":[{"sku":"shirt","quantity":1}],"__proto__":{"a":1}}'), ['/__proto__']],
  ])('%s is refused, and names where', async (...[, body, pointers, wish]) => {
    const { response, intents } = await call({ ...wish, body });
    expect(pointersOf(response)).toEqual(pointers);
    expect(intents).toEqual([]);
  });
});
