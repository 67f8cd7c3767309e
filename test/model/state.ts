import type { Rules } from './rules.ts';

export type State = 'held' | 'confirmed' | 'withdrawn' | 'cancelled' | 'expired' | 'rejected';
export type Lines = Readonly<Record<string, number>>;

/** What a configuration says of one order. `home` is the lane of its customer: the desk. */
export interface OrderSpec {
  readonly customer: string | null;
  readonly home: number;
  readonly lines: Lines;
  readonly bodies: readonly string[];
  readonly seats?: readonly string[];
  readonly cancels?: number;
  readonly confirms?: number;
  readonly withdrawal?: boolean;
}

export interface Budget {
  crash: number;
  wipe: number;
  failover: number;
  tick: number;
  sweep: number;
  add: number;
  unsure: number;
}

export interface Configuration {
  readonly lanes: number;
  readonly capacity: Readonly<Record<string, number>>;
  readonly limit: number;
  readonly posts: number;
  readonly deliveries: number;
  readonly budget: Readonly<Budget>;
  readonly orders: Readonly<Record<string, OrderSpec>>;
}

/** An order as the ledger has it. */
export interface Image {
  state: State;
  v: number;
  units: string[];
  customer: string | null;
  quantity: number;
  body: string;
  due: number;
}

/**
 * An order at its desk. While it gathers it has units of its home lane at most, and nothing was promised. `counts`: units that count for the
 * customer, also while it gathers, and while a late payment has taken it up again.
 */
export interface Entry {
  body: string | null;
  v: number;
  live: boolean;
  customer: string | null;
  units: string[];
  counts: number;
  retaken: boolean;
  gathers: boolean;
  attempt: number;
}

/** What one lane has set aside for one order. */
export interface Part {
  v: number;
  live: boolean;
  attempt: number;
  units: string[];
}

/** The gate of one lane: one slot of Redis, one script at a time. */
export interface Lane {
  state: 'none' | 'rebuilding' | 'ready';
  token: number;
  capacity: Record<string, number>;
  owner: Record<string, string>;
  parts: Record<string, Part>;
  desk: Record<string, Entry>;
}

export interface Claim {
  order: string;
  v: number;
  customer: string | null;
}
export interface Message {
  kind: 'commit' | 'expire';
  id: string;
  order: string;
  body: string;
  units: string[];
  deliveries: number;
  parked: boolean;
  tried: boolean;
}
export interface Collision {
  unit: string;
  claim: Claim;
}

/** A process: every step of it is one effect. The fields are what it remembers between its steps. */
export interface Process {
  readonly kind: 'post' | 'work' | 'expire' | 'cancel' | 'confirm' | 'add' | 'sweep' | 'rebuild';
  readonly id: string;
  readonly born: number;
  at: string;
  order: string;
  body: string;
  lane: number;
  lanes: number[];
  attempt: number;
  again: number;
  message: Message | null;
  got: string[];
  keep: string[];
  busy: boolean;
  from: number | null;
  sends: boolean;
  back: number[];
  next: string;
  image: Image | null;
  imageOf: string;
  todo: number[];
  after: string;
  wasBody: string | null;
  collisions: Collision[];
  units: string[] | null;
  /** How often the gate had failed over when it was compared with the ledger; null: it was not. */
  comparedIn: number | null;
  scanned: number;
  reason: string;
  unit: string;
  seen: string | null;
  part: Part | null;
  claim: Claim | null;
  seenOrder: Image | null;
  queue: string[];
  desks: [number, string][];
  version: number;
  token: number;
  rows: [string, Claim][];
  capacity: number;
}

/** What is of no lane: whether the lanes stand together, and whose rebuild is under way. */
export interface Whole {
  state: Lane['state'];
  token: number;
}

export interface World {
  readonly config: Configuration;
  readonly rules: Rules;
  time: number;
  step: number;
  serial: Record<string, number>;
  budget: Budget;
  whole: Whole;
  lanes: Lane[];
  log: string[][];
  /** When the last lane was emptied by a rebuild. */
  emptied: number;
  queue: Message[];
  processes: Process[];
  orders: Record<string, Image>;
  claims: Record<string, Claim>;
  allowance: Record<string, number>;
  capacity: Record<string, number>;
  accepted: Record<string, true>;
  cancelled: Record<string, true>;
  failovers: number;
  rejected: Record<string, { scanned: number; reason: string }>;
  busyAt: Record<string, number>;
  bornAt: Record<string, number>;
  violation: string | null;
}

export const HOLD_TICKS = 3;
/** The attempt of units that a worker drew: none of a gatherer, so none gives them back. */
export const DRAWN = -1;
const LIVE = new Set<State>(['held', 'confirmed', 'withdrawn']);

export const isLive = (state: State): boolean => LIVE.has(state);
export const skuOf = (unit: string): string => unit.slice(0, 1);
export const laneOf = (world: World, unit: string): number => Number(unit.slice(1)) % world.config.lanes;
export const quantityOf = (lines: Lines): number => Object.values(lines).reduce((sum, each) => sum + each, 0);
export const clone = <T>(value: T): T => structuredClone(value);

export const specOf = (world: World, order: string): OrderSpec => {
  const spec = world.config.orders[order];
  if (spec === undefined) throw new Error(`no order ${order} in this configuration`);
  return spec;
};

export const laneAt = (world: World, k: number): Lane => {
  const lane = world.lanes[k];
  if (lane === undefined) throw new Error(`no lane ${k}`);
  return lane;
};

export const isReady = (world: World): boolean => world.whole.state === 'ready' && world.lanes.every((lane) => lane.state === 'ready');

export const deskOf = (world: World, order: string): Lane => laneAt(world, specOf(world, order).home);

/** Every unit of one sku below a capacity, or of all that the ledger has. */
export const unitsOf = (capacity: Readonly<Record<string, number>>): string[] =>
  Object.entries(capacity).flatMap(([sku, n]) => Array.from({ length: n }, (_, index) => `${sku}${index}`));

export const violate = (world: World, what: string): void => {
  world.violation ??= what;
};

export const nextOf = (world: World, name: string): number => {
  const n = (world.serial[name] ?? 0) + 1;
  world.serial[name] = n;
  return n;
};

/** Remembers a lane as it is before a write, so that a failover can lose the last writes of this lane alone. */
export const beforeWrite = (world: World, k: number): void => {
  const log = (world.log[k] ??= []);
  log.push(JSON.stringify(laneAt(world, k)));
  if (log.length > 5) log.shift();
};

export const emptyLane = (world: Pick<World, 'config'>, state: Lane['state'], token = 0): Lane => ({
  state,
  token,
  capacity: { ...world.config.capacity },
  owner: {},
  parts: {},
  desk: {},
});

export const worldOf = (config: Configuration, rules: Rules): World => ({
  config,
  rules,
  time: 0,
  step: 0,
  serial: {},
  budget: { ...config.budget },
  whole: { state: 'ready', token: 0 },
  lanes: Array.from({ length: config.lanes }, () => emptyLane({ config }, 'ready')),
  log: Array.from({ length: config.lanes }, () => []),
  emptied: 0,
  queue: [],
  processes: [],
  orders: {},
  claims: {},
  allowance: {},
  capacity: { ...config.capacity },
  accepted: {},
  cancelled: {},
  failovers: 0,
  rejected: {},
  busyAt: {},
  bornAt: {},
  violation: null,
});
