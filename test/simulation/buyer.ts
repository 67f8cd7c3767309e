import type { Payment } from '../../lambdas/domain/orders/order.ts';
import type { PaymentEvent } from '../../lambdas/domain/payments/ports.ts';
import type { Random } from './random.ts';
import { type Answer, send } from './client.ts';
import type { History, Told } from './history.ts';
import { saleId, type Scenario } from './scenario.ts';
import type { System } from './system.ts';

interface AskedLine {
  readonly sku: string;
  readonly quantity: number;
  readonly seats?: readonly string[];
}

/** Times that a buyer asks again after 503, or no answer. */
const attempts = 8;
/** Times that one who was refused comes back for what others leave. */
const returns = 12;

/** One buyer from arrival to whatever they do with their order. */
export async function buy(system: System, scenario: Scenario, history: History, index: number): Promise<void> {
  const { world } = system;
  const random = world.random.fork();
  await world.timeline.sleep(random.chance(0.5) ? random.between(0, 500) : random.between(0, scenario.busyMs * 0.7));
  const customerId = random.pick(scenario.customers);
  const told = history.of(system.backing.ids.derive(saleId, customerId, `key-${index}`), customerId, `key-${index}`);
  const body = drawBody(random, scenario);
  if (random.chance(0.1)) void ask(system, told, drawBody(random, scenario));
  if (random.chance(0.2)) void ask(system, told, body);
  if (random.chance(0.1)) void world.timeline.sleep(random.between(0, 3000)).then(() => act(system, scenario, random, told));
  const accepted = await askUntilTired(system, told, body, random);
  if (random.chance(0.1)) void world.timeline.sleep(random.between(0, 30_000)).then(() => ask(system, told, body));
  if (accepted) await act(system, scenario, random, told);
}

function drawBody(random: Random, { items }: Scenario): { lines: AskedLine[] } {
  const asked = random.shuffled(items).slice(0, random.chance(0.3) ? 2 : 1);
  return {
    lines: asked.map(({ sku, capacity, orderLimit, seats }) => {
      const quantity = Math.min(random.pick([1, 1, 2, 3]), orderLimit, capacity);
      return { sku, quantity, ...(seats ? { seats: random.shuffled(seats).slice(0, quantity) } : {}) };
    }),
  };
}

/** Who is refused takes it, or comes back again and again for what others leave. */
async function askUntilTired(system: System, told: Told, body: { lines: AskedLine[] }, random: Random): Promise<boolean> {
  const visits = random.chance(0.4) ? returns : 1;
  for (let visit = 0; visit < visits; visit += 1) {
    if (visit > 0) await system.world.timeline.sleep(random.between(500, 9000));
    if (await ask(system, told, body)) return true;
  }
  return false;
}

/** Asks for an order until it is accepted or refused; true when accepted. */
async function ask({ world, orders }: System, told: Told, body: { lines: AskedLine[] }): Promise<boolean> {
  told.asked.add(JSON.stringify(body));
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const answer = await send(world, orders, {
      operation: 'createOrder',
      caller: { kind: 'customer', customerId: told.customerId },
      params: { saleId },
      headers: { 'idempotency-key': told.key },
      body,
    });
    if (answer !== 'no answer' && answer.status === 202) {
      told.accepted.add(JSON.stringify(body));
      return true;
    }
    if (answer !== 'no answer' && answer.status !== 503) {
      if (answer.status === 422 && told.asked.size === 1) world.violate(`${told.orderId} is answered ${answer.status} to its own body`);
      // 422: the key is another body's, so there is an order of it.
      told.refusedAsNew = answer.status === 409;
      return false;
    }
    await world.timeline.sleep(world.random.between(200, 4000));
  }
  return false;
}

/** What a buyer does with an order: leaves it, looks at it, pays for it in time, late or twice, or cancels it at some time. */
async function act(system: System, scenario: Scenario, random: Random, told: Told): Promise<void> {
  const { world } = system;
  if (random.chance(0.2)) await look(system, told);
  const paying = random.chance(0.5);
  if (paying) {
    void pay(system, scenario, random, told, `pi-${told.key}`);
    if (random.chance(0.15)) void pay(system, scenario, random, told, `pi-${told.key}`);
    if (random.chance(0.1)) void pay(system, scenario, random, told, `pi-${told.key}-again`);
  }
  if (!random.chance(paying ? 0.15 : 0.35)) return;
  await world.timeline.sleep(random.pick([0, random.between(0, 3000), random.between(0, 60_000)]));
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const answer = await change(system, told, 'cancelOrder');
    if (isLast(answer)) {
      told.cancelled ||= answer.status === 200;
      return;
    }
    await world.timeline.sleep(random.between(200, 3000));
  }
}

/** A payment, told by the shop's own server or by the provider, as a rule again and again until it is answered. */
async function pay(system: System, { latePayments, paidBack }: Scenario, random: Random, told: Told, id: string): Promise<void> {
  const { world, orderReads, backing } = system;
  const { orderId } = told;
  told.payments.set(id, told.payments.get(id));
  await world.timeline.sleep(
    random.chance(latePayments) ? random.between(29_000, 42_000) : random.pick([random.between(0, 4000), random.between(0, 29_000)]),
  );
  const order = backing.ledger.stored.get(orderId);
  const amountMinor = order === undefined ? 4999 : order.lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0);
  const payment = { provider: 'stripe', id, amountMinor, currency: 'EUR' };
  const byProvider = random.chance(0.5);
  if (byProvider && random.chance(paidBack)) void payBack(system, random, told, payment);
  const tellings = random.chance(0.2) ? 1 : attempts;
  for (let attempt = 0; attempt < tellings; attempt += 1) {
    const answer = byProvider
      ? await tellOfPayment(system, { kind: 'paid', orderId, payment })
      : await send(world, orderReads, {
          operation: 'confirmOrder',
          caller: { kind: 'operator' },
          params: { orderId },
          body: { payment: { provider: payment.provider, id, currency: payment.currency, amount: amountMinor } },
        });
    if (isLast(answer)) {
      const { code } = answer.body as { readonly code?: string };
      if (code !== 'payment-mismatch') told.payments.set(id, byProvider ? 'ignored' : answer.status === 200 ? 'taken' : 'refused');
      return;
    }
    await world.timeline.sleep(random.between(500, 5000));
  }
}

/** The provider paid it back: told once or twice, also before the payment itself. */
async function payBack(system: System, random: Random, told: Told, payment: Payment): Promise<void> {
  const { world } = system;
  await world.timeline.sleep(random.pick([0, random.between(0, 3000), random.between(0, 40_000)]));
  let tellings = random.chance(0.3) ? 2 : 1;
  for (let attempt = 0; attempt < attempts && tellings > 0; attempt += 1) {
    const answer = await tellOfPayment(system, { kind: 'paid-back', orderId: told.orderId, payment });
    if (isLast(answer)) {
      told.paidBack.add(payment.id);
      tellings -= 1;
    }
    await world.timeline.sleep(random.between(500, 5000));
  }
}

function tellOfPayment({ world, payments }: System, event: PaymentEvent): Promise<Answer> {
  return send(world, payments, {
    operation: 'receiveStripeEvent',
    caller: { kind: 'anyone' },
    headers: { 'stripe-signature': 'simulated' },
    body: event,
  });
}

function isLast(answer: Answer): answer is Exclude<Answer, string> {
  return answer !== 'no answer' && answer.status !== 503;
}

async function look(system: System, told: Told): Promise<void> {
  const answer = await change(system, told, 'getOrder');
  const seen = told.accepted.size > 0 && answer !== 'no answer' && answer.status === 404;
  if (seen) system.world.violate(`${told.orderId} was accepted, and is 404`);
}

function change({ world, orderReads }: System, { orderId, customerId }: Told, operation: 'cancelOrder' | 'getOrder'): Promise<Answer> {
  return send(world, orderReads, { operation, caller: { kind: 'customer', customerId }, params: { orderId }, body: {} });
}
