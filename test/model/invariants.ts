import { isLive, laneAt, laneOf, skuOf, specOf, unitsOf, violate } from './state.ts';
import type { Lane, World } from './state.ts';

const liveUnits = (world: World): Record<string, number> => {
  const units: Record<string, number> = {};
  for (const image of Object.values(world.orders)) {
    if (isLive(image.state) && image.customer !== null) units[image.customer] = (units[image.customer] ?? 0) + image.units.length;
  }
  return units;
};

const checkOrders = (world: World): void => {
  const soldTo: Record<string, string> = {};
  for (const [order, image] of Object.entries(world.orders).filter(([, each]) => isLive(each.state))) {
    for (const unit of image.units) {
      if (soldTo[unit] !== undefined) violate(world, `unit ${unit} sold twice`);
      soldTo[unit] = order;
      if (world.claims[unit]?.order !== order) violate(world, `live order ${order} lists ${unit} and does not own it`);
    }
    for (const [sku, n] of Object.entries(specOf(world, order).lines)) {
      if (image.units.filter((unit) => skuOf(unit) === sku).length !== n) violate(world, `order ${order} has not what it asked for`);
    }
  }
  for (const unit of Object.keys(world.claims)) if (soldTo[unit] === undefined) violate(world, `claim without a live order ${unit}`);
};

/** What holds at every instant: the ledger's books. */
export const checkAlways = (world: World): void => {
  checkOrders(world);
  const live = liveUnits(world);
  for (const [customer, n] of Object.entries(live))
    if (world.config.limit > 0 && n > world.config.limit) violate(world, `limit passed ${customer}`);
  for (const [customer, n] of Object.entries(world.allowance))
    if ((live[customer] ?? 0) !== n) violate(world, `allowance differs ${customer}`);
  for (const unit of unitsOf(world.capacity)) {
    const owner = laneAt(world, laneOf(world, unit)).owner[unit];
    const order = owner === undefined ? undefined : world.orders[owner];
    if (world.claims[unit] !== undefined || (owner !== undefined && (order === undefined || isLive(order.state))))
      world.busyAt[unit] = world.step;
  }
};

const checkRejected = (world: World): void => {
  for (const [order, { scanned, reason }] of Object.entries(world.rejected)) {
    if (reason !== 'sold-out') continue;
    const { lines, seats } = specOf(world, order);
    const pool = (seats ?? unitsOf(world.capacity)).filter(
      (unit) => !((world.busyAt[unit] ?? -1) >= scanned) && !((world.bornAt[unit] ?? -1) >= scanned),
    );
    if (Object.entries(lines).every(([sku, n]) => pool.filter((unit) => skuOf(unit) === sku).length >= n)) {
      violate(world, `rejected though units were free and stayed free ${order}`);
    }
  }
};

/** What holds when nobody is under way: every lane agrees with the ledger, and so does every desk. */
export const checkQuiet = (world: World, unitsOfCustomer: (lane: Lane, customer: string, gathering: boolean) => number): void => {
  for (const order of Object.keys(world.accepted))
    if (world.orders[order] === undefined) violate(world, `accepted order vanished ${order}`);
  for (const unit of unitsOf(world.capacity)) {
    const owner = laneAt(world, laneOf(world, unit)).owner[unit];
    const claimed = world.claims[unit]?.order;
    if (owner !== claimed)
      violate(world, claimed === undefined ? `unit ${unit} set in the gate, free in the ledger` : `gate and ledger differ in ${unit}`);
  }
  world.lanes.forEach((lane, k) => {
    if (lane.state !== 'ready') violate(world, `lane ${k} never ready`);
    if (lane.capacity['a'] !== world.capacity['a']) violate(world, `capacity differs in lane ${k}`);
    for (const entry of Object.values(lane.desk)) if (entry.gathers) violate(world, `gathers for ever in lane ${k}`);
  });
  const live = liveUnits(world);
  for (const { customer, home } of Object.values(world.config.orders)) {
    if (customer !== null && unitsOfCustomer(laneAt(world, home), customer, true) !== (live[customer] ?? 0))
      violate(world, `count of the customer differs at the desk ${customer}`);
  }
  checkRejected(world);
};
