import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderState } from '../../lambdas/domain/orders/order.ts';
import { assert } from '../../lambdas/domain/kernel/assert.ts';
import { type Answer, type Api, lineOf } from './api.ts';

/** What a buyer means to do with its order. `leaves`: nothing, so that its hold ends. */
export type Intent = 'pays' | 'cancels-at-once' | 'cancels' | 'leaves' | 'pays-late';

/** Dealt out in turn: four of ten units are paid for in time, the others come back to be sold again. */
const intents: readonly Intent[] = [
  'pays',
  'leaves',
  'cancels-at-once',
  'pays',
  'leaves',
  'cancels',
  'pays',
  'pays-late',
  'pays',
  'pays-late',
];

const price = 1500;
/** A call that has no answer but 502 and 503 for so long, or an order that does not get on, is lost. */
const patienceMs = 90_000;
/** Between two looks at an order. */
const lookMs = 700;

/** One buyer's order, and all that its owner was told of it. */
export interface Life {
  readonly customerId: string;
  readonly intent: Intent;
  /** Undefined: refused. */
  orderId: string | undefined;
  /** Its state by each answer, in the order of the answers. */
  readonly told: OrderState[];
}

/** Buyers of one sale, each of whom lives with its order until there is nothing left to do, repeating whatever meets a fault. */
export class OrderLives {
  /** `202`, `409 sold-out`, `502 of the load balancer` → how often. */
  readonly answers: Record<string, number> = {};
  readonly #api: Api;
  readonly #saleId: string;
  readonly #random: () => number;

  /** @param random 0 ≤ x < 1. */
  constructor(api: Api, saleId: string, random: () => number) {
    this.#api = api;
    this.#saleId = saleId;
    this.#random = random;
  }

  /** Lets buyers come evenly over a time. Resolves when each has come to the end of its life. */
  play(buyers: number, overMs: number): Promise<Life[]> {
    return Promise.all(
      Array.from({ length: buyers }, async (_, index) => {
        const intent = intents[index % intents.length];
        assert(intent, 'there are intents');
        const life: Life = { customerId: `buyer-${index}`, intent, orderId: undefined, told: [] };
        await sleep((index * overMs) / buyers);
        await this.#live(life);
        return life;
      }),
    );
  }

  async #live(life: Life): Promise<void> {
    const { customerId, intent } = life;
    const accepted = await this.#ask(life, () => this.#api.order(this.#saleId, `key-of-${customerId}`, lineOf(customerId)));
    if (accepted.status !== 202) return;
    life.orderId = String(accepted.body.orderId);
    if (intent === 'cancels-at-once') return this.#cancel(life);
    await this.#until(life, ['held', 'expired']);
    if (intent === 'pays') return this.#pay(life);
    if (intent === 'cancels') return this.#cancel(life);
    await this.#until(life, ['expired']);
    if (intent === 'pays-late') await this.#pay(life);
  }

  async #pay(life: Life): Promise<void> {
    const body = { payment: paymentOf(life) };
    await this.#ask(life, () => this.#api.call('POST', `/v1/orders/${life.orderId}/confirm`, { body }));
  }

  async #cancel(life: Life): Promise<void> {
    await this.#ask(life, () => this.#api.call('POST', `/v1/orders/${life.orderId}/cancel`));
  }

  /** Looks at the order until it is in one of these states, or has ended otherwise. */
  async #until(life: Life, states: readonly OrderState[]): Promise<void> {
    const endMs = performance.now() + patienceMs;
    for (;;) {
      const { body } = await this.#ask(life, () => this.#api.call('GET', `/v1/orders/${life.orderId}`));
      if (states.includes(body.state) || body.state === 'rejected') return;
      if (performance.now() > endMs)
        throw new Error(`${life.orderId} is ${body.state} after ${patienceMs} ms, to be ${states.join(' or ')}`);
      await sleep(lookMs);
    }
  }

  /** Calls until the answer is one; then the owner knows. */
  async #ask(life: Life, call: () => Promise<Answer>): Promise<Answer> {
    const endMs = performance.now() + patienceMs;
    for (;;) {
      const answer = await call();
      const kind = kindOf(answer);
      this.answers[kind] = (this.answers[kind] ?? 0) + 1;
      if (answer.status < 500) {
        if (answer.body.state !== undefined) life.told.push(answer.body.state);
        return answer;
      }
      if (performance.now() > endMs) throw new Error(`${life.customerId}: still ${kind} after ${patienceMs} ms`);
      // Not quite as long as it is told, and those refused together do not come back together.
      await sleep(1000 * Number(answer.headers.get('retry-after') ?? 1) * (0.5 + this.#random() / 2));
    }
  }
}

/** The payment of an order; sent again it is the same. */
export const paymentOf = ({ customerId }: Life) => ({ provider: 'bank', id: `of-${customerId}`, amount: price, currency: 'EUR' });

function kindOf({ status, headers, body }: Answer): string {
  if (headers.get('content-type') === 'application/problem+json') return `${status} ${body.code}`;
  return status < 500 ? String(status) : `${status} of the load balancer`;
}
