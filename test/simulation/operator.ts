import type { Operation } from '../../lambdas/contracts/routes.ts';
import { isLive } from '../../lambdas/domain/orders/order.ts';
import { type Answer, send } from './client.ts';
import type { Random } from './random.ts';
import { saleId, type Scenario, startMs } from './scenario.ts';
import type { System } from './system.ts';

/** Long after every run. */
const closesAt = new Date(startMs + 6 * 3_600_000).toISOString();

function call(
  { world, admin }: System,
  operation: Operation,
  request: { params?: Record<string, string>; headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  return send(world, admin, { operation, caller: { kind: 'operator' }, ...request, params: { saleId, ...request.params } });
}

/** Once a second: each makes the gate, some fifty calls of which all must succeed. */
const putAttempts = 3600;

/** Puts the sale, until it is there: it opened a minute ago, and closes after the run. Throws where it cannot be. */
export async function putSale(system: System, scenario: Scenario): Promise<void> {
  for (let attempt = 0; attempt < putAttempts; attempt += 1) {
    const answer = await call(system, 'putSale', { body: saleBody(system, scenario) });
    if (answer !== 'no answer' && answer.status < 300) return;
    // 409: units were added meanwhile, which a put does not take away.
    if (answer !== 'no answer' && answer.status !== 503 && answer.status !== 409)
      throw new Error(`the sale of the scenario was refused: ${JSON.stringify(answer.body)}`);
    await system.world.timeline.sleep(1000);
  }
  throw new Error(`the sale of the scenario was not put by ${putAttempts} calls`);
}

function saleBody({ backing }: System, { items, customerLimit, holdSeconds, lanes }: Scenario): object {
  const stored = backing.catalog.stored.get(saleId)?.items;
  return {
    name: 'Drop',
    opensAt: new Date(startMs - 60_000).toISOString(),
    closesAt,
    currency: 'EUR',
    holdSeconds,
    customerLimit,
    lanes,
    waitingRoom: { enabled: false },
    items: items.map(({ sku, capacity, orderLimit, seats }) => ({
      sku,
      name: sku,
      unitPrice: 4999,
      orderLimit,
      capacity: Math.max(capacity, stored?.find((item) => item.sku === sku)?.capacity ?? 0),
      ...(seats ? { seating: 'assigned', seats } : { seating: 'general' }),
    })),
  };
}

/** Opens the sale again however it was left, which also makes a lost gate again. */
export async function reopen(system: System): Promise<boolean> {
  const opened = await call(system, 'openSale', { body: {} });
  if (opened !== 'no answer' && opened.status === 200) return true;
  const resumed = await call(system, 'resumeSale', { body: {} });
  return resumed !== 'no answer' && resumed.status === 200;
}

/** One deed of an operator, at some time. */
export async function operate(system: System, scenario: Scenario, index: number): Promise<void> {
  const random = system.world.random.fork();
  const { timeline } = system.world;
  await timeline.sleep(random.between(0, scenario.busyMs * 0.8));
  const item = random.pick(scenario.items);
  switch (random.pick(['halt', 'add', 'withdraw', 'close', 'audit', 'cancel'] as const)) {
    case 'halt':
      await call(system, 'pauseSale', { body: {} });
      await timeline.sleep(random.between(500, 10_000));
      await call(system, 'resumeSale', { body: {} });
      return;
    case 'close':
      await call(system, 'closeSale', { body: {} });
      await timeline.sleep(random.between(500, 10_000));
      return putSale(system, scenario);
    case 'audit':
      await call(system, 'getReport');
      await audit(system);
      return;
    case 'cancel':
      return cancel(system, random);
    case 'add':
      return item.seats ? undefined : changeStock(system, item.sku, `stock-${index}`, { add: random.whole(1, 2) });
    case 'withdraw':
      return changeStock(system, item.sku, `stock-${index}`, { withdraw: 1 });
  }
}

/** An order that is held or sold, or a withdrawal, whose units are for sale again then. */
async function cancel({ world, orderReads, backing }: System, random: Random): Promise<void> {
  const live = [...backing.ledger.stored.values()].filter(({ state }) => isLive(state));
  if (live.length === 0) return;
  const { orderId } = random.pick(live);
  await send(world, orderReads, { operation: 'cancelOrder', caller: { kind: 'operator' }, params: { orderId }, body: {} });
}

/** With retries under one key: it is done once however often it is asked for. */
async function changeStock(system: System, sku: string, key: string, body: object): Promise<void> {
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const answer = await call(system, 'changeStock', { params: { sku }, headers: { 'idempotency-key': key }, body });
    if (answer !== 'no answer' && answer.status !== 503) return;
    await system.world.timeline.sleep(system.world.random.between(500, 3000));
  }
}

/** The audit's own answer. */
export function audit(system: System): Promise<Answer> {
  return call(system, 'getAudit');
}
