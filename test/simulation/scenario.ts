import type { Random } from './random.ts';

export const saleId = 'drop';
/** When each run begins. */
export const startMs = Date.UTC(2026, 10, 22, 10);

export interface ScenarioItem {
  readonly sku: string;
  readonly capacity: number;
  readonly orderLimit: number;
  /** Labels of its seats; seat u is unit u. */
  readonly seats: readonly string[] | undefined;
}

/** A form of the sale that is put before its opening: cut, and of less, than at last. */
export interface Draft {
  readonly atMs: number;
  readonly lanes: number;
  /** Units less than the scenario says, of each item that has so many. */
  readonly lessUnits: number;
}

/** What operators do with a sale that has not opened. */
export interface Preparation {
  /** From the first put to the opening. */
  readonly opensInMs: number;
  /** Put one after the other, or side by side, the first until it is taken; one that comes too late is refused. */
  readonly drafts: readonly Draft[];
  /** An operator opens it before its time; undefined: nobody does. */
  readonly opensEarlyAtMs: number | undefined;
}

/** What one run is about, drawn from its seed: small, so that every unit is fought for. */
export interface Scenario {
  readonly items: readonly ScenarioItem[];
  readonly customers: readonly string[];
  readonly customerLimit: number;
  readonly holdSeconds: number;
  readonly buyers: number;
  /** Orders come, and faults, for this long; then all is quiet. */
  readonly busyMs: number;
  readonly operators: number;
  /** Of the payments, those that come as a hold ends or after it. */
  readonly latePayments: number;
  /** Of the payments that the provider tells of, those that it pays back. */
  readonly paidBack: number;
  /** How the gate is cut, where nobody cuts it anew. */
  readonly lanes: number;
  /** undefined: the sale opened before the run. */
  readonly preparation: Preparation | undefined;
}

const skus = ['shirt', 'stalls', 'poster'];

/** At most 3 skus, 12 units and 45 buyers. */
export function drawScenario(random: Random): Scenario {
  const items = skus.slice(0, random.whole(1, 3)).map((sku): ScenarioItem => {
    const capacity = random.whole(1, 4);
    const seats = sku === 'stalls' && random.chance(0.7) ? Array.from({ length: capacity }, (_, unit) => `S${unit}`) : undefined;
    return { sku, capacity, orderLimit: Math.min(capacity + 1, 3), seats };
  });
  const buyers = random.whole(3, random.chance(0.2) ? 45 : 18);
  return {
    items,
    customers: Array.from({ length: random.whole(2, buyers) }, (_, index) => `customer-${index}`),
    customerLimit: random.pick([0, 0, 1, 2, 3]),
    holdSeconds: 30,
    buyers,
    busyMs: random.pick([4000, 20_000, 60_000, 80_000]),
    operators: random.pick([0, 0, 1, 2, 4]),
    latePayments: random.pick([0.2, 0.5, 0.9]),
    paidBack: random.pick([0, 0.1, 0.4]),
    lanes: drawLanes(random),
    preparation: random.chance(0.25) ? drawPreparation(random) : undefined,
  };
}

function drawLanes(random: Random): number {
  return random.pick([1, 1, 1, 2, 3]);
}

function drawPreparation(random: Random): Preparation {
  const opensInMs = random.between(9000, 20_000);
  const draft = (atMs: number): Draft => ({ atMs, lanes: drawLanes(random), lessUnits: random.whole(0, 2) });
  const later = Array.from({ length: random.whole(1, 5) }, () => draft(random.between(0, opensInMs)));
  return {
    opensInMs,
    drafts: [draft(0), ...later],
    opensEarlyAtMs: random.chance(0.3) ? random.between(0, opensInMs) : undefined,
  };
}
