import { limits } from '../../lambdas/contracts/limits.ts';
import { eventOf } from '../../lambdas/domain/events/order-events.ts';
import { isLive, isOfHouse, type Order, totalUnits } from '../../lambdas/domain/orders/order.ts';
import { RedisStockGate } from '../../lambdas/stores/redis/redis-stock-gate.ts';
import { send } from './client.ts';
import type { History, Told } from './history.ts';
import { audit } from './operator.ts';
import { saleId, type Scenario } from './scenario.ts';
import type { System } from './system.ts';
import type { World } from './world.ts';

/** What holds once all is quiet: nothing vanished, gate and ledger agree, every free unit can be bought. */
export async function checkQuiet(system: System, { preparation }: Scenario, history: History): Promise<void> {
  checkPromises(system, history);
  checkResends(system, history);
  checkHolds(system);
  await checkGate(system);
  await checkAudit(system);
  await sellTheRest(system, preparation !== undefined);
}

function checkPromises(system: System, history: History): void {
  const { world, backing, stream } = system;
  const { ledger, orders, published } = backing;
  if (orders.messages.size > 0) world.violate(`${orders.messages.size} messages are left in the orders queue`);
  const exact = history.failovers === 0 && !system.miscounted;
  for (const { before, after } of ledger.changes) {
    // Each unit is given out once as long as no failover takes one back, and no rebuild begins before the queue is empty.
    if (exact && after.state === 'rejected' && !isOfHouse(after) && after.version === 1)
      world.violate(`${after.orderId} was accepted, and rejected (${after.reason}) though the gate never lost a write`);
    const event = eventOf({ ...(before ? { before } : {}), after });
    if (event && !published.has(event.id)) world.violate(`${event.type} ${event.id} was never announced`);
  }
  if (stream.waiting > 0) world.violate(`${stream.waiting} changes were never announced`);
  for (const told of history.orders.values()) {
    const order = ledger.stored.get(told.orderId);
    if (told.accepted.size > 0 && !order) world.violate(`${told.orderId} was accepted, and vanished`);
    checkPayments(world, told, order);
    if (told.accepted.size > 1 && told.lossesBefore === history.gateLosses) world.violate(`${told.orderId} was accepted with two bodies`);
    if (told.cancelled && order?.state !== 'cancelled') world.violate(`${told.orderId} was cancelled, and is ${order?.state}`);
    // A call that took effect after its time-out may still take units for an order whose repetition was refused before.
    const sure = told.lossesBefore === history.gateLosses && !system.belated;
    if (told.refusedAsNew && told.accepted.size === 0 && order && sure) world.violate(`${told.orderId} was refused, and is ${order.state}`);
  }
}

/** Rules 18 and 28: by its message or by the gate's list, each hold has ended. A pass of the sweeper comes once a minute at the least. */
function checkHolds({ world, backing }: System): void {
  for (const { orderId, state, holdExpiresAtMs = Infinity } of backing.ledger.stored.values()) {
    const lateMs = Math.round(world.nowMs - holdExpiresAtMs);
    if (state === 'held' && lateMs > limits.holdGraceMs + 60_000) world.violate(`the hold of ${orderId} is over since ${lateMs} ms`);
  }
}

/** Rule 27: what simply waits in a long queue is not sent again by each pass. The gate counts how often, and may forget. */
function checkResends({ world, backing }: System, { gateLossesAtMs }: History): void {
  for (const [orderId, sentAtMs] of backing.resends) {
    for (const [index, againAtMs] of sentAtMs.slice(1).entries()) {
      const beforeMs = sentAtMs[index] ?? 0;
      const forgotten = gateLossesAtMs.some((lostAtMs) => lostAtMs > beforeMs - limits.takeMs && lostAtMs < againAtMs);
      const afterMs = Math.round(againAtMs - beforeMs);
      if (!forgotten && afterMs < limits.pendingResendMs) world.violate(`the sweeper sent ${orderId} again ${afterMs} ms after it had`);
    }
  }
}

/** Every payment that was answered has exactly one outcome: it pays for its order, or it must be paid back. */
function checkPayments(world: World, { orderId, payments, paidBack }: Told, order: Order | undefined): void {
  for (const [id, answered] of payments) {
    const paid = order?.payment?.id === id;
    const toPayBack = order?.refunds?.some((refund) => refund.id === id) === true;
    if (paid && toPayBack) world.violate(`payment ${id} of ${orderId} was taken, and is to be paid back`);
    if (answered !== undefined && !paid && !toPayBack)
      world.violate(`payment ${id} of ${orderId} was answered (${answered}), and nothing is known of it`);
    if (paid && paidBack.has(id) && order.state !== 'cancelled')
      world.violate(`payment ${id} of ${orderId} was paid back, and the order is ${order.state}`);
    if (paidBack.has(id) && !paid && !toPayBack) world.violate(`payment ${id} of ${orderId} was paid back, and nothing is known of it`);
    if (answered === 'taken' && !paid) world.violate(`payment ${id} of ${orderId} was taken, and does not pay for it`);
  }
}

async function checkGate({ world, backing: { redis, ledger, catalog } }: System): Promise<void> {
  const gate = new RedisStockGate(redis);
  const items = catalog.stored.get(saleId)?.items ?? [];
  const { state, available, pendingOrders } = await gate.summary(
    saleId,
    items.map(({ sku }) => sku),
  );
  if (state !== 'ready') world.violate(`the gate is ${state}`);
  if (pendingOrders > 0) world.violate(`the gate still waits for ${pendingOrders} orders`);
  for (const { sku, capacity } of items) {
    const owners = new Map((await gate.owners(saleId, sku, 0)).map(({ unit, orderId }) => [unit, orderId]));
    const taken = [...ledger.claimed.values()].filter((claim) => claim.sku === sku).length;
    for (let unit = 0; unit < capacity; unit += 1) {
      const [claimed, set] = [ledger.claimed.get(`${saleId}#${sku}#${unit}`)?.orderId, owners.get(unit)];
      if (claimed !== set) world.violate(`unit ${unit} of ${sku} is ${claimed ?? 'free'} in the ledger, and ${set ?? 'free'} in the gate`);
    }
    if (available[sku] !== capacity - taken)
      world.violate(`the gate has ${available[sku]} of ${sku} left, and the ledger ${capacity - taken}`);
  }
  const live = new Map<string, number>();
  for (const order of ledger.stored.values())
    live.set(order.customerId, (live.get(order.customerId) ?? 0) + (isLive(order.state) ? totalUnits(order.lines) : 0));
  live.delete('');
  const customers = [...live.keys()];
  const counted = await gate.customerUnits(saleId, customers);
  for (const [index, customer] of customers.entries())
    if (counted[index] !== live.get(customer))
      world.violate(`the gate counts ${counted[index]} units of ${customer}, and the ledger ${live.get(customer)}`);
}

async function checkAudit(system: System): Promise<void> {
  const answer = await audit(system);
  const clean = answer !== 'no answer' && answer.status === 200 && (answer.body as { ok: boolean }).ok;
  if (!clean) system.world.violate(`the audit is not clean: ${JSON.stringify(answer)}`);
}

/** Every free unit is sellable: bought one by one until none is left, it must be as many as the ledger has. */
async function sellTheRest({ world, orders, backing: { ledger, catalog } }: System, wasCutAnew: boolean): Promise<void> {
  for (const { sku, capacity, seatMap } of catalog.stored.get(saleId)?.items ?? []) {
    const taken = [...ledger.claimed.values()].filter((claim) => claim.sku === sku);
    const free = Array.from({ length: capacity }, (_, unit) => unit).filter((unit) => !taken.some((claim) => claim.unit === unit));
    for (const unit of free) {
      const ask = () =>
        send(world, orders, {
          operation: 'createOrder',
          caller: { kind: 'customer', customerId: `late-${sku}-${unit}` },
          params: { saleId },
          headers: { 'idempotency-key': 'the-rest' },
          body: { lines: [{ sku, quantity: 1, ...(seatMap === undefined ? {} : { seats: [`S${unit}`] }) }] },
        });
      const first = await ask();
      // An environment that still knows an older cut of the gate learns the new one by this.
      const answer = wasCutAnew && first !== 'no answer' && first.status === 503 ? await ask() : first;
      const sold = answer !== 'no answer' && answer.status === 202;
      if (!sold) world.violate(`unit ${unit} of ${sku} is free, and cannot be bought: ${JSON.stringify(answer)}`);
    }
  }
}
