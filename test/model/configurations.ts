import type { Budget, Configuration, OrderSpec } from './state.ts';

const NO_FAULTS: Budget = { crash: 0, wipe: 0, failover: 0, tick: 0, sweep: 0, add: 0, unsure: 0 };
const ALL_FAULTS: Budget = { crash: 3, wipe: 1, failover: 1, tick: 7, sweep: 2, add: 1, unsure: 1 };

const order = (
  customer: string | null,
  home: number,
  lines: Readonly<Record<string, number>>,
  more: Partial<OrderSpec> = {},
): OrderSpec => ({
  customer,
  home,
  lines,
  bodies: ['f1'],
  ...more,
});

const BASE = { lanes: 2, capacity: { a: 2 }, limit: 0, posts: 2, deliveries: 3, budget: ALL_FAULTS } as const;

const buyers = {
  A: order('c1', 0, { a: 1 }, { cancels: 1, confirms: 2 }),
  B: order('c2', 0, { a: 1 }, { confirms: 2 }),
  C: order('c3', 1, { a: 1 }, { cancels: 1, confirms: 1 }),
};

/** What is walked through: one to three lanes, two to four orders, several skus and units, a seat order, a withdrawal. */
export const CONFIGURATIONS: Readonly<Record<string, Configuration>> = {
  one: { ...BASE, lanes: 1, limit: 2, capacity: { a: 2 }, orders: { ...buyers, C: order('c3', 0, { a: 1 }, { cancels: 1 }) } },
  spill: { ...BASE, orders: buyers },
  noloss: {
    ...BASE,
    posts: 3,
    limit: 2,
    budget: { ...ALL_FAULTS, wipe: 0, failover: 0, crash: 4, unsure: 2 },
    orders: { ...buyers, D: order('c2', 0, { a: 1 }) },
  },
  wipes: { ...BASE, budget: { ...ALL_FAULTS, failover: 0, wipe: 2 }, orders: buyers },
  pairs: {
    ...BASE,
    capacity: { a: 3 },
    limit: 2,
    posts: 3,
    budget: { ...ALL_FAULTS, wipe: 1, failover: 0 },
    orders: {
      A: order('c1', 0, { a: 2 }, { confirms: 2, bodies: ['f1'] }),
      B: order('c2', 1, { a: 2 }, { cancels: 1 }),
      C: order('c1', 0, { a: 1 }, { cancels: 1 }),
    },
  },
  three: {
    ...BASE,
    lanes: 3,
    capacity: { a: 3, b: 2 },
    orders: {
      A: order('c1', 0, { a: 1, b: 1 }, { confirms: 1, cancels: 1 }),
      B: order('c2', 1, { a: 1, b: 1 }, { cancels: 1 }),
      C: order('c3', 2, { a: 2 }, { seats: ['a0', 'a1'], confirms: 2 }),
      W: order(null, 0, { a: 1 }, { withdrawal: true }),
    },
  },
  failovers: { ...BASE, budget: { ...ALL_FAULTS, wipe: 0, failover: 2 }, orders: buyers },
  refusals: {
    ...BASE,
    lanes: 1,
    posts: 1,
    budget: { ...NO_FAULTS, failover: 2 },
    orders: { A: order('c1', 0, { a: 1 }, { cancels: 1 }), B: order('c2', 0, { a: 1 }), C: order('c3', 0, { a: 1 }) },
  },
  late: {
    ...BASE,
    posts: 1,
    budget: { ...NO_FAULTS, crash: 1, tick: 7, sweep: 1 },
    orders: { A: order('c1', 0, { a: 2 }, { confirms: 3 }), B: order('c2', 1, { a: 1 }, { confirms: 2 }), C: order('c3', 0, { a: 1 }) },
  },
  // A late payment of a customer who orders again meanwhile.
  again: {
    ...BASE,
    capacity: { a: 3 },
    limit: 2,
    posts: 1,
    budget: { ...NO_FAULTS, crash: 1, tick: 7, sweep: 1 },
    orders: { A: order('c1', 0, { a: 2 }, { confirms: 2 }), C: order('c1', 0, { a: 1 }, { cancels: 1 }) },
  },
  // Two with few faults, so that walks meet what is rare elsewhere.
  duel: {
    ...BASE,
    posts: 3,
    deliveries: 1,
    budget: { ...NO_FAULTS, crash: 1 },
    orders: { A: order('c1', 0, { a: 2 }), B: order('c2', 1, { a: 1 }, { cancels: 1 }), C: order('c3', 1, { a: 1 }) },
  },
  trio: {
    ...BASE,
    lanes: 3,
    capacity: { a: 3 },
    deliveries: 1,
    budget: { ...NO_FAULTS, crash: 1 },
    orders: { A: order('c1', 0, { a: 3 }), B: order('c2', 2, { a: 1 }, { cancels: 1 }), C: order('c3', 1, { a: 1 }) },
  },
  unsent: {
    ...BASE,
    posts: 2,
    deliveries: 1,
    budget: { ...NO_FAULTS, wipe: 1, crash: 1, unsure: 1 },
    orders: { A: order('c1', 0, { a: 2 }), B: order('c2', 1, { a: 1 }) },
  },
};

const SMALL = { ...BASE, posts: 1, deliveries: 1, capacity: { a: 2 }, budget: NO_FAULTS };

/** What is searched state by state. */
export const SMALL_CONFIGURATIONS: Readonly<Record<string, Configuration>> = {
  gatherers: { ...SMALL, posts: 2, capacity: { a: 1 }, orders: { A: order('c1', 1, { a: 1 }) } },
  race: { ...SMALL, posts: 2, orders: { A: order('c1', 0, { a: 2 }), B: order('c2', 1, { a: 1 }, { cancels: 1 }) } },
  crash: {
    ...SMALL,
    capacity: { a: 1 },
    budget: { ...NO_FAULTS, crash: 1, sweep: 1 },
    orders: { A: order('c1', 1, { a: 1 }), B: order('c2', 0, { a: 1 }) },
  },
  wipe: {
    ...SMALL,
    capacity: { a: 1 },
    budget: { ...NO_FAULTS, wipe: 1 },
    orders: { A: order('c1', 1, { a: 1 }), B: order('c2', 0, { a: 1 }) },
  },
};
