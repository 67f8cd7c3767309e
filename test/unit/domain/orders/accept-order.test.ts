import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import { acceptOrder, type OrderIntent } from '../../../../lambdas/domain/orders/accept-order.ts';
import { fingerprintOf } from '../../../../lambdas/domain/orders/fingerprint.ts';
import type { CommitRequest } from '../../../../lambdas/domain/orders/order.ts';
import type { Sale } from '../../../../lambdas/domain/sales/sale.ts';
import type { PeekOutcome, StockGate } from '../../../../lambdas/domain/stock/ports.ts';
import { heldOrder, ids, itemOf, nowMs, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { done, scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';
import { RecordingQueue } from '../../../support/fakes-queue.ts';
import { InMemorySeatMaps, seatedItem } from '../../../support/fakes-seats.ts';
import { LastingSoldOut } from '../../../support/fakes-sold-out.ts';

const intent: OrderIntent = { saleId: 'drop', customerId: 'ann', idempotencyKey: 'k1', lines: [{ sku: 'shirt', quantity: 2 }] };
const orderId = ids.derive('drop', 'ann', 'k1');

/** The gate sets the units aside from 0 on. */
function reserving(request: CommitRequest): CommitRequest {
  const lines = request.order.lines.map((line) => ({ ...line, units: Array.from({ length: line.quantity }, (_, unit) => unit) }));
  return { ...request, order: { ...request.order, lines } };
}

function system(answers: Partial<StockGate>, sale: Sale | undefined = saleOf(), seatMaps = new InMemorySeatMaps()) {
  const gate = scriptedGate(answers);
  const sales = sale ? new InMemoryCatalog(sale) : new InMemoryCatalog();
  const parts = {
    sales,
    seatMaps,
    ledger: new InMemoryLedger(),
    queue: new RecordingQueue(),
    soldOut: new LastingSoldOut(),
    ids,
    clock: new ManualClock(),
  };
  return {
    ...parts,
    calls: gate,
    accept: (wish: Partial<OrderIntent> = {}) => acceptOrder({ ...parts, gate: gate.gate }, { ...intent, ...wish }),
  };
}

const reserve: Partial<StockGate> = { reserve: (request) => Promise.resolve({ kind: 'reserved', request: reserving(request) }) };
const peek = (outcome: PeekOutcome['kind'], customerUnits = 0): Partial<StockGate> => ({
  peek: () => Promise.resolve(outcome === 'unknown' ? { kind: outcome, customerUnits } : { kind: outcome }),
});

describe('a new order', () => {
  test('costs one gate call and one send, and is answered as it was sent', async () => {
    const { accept, calls, queue, ledger } = system(reserve, saleOf({ customerLimit: 6 }));
    const outcome = await accept({ reference: 'r', metadata: { b: '2', a: '1' } });
    expect(outcome).toEqual({
      kind: 'accepted',
      replayed: false,
      order: {
        orderId,
        saleId: 'drop',
        customerId: 'ann',
        fingerprint: fingerprintOf({ lines: intent.lines, reference: 'r', metadata: { a: '1', b: '2' } }),
        state: 'accepted',
        version: 0,
        currency: 'EUR',
        lines: [{ sku: 'shirt', quantity: 2, unitPriceMinor: 4999, units: [0, 1] }],
        acceptedAtMs: nowMs,
        reference: 'r',
        metadata: { b: '2', a: '1' },
      },
    });
    expect(calls.methods()).toEqual(['reserve']);
    expect(calls.argsOf('reserve')[0]?.[1]).toEqual({ knownOnly: false });
    const request = { order: outcome.kind === 'accepted' && outcome.order, customerLimit: 6, holdSeconds: 600, gateVersion: 1 };
    expect(queue.sent).toEqual([{ request, withinMs: limits.takeMs }]);
    expect(ledger.effects).toEqual([]);
  });

  test('carries no reference and no metadata where none were given', async () => {
    const { accept, queue } = system(reserve);
    await accept();
    expect(Object.keys(queue.sent[0]?.request.order ?? {})).not.toEqual(expect.arrayContaining(['reference']));
    expect(Object.keys(queue.sent[0]?.request.order ?? {})).not.toEqual(expect.arrayContaining(['metadata']));
  });

  test('takes the price of each line from its own item', async () => {
    const sale = saleOf({ items: [itemOf(), itemOf({ sku: 'cap', unitPriceMinor: 1500 })] });
    const { accept, queue } = system(reserve, sale);
    const lines = [{ sku: 'cap', quantity: 1 }, ...intent.lines];
    await accept({ lines });
    expect(queue.sent[0]?.request.order.lines.map((line) => [line.sku, line.unitPriceMinor])).toEqual([
      ['cap', 1500],
      ['shirt', 4999],
    ]);
  });
});

describe('what is wrong with a request is answered without any I/O', () => {
  test('an unknown sale', async () => {
    const { accept, calls } = system({});
    expect(await accept({ saleId: 'other' })).toEqual({ kind: 'sale-not-found' });
    expect(calls.calls).toEqual([]);
  });

  test('every unknown sku by its position, before any order limit', async () => {
    const { accept, calls } = system({});
    const lines = [
      { sku: 'nope', quantity: 1 },
      { sku: 'shirt', quantity: 5 },
      { sku: 'none', quantity: 1 },
    ];
    expect(await accept({ lines })).toEqual({ kind: 'unknown-sku', lines: [0, 2] });
    expect(calls.calls).toEqual([]);
  });

  test('4 units are taken where the order limit is 4, and 5 are not', async () => {
    const { accept, calls } = system(reserve);
    expect((await accept({ lines: [{ sku: 'shirt', quantity: 4 }] })).kind).toBe('accepted');
    expect(await accept({ lines: [{ sku: 'shirt', quantity: 5 }] })).toEqual({ kind: 'over-order-limit', line: 0, orderLimit: 4 });
    expect(calls.methods()).toEqual(['reserve']);
  });
});

describe('what the gate says', () => {
  test('pending: the kept request is sent again, and the answer is a replay', async () => {
    const kept = reserving({ order: { ...heldOrder(), state: 'accepted', version: 0 }, customerLimit: 3, holdSeconds: 60, gateVersion: 1 });
    const { accept, queue } = system({ reserve: () => Promise.resolve({ kind: 'pending', request: kept }) });
    expect(await accept()).toEqual({ kind: 'accepted', order: kept.order, replayed: true });
    expect(queue.sent).toEqual([{ request: kept, withinMs: limits.takeMs }]);
  });

  test('replayed: the order as it stands, and nothing is sent', async () => {
    const order = heldOrder();
    const { accept, queue } = system({ reserve: () => Promise.resolve({ kind: 'replayed', order }) });
    expect(await accept()).toEqual({ kind: 'accepted', order, replayed: true });
    expect(queue.sent).toEqual([]);
  });

  test('another fingerprint: the key was used before', async () => {
    const { accept } = system({ reserve: () => Promise.resolve({ kind: 'fingerprint-differs' }) });
    expect(await accept()).toEqual({ kind: 'idempotency-key-reused' });
  });

  test('the limit is passed along with what remains', async () => {
    const { accept, soldOut } = system({ reserve: () => Promise.resolve({ kind: 'customer-limit', remaining: 1 }) });
    expect(await accept()).toEqual({ kind: 'customer-limit', remaining: 1 });
    expect(soldOut.recall('drop')).toBeUndefined();
  });

  test('sold out: refused with what is left, which the near cache learns', async () => {
    const { accept, soldOut, queue } = system({ reserve: () => Promise.resolve({ kind: 'sold-out', available: { shirt: 1 } }) });
    expect(await accept()).toEqual({ kind: 'sold-out', available: { shirt: 1 } });
    expect(soldOut.recall('drop')).toEqual({ shirt: 1 });
    expect(queue.sent).toEqual([]);
  });

  test('busy: 503, come again in 2 s', async () => {
    const { accept } = system({ reserve: () => Promise.resolve({ kind: 'busy' }) });
    await expect(accept()).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'gate', retryAfterSeconds: 2 });
  });

  test('a gate that is away is passed on, and nothing is sent', async () => {
    const { accept, queue } = system({ reserve: () => Promise.reject(new UnavailableError('gate', 'away')) });
    await expect(accept()).rejects.toThrow(UnavailableError);
    expect(queue.sent).toEqual([]);
  });
});

describe('an order known by its claims only is the ledger’s to answer', () => {
  const gate: Partial<StockGate> = { reserve: () => Promise.resolve({ kind: 'ask-ledger' }), apply: done };

  test('equal fingerprint: the gate is told, and the answer is a replay', async () => {
    const { accept, ledger, calls } = system(gate);
    const stored = heldOrder({ changes: { fingerprint: fingerprintOf(intent) } });
    ledger.put(stored);
    expect(await accept()).toEqual({ kind: 'accepted', order: stored, replayed: true });
    expect(calls.argsOf('apply')).toEqual([[stored]]);
  });

  test('different fingerprint: the gate is told, and the key was used before', async () => {
    const { accept, ledger, calls } = system(gate);
    ledger.put(heldOrder());
    expect(await accept()).toEqual({ kind: 'idempotency-key-reused' });
    expect(calls.methods()).toEqual(['reserve', 'apply']);
  });

  test('not in the ledger yet: 503, and nothing is sent', async () => {
    const { accept, queue } = system(gate);
    await expect(accept()).rejects.toMatchObject({ dependency: 'ledger' });
    expect(queue.sent).toEqual([]);
  });
});

describe('a sale that is not open', () => {
  const closed = saleOf({ closesAtMs: nowMs });
  const scheduled = saleOf({ opensAtMs: nowMs + 1 });

  test('refuses a new order after one peek', async () => {
    for (const [sale, state] of [
      [closed, 'closed'],
      [scheduled, 'scheduled'],
    ] as const) {
      const { accept, calls } = system(peek('unknown'), sale);
      expect(await accept()).toEqual({ kind: 'sale-not-open', state, opensAtMs: sale.opensAtMs });
      expect(calls.calls).toEqual([{ method: 'peek', args: ['drop', orderId, ''] }]);
    }
  });

  test('is told as not open also when it is sold out and the customer is at the limit', async () => {
    const { accept, soldOut } = system(peek('unknown', 9), saleOf({ closesAtMs: nowMs, customerLimit: 1 }));
    soldOut.remember('drop', { shirt: 0 });
    expect((await accept()).kind).toBe('sale-not-open');
  });

  test('answers a known order from the script, which may set nothing aside', async () => {
    const order = heldOrder();
    const { accept, calls } = system({ ...peek('known'), reserve: () => Promise.resolve({ kind: 'replayed', order }) }, closed);
    expect(await accept()).toEqual({ kind: 'accepted', order, replayed: true });
    expect(calls.argsOf('reserve')[0]?.[1]).toEqual({ knownOnly: true });
  });

  test('is no answer while the gate is gone: 503, come again in 2 s, for the order may be one it knew', async () => {
    for (const sale of [closed, scheduled]) {
      const { accept, calls } = system(peek('busy'), sale);
      await expect(accept()).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'gate', retryAfterSeconds: 2 });
      expect(calls.methods()).toEqual(['peek']);
    }
  });

  test('is answered by the ledger once its gate is dropped for good: a known order as it stands, a new one refused', async () => {
    const over = saleOf({ closesAtMs: nowMs - limits.gateDropMs });
    const { accept, calls, ledger } = system(peek('busy'), over);
    expect(await accept()).toEqual({ kind: 'sale-not-open', state: 'closed', opensAtMs: over.opensAtMs });
    const order = { ...heldOrder(), fingerprint: fingerprintOf({ lines: intent.lines }) };
    ledger.put(order);
    expect(await accept()).toEqual({ kind: 'accepted', order, replayed: true });
    expect(await accept({ lines: [{ sku: 'shirt', quantity: 1 }] })).toEqual({ kind: 'idempotency-key-reused' });
    expect(calls.methods()).toEqual(['peek', 'peek', 'peek']);

    const { accept: earlier } = system(peek('busy'), { ...over, closesAtMs: over.closesAtMs + 1 });
    await expect(earlier()).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'gate' });
  });

  test('refuses when the order is lost between the peek and the script', async () => {
    const { accept } = system({ ...peek('known'), reserve: () => Promise.resolve({ kind: 'unknown' }) }, closed);
    expect(await accept()).toEqual({ kind: 'sale-not-open', state: 'closed', opensAtMs: closed.opensAtMs });
  });
});

describe('a fresh sold-out answer', () => {
  test('refuses a hopeless order after one peek, with what is left of the skus asked for', async () => {
    const { accept, calls, soldOut } = system(peek('unknown'));
    soldOut.remember('drop', { shirt: 1, cap: 0 });
    expect(await accept()).toEqual({ kind: 'sold-out', available: { shirt: 1 } });
    expect(calls.methods()).toEqual(['peek']);
  });

  test('lets an order try that asks for no more than is left', async () => {
    const { accept, calls, soldOut } = system(reserve);
    soldOut.remember('drop', { shirt: 2 });
    expect((await accept()).kind).toBe('accepted');
    expect(calls.methods()).toEqual(['reserve']);
  });

  test('says nothing about another sku', async () => {
    const { accept, soldOut } = system(reserve);
    soldOut.remember('drop', { cap: 0 });
    expect((await accept()).kind).toBe('accepted');
  });

  test('gives way to a known order', async () => {
    const order = heldOrder();
    const { accept, soldOut } = system({ ...peek('known'), reserve: () => Promise.resolve({ kind: 'replayed', order }) });
    soldOut.remember('drop', { shirt: 0 });
    expect(await accept()).toEqual({ kind: 'accepted', order, replayed: true });
  });

  test('gives way to the customer’s limit: 2 more pass a limit of 3 with 2, and meet one of 4', async () => {
    for (const [customerLimit, expected] of [
      [3, { kind: 'customer-limit', remaining: 1 }],
      [4, { kind: 'sold-out', available: { shirt: 0 } }],
    ] as const) {
      const { accept, soldOut } = system(peek('unknown', 2), saleOf({ customerLimit }));
      soldOut.remember('drop', { shirt: 0 });
      expect(await accept()).toEqual(expected);
    }
  });

  test('is no answer while the gate is gone: 503, come again in 2 s', async () => {
    const { accept, soldOut } = system(peek('busy'), saleOf({ customerLimit: 1 }));
    soldOut.remember('drop', { shirt: 0 });
    await expect(accept()).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'gate', retryAfterSeconds: 2 });
  });

  test('tells no negative remainder where the limit was lowered since', async () => {
    const { accept, soldOut } = system(peek('unknown', 5), saleOf({ customerLimit: 3 }));
    soldOut.remember('drop', { shirt: 0 });
    expect(await accept()).toEqual({ kind: 'customer-limit', remaining: 0 });
  });

  test('is the answer when a known order is lost between the peek and the script', async () => {
    const { accept, soldOut } = system({ ...peek('known'), reserve: () => Promise.resolve({ kind: 'unknown' }) });
    soldOut.remember('drop', { shirt: 0 });
    expect(await accept()).toEqual({ kind: 'sold-out', available: { shirt: 0 } });
  });

  test('that has aged away meanwhile leaves 503', async () => {
    const parts = system({});
    const lossy = scriptedGate({
      ...peek('known'),
      reserve: () => Promise.resolve({ kind: 'unknown' }),
    });
    const recalled = [{ shirt: 0 }, undefined].values();
    const soldOut = { remember: () => {}, recall: () => recalled.next().value };
    await expect(acceptOrder({ ...parts, gate: lossy.gate, soldOut }, intent)).rejects.toMatchObject({ dependency: 'gate' });
  });
});

describe('sending within T_take', () => {
  test('a send that fails is a 503, and nothing is given back', async () => {
    const { accept, queue, calls } = system(reserve);
    queue.refuse = new UnavailableError('queue', 'timed out');
    await expect(accept()).rejects.toBe(queue.refuse);
    expect(calls.methods()).toEqual(['reserve']);
  });

  test('is given the rest of T_take, where a try still fits into it, and not begun 1 ms later', async () => {
    const roomMs = limits.takeMs - limits.queueRequestMs;
    for (const [spentMs, sends] of [
      [roomMs, 1],
      [roomMs + 1, 0],
    ] as const) {
      const slow = system({
        reserve: (request) => {
          slow.clock.advance(spentMs);
          return Promise.resolve({ kind: 'reserved', request: reserving(request) });
        },
      });
      const outcome = slow.accept();
      if (sends === 0) await expect(outcome).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'queue' });
      else expect((await outcome).kind).toBe('accepted');
      expect(slow.queue.sent.map(({ withinMs }) => withinMs)).toEqual(sends === 0 ? [] : [limits.queueRequestMs]);
      expect(slow.calls.methods()).toEqual(['reserve']);
    }
  });
});

describe('an order of seats', () => {
  const stalls = ['A1', 'A2', 'B1', 'B2'];
  const boxes = ['A1', 'Loge Süd 3'];
  const items = [itemOf(), seatedItem(stalls), seatedItem(boxes, 'boxes')];
  const maps = () => new InMemorySeatMaps([seatedItem(stalls), stalls], [seatedItem(boxes, 'boxes'), boxes]);
  const asked = [
    { sku: 'stalls', quantity: 2, seats: ['B2', 'A1'] },
    { sku: 'shirt', quantity: 1 },
    { sku: 'boxes', quantity: 1, seats: ['Loge Süd 3'] },
  ];
  const passing: Partial<StockGate> = { reserve: (request) => Promise.resolve({ kind: 'reserved', request }) };

  test('asks the gate for the units that its labels are, and carries the labels on', async () => {
    const { accept, queue, calls } = system(passing, saleOf({ items }), maps());
    const outcome = await accept({ lines: asked });
    expect(outcome.kind).toBe('accepted');
    const [request] = calls.argsOf('reserve')[0] as [CommitRequest];
    expect(request.order.lines).toEqual([
      { sku: 'stalls', quantity: 2, unitPriceMinor: 4999, units: [3, 0], seats: ['B2', 'A1'] },
      { sku: 'shirt', quantity: 1, unitPriceMinor: 4999, units: [] },
      { sku: 'boxes', quantity: 1, unitPriceMinor: 4999, units: [1], seats: ['Loge Süd 3'] },
    ]);
    expect(request.order.fingerprint).toBe(fingerprintOf({ lines: asked }));
    expect(queue.sent.map((sent) => sent.request)).toEqual([request]);
  });

  test('that names wrong seats is refused with every fault of all its lines, and nothing is set aside', async () => {
    const { accept, calls } = system({}, saleOf({ items }), maps());
    const lines = [
      { sku: 'stalls', quantity: 3, seats: ['C1', 'A1', 'a2'] },
      { sku: 'shirt', quantity: 1, seats: ['A1'] },
      { sku: 'boxes', quantity: 1 },
    ];
    expect(await accept({ lines })).toEqual({
      kind: 'wrong-seats',
      faults: [
        { kind: 'unknown-seat', line: 0, seat: 0 },
        { kind: 'unknown-seat', line: 0, seat: 2 },
        { kind: 'no-seats', line: 1 },
        { kind: 'seats-needed', line: 2 },
      ],
    });
    expect(calls.calls).toEqual([]);
  });

  test('some of which are taken is told which, by line, position and label: of seat A1 in two items the one that is', async () => {
    const units = new Map([
      ['stalls', [0]],
      ['boxes', [1]],
    ]);
    const { accept, queue } = system({ reserve: () => Promise.resolve({ kind: 'seat-taken', units }) }, saleOf({ items }), maps());
    const lines = [
      { sku: 'boxes', quantity: 2, seats: ['A1', 'Loge Süd 3'] },
      { sku: 'stalls', quantity: 2, seats: ['A2', 'A1'] },
    ];
    expect(await accept({ lines })).toEqual({
      kind: 'seat-taken',
      seats: [
        { line: 0, seat: 1, label: 'Loge Süd 3' },
        { line: 1, seat: 1, label: 'A1' },
      ],
    });
    expect(queue.sent).toEqual([]);
  });

  test('beside a sku that is freshly sold out is for the script to judge: a taken seat is told before', async () => {
    const { accept, calls, soldOut } = system(
      { reserve: () => Promise.resolve({ kind: 'seat-taken', units: new Map([['stalls', [3]]]) }) },
      saleOf({ items }),
      maps(),
    );
    soldOut.remember('drop', { shirt: 0, stalls: 0 });
    expect(await accept({ lines: asked })).toEqual({ kind: 'seat-taken', seats: [{ line: 0, seat: 0, label: 'B2' }] });
    expect(calls.methods()).toEqual(['reserve']);
  });

  test('in a sale that is closed costs a peek, like any other', async () => {
    const closed = saleOf({ items, closesAtMs: nowMs });
    const { accept, calls } = system(peek('unknown'), closed, maps());
    expect((await accept({ lines: asked })).kind).toBe('sale-not-open');
    expect(calls.methods()).toEqual(['peek']);
  });

  test('whose seats cannot be read is a 503, and nothing is set aside', async () => {
    const { accept, calls } = system({}, saleOf({ items }), new InMemorySeatMaps());
    await expect(accept({ lines: asked })).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'catalog' });
    expect(calls.calls).toEqual([]);
  });
});
