import { isLive } from '../../lambdas/domain/orders/order.ts';
import { asOperator } from './as-operator.ts';
import { type Answer, send } from './client.ts';
import type { Random } from './random.ts';
import { putSale } from './put-sale.ts';
import type { Scenario } from './scenario.ts';
import type { System } from './system.ts';

/** Opens the sale again however it was left, which also makes a lost gate again. */
export async function reopen(system: System): Promise<boolean> {
  const opened = await asOperator(system, 'openSale', { body: {} });
  if (opened !== 'no answer' && opened.status === 200) return true;
  const resumed = await asOperator(system, 'resumeSale', { body: {} });
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
      await asOperator(system, 'pauseSale', { body: {} });
      await timeline.sleep(random.between(500, 10_000));
      await asOperator(system, 'resumeSale', { body: {} });
      return;
    case 'close':
      await asOperator(system, 'closeSale', { body: {} });
      await timeline.sleep(random.between(500, 10_000));
      return putSale(system, scenario);
    case 'audit':
      await asOperator(system, 'getReport');
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
    const answer = await asOperator(system, 'changeStock', { params: { sku }, headers: { 'idempotency-key': key }, body });
    if (answer !== 'no answer' && answer.status !== 503) return;
    await system.world.timeline.sleep(system.world.random.between(500, 3000));
  }
}

/** The audit's own answer. */
export function audit(system: System): Promise<Answer> {
  return asOperator(system, 'getAudit');
}
