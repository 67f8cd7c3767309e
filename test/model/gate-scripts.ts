/** What Redis does for the model: each function is one script, and touches one lane only. */
import { beforeWrite, clone, DRAWN, isLive, laneAt, laneOf, quantityOf, skuOf, specOf, unitsOf } from './state.ts';
import type { Claim, Entry, Image, Lane, Lines, Part, World } from './state.ts';

export const unitsOfCustomer = (lane: Lane, customer: string, gathering: boolean): number =>
  Object.values(lane.desk)
    .filter((entry) => entry.customer === customer && (gathering || !entry.gathers))
    .reduce((sum, entry) => sum + entry.counts, 0);

/** The free units of this lane for what is missing: as many as there are. */
const freeFor = (world: World, k: number, missing: Lines, seats: readonly string[] | undefined): string[] => {
  const lane = laneAt(world, k);
  return Object.entries(missing).flatMap(([sku, n]) => {
    const pool = seats ?? unitsOf({ [sku]: lane.capacity[sku] ?? 0 });
    const free = pool.filter((unit) => skuOf(unit) === sku && laneOf(world, unit) === k && lane.owner[unit] === undefined);
    return free.slice(0, Math.max(0, n));
  });
};

export const missingOf = (lines: Lines, units: readonly string[]): Lines =>
  Object.fromEntries(Object.entries(lines).map(([sku, n]) => [sku, n - units.filter((unit) => skuOf(unit) === sku).length]));

export const isWhole = (missing: Lines): boolean => Object.values(missing).every((n) => n <= 0);

const clear = (world: World, lane: Lane, order: string, unit: string): void => {
  if (!world.rules.owner || lane.owner[unit] === order) delete lane.owner[unit];
};

type Reserved =
  | { kind: 'busy' | 'ask-ledger' | 'reused' | 'replay' | 'limit' | 'sold-out' }
  | { kind: 'gather'; attempt: number; units: string[] }
  | { kind: 'new' | 'pending'; units: string[] };

/** L1. What the home lane has is taken in the one script it always was; where that is short, the order begins to gather the rest. */
export const reserve = (world: World, order: string, body: string, attempt: number): Reserved => {
  const { home, customer, lines, seats } = specOf(world, order);
  const lane = laneAt(world, home);
  if (lane.state !== 'ready') return { kind: 'busy' };
  const known = lane.desk[order];
  if (known !== undefined) {
    if (known.body === null) return { kind: 'ask-ledger' };
    if (known.body !== body) return { kind: 'reused' };
    if (known.v > 0) return { kind: 'replay' };
    return known.gathers
      ? { kind: 'gather', attempt: known.attempt, units: clone(known.units) }
      : { kind: 'pending', units: clone(known.units) };
  }
  const quantity = quantityOf(lines);
  const { limit, lanes } = world.config;
  if (customer !== null && limit > 0 && unitsOfCustomer(lane, customer, world.rules.limitFirst) + quantity > limit)
    return { kind: 'limit' };
  const units = freeFor(world, home, lines, seats);
  const gathers = !isWhole(missingOf(lines, units));
  if (gathers && lanes === 1) return { kind: 'sold-out' };
  beforeWrite(world, home);
  lane.desk[order] = { body, v: 0, live: true, customer, units, counts: quantity, retaken: false, gathers, attempt };
  for (const unit of units) lane.owner[unit] = order;
  lane.parts[order] = { v: 0, live: true, attempt, units: clone(units) };
  return gathers ? { kind: 'gather', attempt, units: clone(units) } : { kind: 'new', units: clone(units) };
};

type Taken = { kind: 'busy' | 'ended' } | { kind: 'other'; attempt: number } | { kind: 'taken'; units: string[] };

/** L2. Sets aside what the lane has of what is missing. Again in the same attempt: the same units. */
export const take = (world: World, k: number, order: string, attempt: number, missing: Lines, from: number | null): Taken => {
  const lane = laneAt(world, k);
  if (lane.state !== 'ready') return { kind: 'busy' };
  let part = lane.parts[order];
  if (part !== undefined && part.v > 0) return { kind: 'ended' };
  if (part !== undefined && part.attempt !== attempt) {
    if (world.rules.fence && part.attempt !== from) return { kind: 'other', attempt: part.attempt };
    beforeWrite(world, k);
    for (const unit of part.units) clear(world, lane, order, unit);
    delete lane.parts[order];
    part = undefined;
  }
  if (part !== undefined) return { kind: 'taken', units: clone(part.units) };
  const units = freeFor(world, k, missing, specOf(world, order).seats);
  if (units.length === 0) return { kind: 'taken', units };
  beforeWrite(world, k);
  for (const unit of units) lane.owner[unit] = order;
  lane.parts[order] = { v: 0, live: true, attempt, units: clone(units) };
  return { kind: 'taken', units };
};

/** What the desk says of an order to one that gathers for it in this attempt. */
export type Stored = { kind: 'ok' | 'committed' | 'gone' | 'busy' } | { kind: 'stored'; units: string[] };

/** L4. The desk takes over what was gathered, once, and only in the attempt that stands there. */
export const store = (world: World, order: string, attempt: number, units: readonly string[]): Stored => {
  const { home } = specOf(world, order);
  const lane = laneAt(world, home);
  if (lane.state !== 'ready') return { kind: 'busy' };
  const entry = lane.desk[order];
  if (entry === undefined) return { kind: 'gone' };
  if (entry.v > 0) return { kind: 'committed' };
  if (world.rules.storeOwnAttempt && entry.attempt !== attempt) return { kind: 'gone' };
  if (!entry.gathers) return { kind: 'stored', units: clone(entry.units) };
  beforeWrite(world, home);
  entry.units = [...units];
  entry.gathers = false;
  return { kind: 'ok' };
};

/** L3. True where the entry gathered in this attempt and is gone now, with its units of the home lane: from here on nobody can store for it. */
export const removeEntry = (world: World, order: string, attempt: number): boolean => {
  const { home } = specOf(world, order);
  const lane = laneAt(world, home);
  const entry = lane.desk[order];
  if (lane.state !== 'ready' || entry === undefined || entry.v > 0) return false;
  if (world.rules.removeUnstored && (!entry.gathers || entry.attempt !== attempt)) return false;
  beforeWrite(world, home);
  for (const unit of lane.parts[order]?.v === 0 ? (lane.parts[order]?.units ?? []) : []) clear(world, lane, order, unit);
  delete lane.parts[order];
  delete lane.desk[order];
  return true;
};

/** L5. Takes back what the lane set aside in this attempt, apart from what is to be kept. */
export const giveBack = (world: World, k: number, order: string, attempt: number, keep: readonly string[]): void => {
  const lane = laneAt(world, k);
  const part = lane.parts[order];
  if (lane.state === 'none' || part === undefined || part.v > 0 || part.attempt === DRAWN) return;
  if (world.rules.fence && part.attempt !== attempt) return;
  beforeWrite(world, k);
  for (const unit of part.units) if (!keep.includes(unit)) clear(world, lane, order, unit);
  part.units = part.units.filter((unit) => keep.includes(unit));
  if (part.units.length === 0) delete lane.parts[order];
};

/** L6. The image in one lane: its units there. */
export const applyPart = (world: World, k: number, order: string, image: Image): void => {
  const lane = laneAt(world, k);
  const part = lane.parts[order];
  if (lane.state === 'none' || (world.rules.version && part !== undefined && part.v >= image.v)) return;
  beforeWrite(world, k);
  const listed = image.units.filter((unit) => laneOf(world, unit) === k);
  const units = isLive(image.state) ? listed : [];
  for (const unit of new Set([...(part?.units ?? []), ...listed])) if (!units.includes(unit)) clear(world, lane, order, unit);
  for (const unit of units) lane.owner[unit] = order;
  lane.parts[order] = { v: image.v, live: isLive(image.state), attempt: DRAWN, units };
};

/** L6. The image at its desk, with the home lane's own units in the same script. Returns the units the desk had. */
export const applyDesk = (world: World, order: string, image: Image): string[] => {
  const { home } = specOf(world, order);
  const lane = laneAt(world, home);
  if (lane.state === 'none') return [];
  applyPart(world, home, order, image);
  const entry = lane.desk[order];
  if (world.rules.version && entry !== undefined && entry.v >= image.v) return [];
  beforeWrite(world, home);
  const live = isLive(image.state);
  lane.desk[order] = {
    body: image.body,
    v: image.v,
    live,
    customer: image.customer,
    units: live ? clone(image.units) : [],
    counts: live ? image.units.length : 0,
    retaken: false,
    gathers: false,
    attempt: DRAWN,
  };
  return entry?.units ?? [];
};

const halfOf = (world: World, v: number): number => (world.rules.halfVersion ? v - 0.5 : v);

/** Rule 3 in the unit's lane. */
export const markUnit = (world: World, unit: string, claim: Claim): void => {
  const k = laneOf(world, unit);
  const lane = laneAt(world, k);
  const known: Part | undefined = lane.parts[claim.order];
  if (lane.state === 'none' || (known !== undefined && known.v >= claim.v && !known.live)) return;
  beforeWrite(world, k);
  const part = (lane.parts[claim.order] ??= { v: halfOf(world, claim.v), live: true, attempt: DRAWN, units: [] });
  if (!part.live) Object.assign(part, { v: halfOf(world, claim.v), live: true });
  lane.owner[unit] = claim.order;
  if (!part.units.includes(unit)) part.units.push(unit);
};

/** Rule 3 at the order's desk: the entry and the customer's count. */
export const markDesk = (world: World, unit: string, claim: Claim): void => {
  const { home } = specOf(world, claim.order);
  const lane = laneAt(world, home);
  const known: Entry | undefined = lane.desk[claim.order];
  if (lane.state === 'none' || (known !== undefined && known.v >= claim.v && !known.live)) return;
  if (known !== undefined && known.units.includes(unit)) return;
  if (known !== undefined && known.v >= claim.v) return;
  beforeWrite(world, home);
  const v = halfOf(world, claim.v);
  const fresh: Entry = {
    body: null,
    v,
    live: true,
    customer: claim.customer,
    units: [],
    counts: 0,
    retaken: false,
    gathers: false,
    attempt: DRAWN,
  };
  const entry = (lane.desk[claim.order] ??= fresh);
  if (!entry.live) Object.assign(entry, { v, live: true, counts: 0, retaken: false });
  entry.units.push(unit);
  entry.counts += 1;
};

/** Of a lane: units the order had and may keep, and free ones, as many as are missing. */
const keepAndFill = (world: World, k: number, order: string, had: readonly string[], missing: Lines): string[] => {
  const lane = laneAt(world, k);
  const mine = had.filter((unit) => laneOf(world, unit) === k && (lane.owner[unit] ?? order) === order);
  const kept = mine.filter(
    (unit, index) => mine.slice(0, index).filter((each) => skuOf(each) === skuOf(unit)).length < (missing[skuOf(unit)] ?? 0),
  );
  const seated = specOf(world, order).seats !== undefined;
  const free = seated ? [] : freeFor(world, k, missingOf(missing, kept), undefined);
  return [...new Set([...kept, ...free])];
};

/** Rule 4 in a lane that is not the order's home: those of `own` that it still may have, and units for what is missing. */
export const draw = (
  world: World,
  k: number,
  order: string,
  own: readonly string[],
  got: readonly string[],
  missing: Lines,
): string[] | 'busy' => {
  const lane = laneAt(world, k);
  if (lane.state !== 'ready') return 'busy';
  const drawn = lane.parts[order];
  const had = (drawn?.v === 0 ? drawn.units : []).filter((unit) => !got.includes(unit));
  const kept = own.filter((unit) => (lane.owner[unit] ?? order) === order);
  const units = [...kept, ...keepAndFill(world, k, order, had, missing)];
  if (units.length === 0) return units;
  beforeWrite(world, k);
  for (const unit of units) lane.owner[unit] = order;
  if (drawn === undefined || drawn.v === 0) {
    const before = (drawn?.units ?? []).filter((unit) => lane.owner[unit] === order);
    lane.parts[order] = { v: 0, live: true, attempt: DRAWN, units: [...new Set([...before, ...units])] };
  }
  return units;
};

type Drawn = { kind: 'done' | 'park' | 'none' } | { kind: 'drawn'; units: string[] };

/** The end of a draw at the desk: with what other lanes gave, whatever is missing comes from home, or nothing changes. */
export const drawAtHome = (world: World, order: string, body: string, had: readonly string[], elsewhere: readonly string[]): Drawn => {
  const { home, customer, lines } = specOf(world, order);
  const lane = laneAt(world, home);
  if (lane.state !== 'ready') return { kind: 'park' };
  const known = lane.desk[order];
  if (known !== undefined && known.v > 0) return { kind: 'done' };
  const missing = missingOf(lines, elsewhere);
  const units = keepAndFill(world, home, order, known !== undefined && known.units.length > 0 ? known.units : had, missing);
  if (!isWhole(missingOf(missing, units))) return { kind: 'none' };
  beforeWrite(world, home);
  for (const unit of lane.parts[order]?.units ?? []) if (!units.includes(unit)) clear(world, lane, order, unit);
  for (const unit of units) lane.owner[unit] = order;
  lane.parts[order] = { v: 0, live: true, attempt: DRAWN, units: clone(units) };
  const whole = [...elsewhere, ...units];
  lane.desk[order] = {
    body,
    v: 0,
    live: true,
    customer,
    units: whole,
    counts: quantityOf(lines),
    retaken: false,
    gathers: false,
    attempt: DRAWN,
  };
  return { kind: 'drawn', units: clone(whole) };
};

/** Rule 5 at the desk: the order counts for its customer again, and is refused where the limit has no room for it. */
export const retakeDesk = (world: World, order: string, image: Image): boolean => {
  const { home, customer } = specOf(world, order);
  const lane = laneAt(world, home);
  if (lane.state !== 'ready') return false;
  if (world.rules.retakeApplies) applyDesk(world, order, image);
  const entry = lane.desk[order];
  if (!world.rules.retakeCounts || entry === undefined) return true;
  const { limit } = world.config;
  const others = customer === null ? 0 : unitsOfCustomer(lane, customer, true) - entry.counts;
  if (limit > 0 && others + image.quantity > limit) return false;
  beforeWrite(world, home);
  Object.assign(entry, { counts: image.quantity, retaken: true });
  return true;
};

/** A retake that no claim followed: its order counts no more. Its units are freed one by one. */
export const endRetake = (world: World, order: string, image: Image): void => {
  const { home } = specOf(world, order);
  const entry = laneAt(world, home).desk[order];
  if (entry === undefined || !entry.retaken || entry.v !== image.v || isLive(image.state)) return;
  beforeWrite(world, home);
  Object.assign(entry, { counts: 0, retaken: false });
};

/** Rule 5 in one lane (L7): false where a unit is another's, or the lane is not ready. */
export const retake = (world: World, k: number, order: string, image: Image): boolean => {
  const lane = laneAt(world, k);
  if (lane.state !== 'ready') return false;
  if (world.rules.retakeApplies) applyPart(world, k, order, image);
  const units = image.units.filter((unit) => laneOf(world, unit) === k);
  if (units.some((unit) => (lane.owner[unit] ?? order) !== order)) return false;
  beforeWrite(world, k);
  for (const unit of units) lane.owner[unit] = order;
  return true;
};

/** Rule 6. */
export const freeUnit = (world: World, unit: string, order: string, v: number): void => {
  const k = laneOf(world, unit);
  const lane = laneAt(world, k);
  const part = lane.parts[order];
  if (lane.owner[unit] !== order || (part !== undefined && part.v > v)) return;
  beforeWrite(world, k);
  delete lane.owner[unit];
  if (part !== undefined) part.units = part.units.filter((each) => each !== unit);
};

export const setCapacity = (world: World, k: number, sku: string, n: number): void => {
  const lane = laneAt(world, k);
  if (lane.state === 'none' || (lane.capacity[sku] ?? 0) >= n) return;
  beforeWrite(world, k);
  lane.capacity[sku] = n;
};
