/** What DynamoDB does for the model: each function is one transaction. */
import { clone, HOLD_TICKS, isLive, quantityOf, skuOf, specOf, violate } from './state.ts';
import type { Collision, Image, State, World } from './state.ts';

const put = (world: World, order: string, image: Image, retaken = false): void => {
  const before = world.orders[order];
  if (before !== undefined && !isLive(before.state) && isLive(image.state) && !retaken) violate(world, `resurrected ${order}`);
  if (before?.state === 'confirmed' && image.state !== 'confirmed') violate(world, `confirmed order lost ${order}`);
  if (world.cancelled[order] !== undefined && isLive(image.state)) violate(world, `cancelled order live ${order}`);
  world.orders[order] = image;
};

const allow = (world: World, customer: string | null, quantity: number): void => {
  if (customer !== null) world.allowance[customer] = (world.allowance[customer] ?? 0) + quantity;
};

const passesLimit = (world: World, customer: string | null, quantity: number): boolean =>
  customer !== null && world.config.limit > 0 && (world.allowance[customer] ?? 0) + quantity > world.config.limit;

type Committed = { kind: 'committed' | 'exists'; image: Image } | { kind: 'limit' } | { kind: 'collided'; collisions: Collision[] };

/** Rule 13. */
export const commit = (world: World, order: string, body: string, units: readonly string[]): Committed => {
  const known = world.orders[order];
  if (known !== undefined) return { kind: 'exists', image: clone(known) };
  const { customer, lines, withdrawal } = specOf(world, order);
  const quantity = quantityOf(lines);
  if (passesLimit(world, customer, quantity)) return { kind: 'limit' };
  const collisions = units.flatMap((unit) => (world.claims[unit] === undefined ? [] : [{ unit, claim: clone(world.claims[unit]) }]));
  if (collisions.length > 0) return { kind: 'collided', collisions };
  for (const unit of units) {
    if (Number(unit.slice(1)) >= (world.capacity[skuOf(unit)] ?? 0)) violate(world, `unit beyond the capacity sold ${unit}`);
    world.claims[unit] = { order, v: 1, customer };
  }
  allow(world, customer, quantity);
  const image: Image = {
    state: withdrawal === true ? 'withdrawn' : 'held',
    v: 1,
    units: [...units],
    customer,
    quantity,
    body,
    due: world.time + HOLD_TICKS,
  };
  put(world, order, image);
  return { kind: 'committed', image: clone(image) };
};

/** Rules 17 and 20: an order that ends before it had a claim. Null where the order is there. */
export const putEnded = (world: World, order: string, body: string, state: State): Image | null => {
  if (world.orders[order] !== undefined) return null;
  const { customer, lines } = specOf(world, order);
  const image: Image = { state, v: 1, units: [], customer, quantity: quantityOf(lines), body, due: 0 };
  put(world, order, image);
  return clone(image);
};

/** Rule 18. Null where the order is not of this version, or not held. */
export const release = (world: World, order: string, state: State, v: number): Image | null => {
  const known = world.orders[order];
  if (
    known === undefined ||
    (world.rules.versionedRelease ? known.v !== v || known.state !== 'held' : known.state !== 'held' && isLive(known.state))
  )
    return null;
  for (const unit of known.units) if (world.claims[unit]?.order === order) delete world.claims[unit];
  allow(world, known.customer, -known.quantity);
  const image: Image = { ...known, state, v: known.v + 1 };
  put(world, order, image);
  return clone(image);
};

/** Rule 21. */
export const confirm = (world: World, order: string): Image | null => {
  const known = world.orders[order];
  if (known === undefined || known.state !== 'held') return null;
  const image: Image = { ...known, state: 'confirmed', v: known.v + 1 };
  put(world, order, image);
  return clone(image);
};

/** Rule 22. */
export const retakeClaims = (world: World, order: string, v: number): Image | null => {
  const known = world.orders[order];
  if (known === undefined || known.v !== v || passesLimit(world, known.customer, known.quantity)) return null;
  if (known.units.some((unit) => world.claims[unit] !== undefined)) return null;
  const image: Image = { ...known, state: 'confirmed', v: known.v + 1 };
  for (const unit of known.units) world.claims[unit] = { order, v: image.v, customer: known.customer };
  allow(world, known.customer, known.quantity);
  put(world, order, image, true);
  return clone(image);
};
