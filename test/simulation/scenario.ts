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

/** What one run is about, drawn from its seed: small, so that every unit is fought for. */
export interface Scenario {
  readonly items: readonly ScenarioItem[];
  readonly customers: readonly string[];
  readonly customerLimit: number;
  readonly holdSeconds: number;
  /** How the gate is cut. */
  readonly lanes: number;
  readonly buyers: number;
  /** Orders come, and faults, for this long; then all is quiet. */
  readonly busyMs: number;
  readonly operators: number;
  /** Of the payments, those that come as a hold ends or after it. */
  readonly latePayments: number;
}

const skus = ['shirt', 'stalls', 'poster'];

/** At most 3 skus, 12 units and 45 buyers. */
export function drawScenario(random: Random): Omit<Scenario, 'lanes'> {
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
  };
}
