import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { type OrderState, orderStates } from '../../lambdas/contracts/messages.ts';
import { mayBecome } from '../../lambdas/domain/orders/transitions.ts';
import { type Answer, type Api, inParallel } from './api.ts';
import { type Life, paymentOf } from './order-lives.ts';

/** From the last answer until the books have to be right: the stream follows, what a killed worker left comes back, the sweeper compares. */
const booksWithinMs = 60_000;
const booksPollMs = 500;
const readsAtOnce = 8;

/** A sale whose buyers have all come to the end of their lives. */
export interface LivedSale {
  readonly api: Api;
  readonly saleId: string;
  readonly stock: number;
  readonly lives: readonly Life[];
}

/** How many orders rest in each state. */
export type RestingOrders = Readonly<Record<'confirmed' | 'cancelled' | 'expired', number>>;

/** Nothing lost, nothing sold twice, each order as its owner was last told, and books that say the same and balance. */
export async function expectLivesKept({ api, saleId, stock, lives }: LivedSale): Promise<RestingOrders> {
  const bought = lives.filter(({ orderId }) => orderId !== undefined);
  const orders = await inParallel(
    readsAtOnce,
    bought.map((life) => async () => ({ life, ...(await read(api, `/v1/orders/${life.orderId}`)) })),
  );
  expect(new Set(orders.map(({ body }) => body.orderId)).size).toBe(bought.length);
  for (const { life, status, body } of orders) {
    expect({ life, status, state: body.state }).toEqual({ life, status: 200, state: life.told.at(-1) });
    expect({ life, backwards: stepsBack(life.told) }).toEqual({ life, backwards: [] });
    expect(body.lines[0].units).toHaveLength(body.state === 'confirmed' ? 1 : 0);
    if (body.state === 'confirmed') expect(body.payment).toEqual(paymentOf(life));
    else if (life.intent.startsWith('pays')) expect(body.refunds).toEqual([paymentOf(life)]);
  }

  const inState = (state: OrderState) => orders.filter(({ body }) => body.state === state);
  const units = inState('confirmed').flatMap(({ body }) => body.lines[0].units as number[]);
  expect(new Set(units).size).toBe(units.length);
  expect(units.filter((unit) => unit >= stock)).toEqual([]);

  const [confirmed, cancelled, expired] = [units.length, inState('cancelled').length, inState('expired').length];
  expect(confirmed + cancelled + expired).toBe(bought.length);
  await expectSoon(api, `/v1/admin/sales/${saleId}/report`, {
    orders: { accepted: 0, held: 0, confirmed, cancelled, expired, rejected: 0, withdrawn: 0 },
    items: [{ sku: 'unit', capacity: stock, free: stock - confirmed, held: 0, confirmed, withdrawn: 0 }],
    queue: { deadLetters: 0 },
  });
  await expectSoon(api, `/v1/admin/sales/${saleId}/audit`, {
    ok: true,
    findings: [],
    checked: { orders: bought.length, claims: confirmed },
  });
  return { confirmed, cancelled, expired };
}

/** Pairs of states told one after the other of which the second cannot follow, by any way, on the first. */
function stepsBack(told: readonly OrderState[]): string[] {
  return told.flatMap((to, index) => {
    const from = told[index - 1] ?? to;
    return from === to || mayCome(from, to) ? [] : [`${from} → ${to}`];
  });
}

const mayCome = (from: OrderState, to: OrderState): boolean =>
  orderStates.some((next) => mayBecome(from, next) && (next === to || mayCome(next, to)));

/** The answer of an environment that lives: the one killed last may not be known to be dead yet. */
async function read(api: Api, path: string): Promise<Answer> {
  const endMs = performance.now() + booksWithinMs;
  for (;;) {
    const answer = await api.call('GET', path);
    if (answer.status < 500 || performance.now() > endMs) return answer;
    await sleep(booksPollMs);
  }
}

async function expectSoon(api: Api, path: string, wanted: Readonly<Record<string, unknown>>): Promise<void> {
  const endMs = performance.now() + booksWithinMs;
  for (;;) {
    const { body } = await api.call('GET', path);
    try {
      expect(body).toMatchObject(wanted);
      return;
    } catch (error) {
      if (performance.now() > endMs) throw error;
    }
    await sleep(booksPollMs);
  }
}
