import { expect, test } from '@jest/globals';
import { type Answer, inParallel, item } from '../support/api.ts';
import { describeSystem } from '../support/describe-system.ts';

const buyers = 200;
const atOnce = 50;
const seats = ['A', 'B', 'C', 'D', 'E'].flatMap((row) => Array.from({ length: 8 }, (_, index) => `${row}${index + 1}`));

/** Whole numbers in [0, bound) by a linear congruential generator (Numerical Recipes), so that a run can be told from its seed. */
function randoms(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

/** An item of assigned seating at 30.00. */
function hall(sku: string, labels: readonly string[]): Record<string, unknown> {
  return { sku, name: sku, unitPrice: 3000, orderLimit: 50, seating: 'assigned', seats: labels };
}

describeSystem((api) => {
  /** Every seat of an item, page by page. */
  async function listed(saleId: string, sku: string, limit: number): Promise<{ seat: string; taken: boolean }[]> {
    const found: { seat: string; taken: boolean }[] = [];
    let query = `?limit=${limit}`;
    for (let pages = 0; pages < 50; pages += 1) {
      const { status, body } = await api.call('GET', `/v1/sales/${saleId}/items/${sku}/seats${query}`, { token: null });
      expect(status).toBe(200);
      found.push(...body.seats);
      if (body.nextCursor === undefined) return found;
      query = `?limit=${limit}&cursor=${body.nextCursor}`;
    }
    throw new Error('the list of seats does not end');
  }

  test('40 seats and 200 buyers of random pairs, 50 at once, each sent one to three times: each seat sold once, books clean', async () => {
    expect((await api.sell('hall', { items: [hall('stalls', seats)] })).status).toBe(201);
    expect(await listed('hall', 'stalls', 7)).toEqual(seats.map((seat) => ({ seat, taken: false })));
    const random = randoms(20_261_122);
    const pairs = Array.from({ length: buyers }, () => {
      const first = random(seats.length);
      const second = (first + 1 + random(seats.length - 1)) % seats.length;
      return [seats[first] ?? '', seats[second] ?? ''];
    });
    const body = (buyer: number) => ({ lines: [{ sku: 'stalls', quantity: 2, seats: pairs[buyer] }], customerId: `buyer-${buyer}` });
    const send = (buyer: number) => api.order('hall', `key-${buyer}`, body(buyer));

    /** Every other buyer sends all at once, the rest one after the other. */
    async function buy(buyer: number): Promise<Answer[]> {
      const times = 1 + (buyer % 3);
      if (buyer % 2 === 0) return Promise.all(Array.from({ length: times }, () => send(buyer)));
      const answers: Answer[] = [];
      for (let time = 0; time < times; time += 1) answers.push(await send(buyer));
      return answers;
    }
    const answers = await inParallel(
      atOnce,
      Array.from({ length: buyers }, (_, buyer) => () => buy(buyer)),
    );

    const winners: { buyer: number; order: Answer }[] = [];
    for (const [buyer, sent] of answers.entries()) {
      const accepted = sent.filter(({ status }) => status === 202);
      // Nothing comes back in this sale, so what was refused once stays refused.
      expect([0, sent.length]).toContain(accepted.length);
      if (accepted.length > 0) winners.push({ buyer, order: await api.settled(accepted[0]?.body.orderId) });
      expect(new Set(accepted.map(({ body: { orderId } }) => orderId)).size).toBe(accepted.length > 0 ? 1 : 0);
    }
    const sold = new Map<string, number>();
    for (const { buyer, order } of winners) {
      expect(order.body).toMatchObject({ state: 'held', total: 6000, lines: [{ seats: pairs[buyer] }] });
      expect(order.body.lines[0].units.map((unit: number) => seats[unit])).toEqual(pairs[buyer]);
      for (const seat of pairs[buyer] ?? []) {
        expect(sold.has(seat)).toBe(false);
        sold.set(seat, buyer);
      }
    }
    expect(winners.length).toBeGreaterThan(10);
    for (const [buyer, sent] of answers.entries()) {
      for (const refused of sent.filter(({ status }) => status !== 202)) {
        expect([refused.status, refused.body.code]).toEqual([409, 'seat-taken']);
        const gone = pairs[buyer]?.filter((seat) => refused.body.seats.includes(seat)) ?? [];
        expect(refused.body.seats).toEqual(gone);
        expect(gone.length).toBeGreaterThan(0);
        expect(gone.filter((seat) => !sold.has(seat))).toEqual([]);
      }
    }

    for (const { buyer, order } of winners) {
      const again = await send(buyer);
      expect([again.status, again.headers.get('idempotency-replayed'), again.body]).toEqual([202, 'true', order.body]);
    }
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await listed('hall', 'stalls', 5000)).toEqual(seats.map((seat) => ({ seat, taken: sold.has(seat) })));
    const audit = await api.call('GET', '/v1/admin/sales/hall/audit');
    expect(audit.body).toMatchObject({ ok: true, findings: [], checked: { orders: winners.length, claims: sold.size, units: 40 } });
    const report = await api.call('GET', '/v1/admin/sales/hall/report');
    expect(report.body.items).toMatchObject([{ sku: 'stalls', capacity: 40, held: sold.size, free: 40 - sold.size }]);
  }, 120_000);

  test('several seats and several skus are one order, all or none, and refusals come in their order', async () => {
    const items = [hall('stalls', ['A1', 'A2', 'A3']), hall('boxes', ['A1', 'Loge Süd 3']), item('programme', 2)];
    expect((await api.sell('mixed', { items, customerLimit: 4 })).status).toBe(201);
    const order = (key: string, lines: unknown, customerId = key) => api.order('mixed', key, { lines, customerId });
    const stalls = (...labels: string[]) => ({ sku: 'stalls', quantity: labels.length, seats: labels });
    const boxes = (...labels: string[]) => ({ sku: 'boxes', quantity: labels.length, seats: labels });
    const programme = (quantity: number) => ({ sku: 'programme', quantity });

    const first = await order('first', [stalls('A3', 'A1'), programme(1), boxes('Loge Süd 3')]);
    expect(first.status).toBe(202);
    expect((await api.settled(first.body.orderId)).body.lines).toMatchObject([
      { units: [2, 0], seats: ['A3', 'A1'] },
      { units: [0] },
      { units: [1], seats: ['Loge Süd 3'] },
    ]);

    const taken = await order('second', [boxes('A1'), stalls('A1', 'A2'), programme(2)]);
    expect([taken.status, taken.body.code]).toEqual([409, 'customer-limit']);
    const fewer = await order('second', [boxes('A1'), stalls('A1', 'A2')]);
    expect(fewer.body).toMatchObject({
      status: 409,
      code: 'seat-taken',
      seats: ['A1'],
      errors: [{ pointer: '/lines/1/seats/0', message: 'taken' }],
    });
    expect((await order('third', [stalls('A1'), programme(2)])).body.code).toBe('seat-taken');
    expect((await order('third', [stalls('A2'), programme(2)])).body).toMatchObject({
      code: 'sold-out',
      available: { programme: 1, stalls: 1 },
    });
    expect((await order('third', [stalls('A1'), programme(2)])).body.code).toBe('seat-taken');
    expect((await order('third', [stalls('A2'), programme(1)])).status).toBe(202);

    for (const [lines, pointers] of [
      [[stalls('A2', 'A9')], ['/lines/0/seats/1']],
      [[programme(1), { sku: 'stalls', quantity: 1 }], ['/lines/1/seats']],
      [[{ ...programme(1), seats: ['A1'] }], ['/lines/0/seats']],
      [[{ ...stalls('A2'), quantity: 2 }], ['/lines/0/seats']],
    ] as const) {
      const refused = await order('fourth', lines);
      expect([refused.status, refused.body.errors?.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([400, pointers]);
    }
    const audit = await api.call('GET', '/v1/admin/sales/mixed/audit');
    expect(audit.body).toMatchObject({ ok: true, findings: [] });
  }, 60_000);

  test('seats stay while a sale is put without them, and once it is open may only be added to', async () => {
    const names = (labels: readonly { seat: string }[]) => labels.map(({ seat }) => seat);
    const { seats: _, ...kept } = hall('stalls', []);
    await api.sell('grown', { items: [hall('stalls', ['A1', 'A2'])] });
    const same = (await api.call('GET', '/v1/admin/sales/grown')).body;
    const body = { name: 'Other', opensAt: same.opensAt, closesAt: same.closesAt, currency: 'EUR', holdSeconds: 600, customerLimit: 0 };
    const put = (items: unknown) => api.call('PUT', '/v1/admin/sales/grown', { body: { ...body, items } });

    expect((await put([kept])).body).toMatchObject({ name: 'Other', items: [{ capacity: 2, seating: 'assigned' }] });
    expect((await put([hall('stalls', ['A2', 'A1'])])).body).toMatchObject({
      code: 'sale-already-opened',
      members: ['items.stalls.seats'],
    });
    expect((await put([hall('stalls', ['A1'])])).body).toMatchObject({ code: 'capacity-in-use', sku: 'stalls', capacity: 2 });
    expect((await put([hall('stalls', ['A1', 'A2', 'A3']), hall('boxes', ['B1'])])).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const lines = [
      { sku: 'stalls', quantity: 1, seats: ['A3'] },
      { sku: 'boxes', quantity: 1, seats: ['B1'] },
    ];
    expect((await api.order('grown', 'k', { lines, customerId: 'c' })).status).toBe(202);
    expect(names(await listed('grown', 'stalls', 1))).toEqual(['A1', 'A2', 'A3']);
    expect((await api.call('GET', '/v1/sales/grown/items/none/seats', { token: null })).status).toBe(404);
  }, 60_000);

  test('2,000 seats fit one PUT, and the last of them is sold', async () => {
    const many = Array.from({ length: 2000 }, (_, index) => `Block ${Math.floor(index / 100)} Seat ${index % 100}`);
    expect((await api.sell('arena', { items: [hall('floor', many)] })).status).toBe(201);
    const last = many.slice(-50);
    const order = await api.order('arena', 'k', { lines: [{ sku: 'floor', quantity: 50, seats: last }], customerId: 'c' });
    expect(order.status).toBe(202);
    const settled = await api.settled(order.body.orderId);
    expect(settled.body.lines[0]).toMatchObject({ seats: last, units: Array.from({ length: 50 }, (_, index) => 1950 + index) });
    const page = await listed('arena', 'floor', 5000);
    expect(page.filter(({ taken }) => taken).map(({ seat }) => seat)).toEqual(last);
  }, 60_000);
});
